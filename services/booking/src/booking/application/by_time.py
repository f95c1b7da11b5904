"""Search by time first: everything that can be had within a few hours, and what comes nearest where nothing can."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from booking.application.availability import with_holds
from booking.application.plan_visit import Visits, arranged
from booking.application.ports import Desk, Question, Reading
from booking.domain.availability import Slot, slots
from booking.domain.clinic import MASSAGE, ONLINE, PHYSICAL_THERAPY, Clinic, Location
from booking.domain.errors import Problem, Refused
from booking.domain.ids import LocationId, ResourceId, ServiceId
from booking.domain.ranges import Instant, Range
from booking.domain.together import AT_ONCE
from booking.domain.wish import Sought, Wish, wish
from booking.domain.zones import day_range, instant, local_day, span

FEWEST, MOST = 1, 4
"""How many may come together."""
SEVERAL = 2
MODALITIES = (MASSAGE, PHYSICAL_THERAPY)


@dataclass(frozen=True, slots=True, kw_only=True)
class ByTime:
    """So many guests who want to come together, to whatever there is (`modality` None: of either trade)."""

    location_id: LocationId
    guests: int
    modality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A service at its shortest length on offer, and the slots at which it can be had."""

    asked: Wish
    slots: Sequence[Slot]


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What another location has."""

    location: Location
    offered: Sequence[Offered]


@dataclass(frozen=True, slots=True, kw_only=True)
class Instead:
    """What comes nearest where there is nothing."""

    elsewhere: Sequence[Elsewhere]
    at_once: Sequence[Visits]
    """For several: one room each, at the same time."""
    waitlist: Sequence[ServiceId]
    """What they may wait for."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundByTime:
    """What can be had, or if that is nothing, what else."""

    location: Location
    offered: Sequence[Offered]
    instead: Instead | None


_Union = tuple[list[Wish], list[ResourceId], Range]
"""Everything that is asked about at once, whoever could serve any of it, and the time that is looked at."""


def find_by_time(sought: ByTime, *, since: datetime, until: datetime, desk: Desk) -> FoundByTime:
    """Return what starts within `[since, until)`; refuse too wide a range, or more guests than come together.

    It costs one read of the database and one of the holds, and the same again where nothing is found.
    """
    window = span(since, until, most_days=1)
    _check(sought)
    now = instant(desk.clock.now())
    here = desk.calendar.known().location(sought.location_id)
    readings = _looked(sought, [here.id], sought.guests, window, desk=desk)
    offered = _offered(readings, window, now=now)
    if offered:
        return FoundByTime(location=here, offered=offered, instead=None)
    services = [each.subject.service.id for each in readings]
    for service_id in services:
        desk.demand.missed(here.id, service_id, desk.clock.now())
    return FoundByTime(
        location=here,
        offered=[],
        instead=Instead(
            elsewhere=_elsewhere(sought, window, now=now, desk=desk),
            at_once=_at_once(sought, window, now=now, desk=desk),
            waitlist=services,
        ),
    )


def _check(sought: ByTime) -> None:
    if not FEWEST <= sought.guests <= MOST:
        problem = f"{FEWEST} to {MOST} guests can come together; this asks for {sought.guests}."
        raise Refused(
            "invalid_request", "Ask for fewer, or call us.", fields=[Problem(field="guests", problem=problem)]
        )


def _looked(
    sought: ByTime, location_ids: Sequence[LocationId], guests: int, window: Range, *, desk: Desk
) -> list[Reading[Wish]]:
    """Return everything that is booked online there for so many, each with what is taken of whoever could serve it."""

    def plan(clinic: Clinic) -> Question[_Union]:
        wishes = [each for location_id in location_ids for each in _wishes(clinic, location_id, guests, sought)]
        who = sorted({each for asked in wishes for each in asked.resources(clinic)})
        during = _days(wishes, window)
        return Question(subject=(wishes, who, during), resource_ids=who, during=during)

    reading = desk.calendar.look(plan)
    wishes, who, during = reading.subject
    busy = with_holds(reading.busy, who, during, desk=desk) if who else reading.busy
    return [Reading(clinic=reading.clinic, subject=asked, busy=busy) for asked in wishes]


def _wishes(clinic: Clinic, location_id: LocationId, guests: int, sought: ByTime) -> list[Wish]:
    found = []
    for service_id, service in sorted(clinic.services.items()):
        offer = service.offer_at(location_id)
        if service.deleted or offer is None or offer.channel != ONLINE or not offer.durations:
            continue
        if service.guests != guests or sought.modality not in {None, service.modality}:
            continue
        if service.modality == PHYSICAL_THERAPY and guests > 1:
            continue  # it is arranged by phone
        shortest = min(each.minutes for each in offer.durations)
        alike = Sought(location_id=location_id, service_id=service_id, duration_minutes=shortest)
        found.append(wish(clinic, alike))
    return found


def _days(wishes: Sequence[Wish], window: Range) -> Range:
    """Return the local days of the window, and what a treatment at its edges takes beyond it."""
    spans = [window]
    for asked in wishes:
        zone = asked.location.zone
        spans += [
            (asked.claim(window[0])[0], asked.claim(window[1])[1]),
            day_range(local_day(window[0], zone), zone),
            day_range(local_day(window[1], zone), zone),
        ]
    return min(since for since, _ in spans), max(until for _, until in spans)


def _offered(readings: Sequence[Reading[Wish]], window: Range, *, now: Instant) -> list[Offered]:
    found = (
        Offered(
            asked=each.subject,
            slots=slots(each.clinic, each.subject, since=window[0], until=window[1], busy=each.busy, now=now),
        )
        for each in readings
    )
    return [each for each in found if each.slots]


def _elsewhere(sought: ByTime, window: Range, *, now: Instant, desk: Desk) -> list[Elsewhere]:
    known = desk.calendar.known().locations
    others = [each for each, location in sorted(known.items()) if not location.deleted and each != sought.location_id]
    offered = _offered(_looked(sought, others, sought.guests, window, desk=desk), window, now=now)
    return [
        Elsewhere(location=known[each], offered=there)
        for each in others
        if (there := [one for one in offered if one.asked.location.id == each])
    ]


def _at_once(sought: ByTime, window: Range, *, now: Instant, desk: Desk) -> list[Visits]:
    """Return, for several, the same service for one in rooms of their own."""
    if sought.guests < SEVERAL:
        return []
    readings = _looked(sought, [sought.location_id], 1, window, desk=desk)
    massages = [each for each in readings if each.subject.service.modality == MASSAGE]
    visits = (arranged([each] * sought.guests, AT_ONCE, window, now=now) for each in massages)
    return [each for each in visits if each.found]
