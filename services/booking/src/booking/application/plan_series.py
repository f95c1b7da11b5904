"""Propose the times of a series: the free time that fits the cadence best, session by session."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from booking.application.availability import with_holds
from booking.application.ports import Desk, Question, Reading
from booking.domain.availability import Slot, slots
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.ids import LocationId, PractitionerId
from booking.domain.part import wrong_size
from booking.domain.ranges import Instant, Range
from booking.domain.series import (
    IN_TURN,
    LONGEST,
    Cadence,
    Part,
    Session,
    around,
    best_fit,
    nearest_to_cadence,
    wanted,
    window,
)
from booking.domain.wish import Sought, Wish, check_start, wish
from booking.domain.zones import DAY, instant, local, local_day, local_midnight

ALTERNATIVES = 3
"""How many replacements are named for a session whose time is taken."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A series as it is wished for."""

    location_id: LocationId
    parts: tuple[Part, ...]
    cadence: Cadence
    starting: datetime
    """When the first session should start; its time of day is that of all."""
    order: str = IN_TURN


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposed:
    """A session, the slot that fits it best, or (None) those that come nearest without fitting."""

    session: Session
    asked: Wish
    slot: Slot | None
    alternatives: Sequence[Slot] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """The sessions in order, and what was read to find them: who is free, by what is sought."""

    zone: str
    sessions: Sequence[Proposed]
    readings: Mapping[Sought, Reading[Wish]]

    @property
    def missing(self) -> Sequence[Proposed]:
        """The sessions that no free time fits."""
        return [each for each in self.sessions if each.slot is None]


def plan_series(asked: Wanted, *, desk: Desk) -> Plan:
    """Return the plan, or refuse what is not offered or cannot be kept. It costs two reads for each part, no more.

    The first session must lie within its service's notice and horizon, the others within a year. Times that others
    hold are left out while the memory of holds can be reached.
    """
    zone = desk.calendar.known().location(asked.location_id).zone
    sessions = wanted(asked.parts, asked.cadence, starting=instant(asked.starting), zone=zone, order=asked.order)
    now = instant(desk.clock.now())
    last = _latest(now, zone)
    if sessions[-1].target >= last:
        raise Refused("beyond_horizon", f"A series may reach {LONGEST} days ahead.", latest=local(last - 1, zone))
    if sessions[0].target <= now:  # before years of allocations are read
        raise Refused("in_the_past", "This time has passed.")
    during = _span(sessions, asked.cadence, zone)
    readings = {part.sought: looked(part.sought, during, desk=desk) for part in asked.parts}
    check_start(readings[sessions[0].sought].subject, sessions[0].target, now)
    proposed: list[Proposed] = []
    end: Instant | None = None
    for place, session in enumerate(sessions):
        following = sessions[place + 1].target if place + 1 < len(sessions) else None
        reading = readings[session.sought]
        found = _proposed(session, asked.cadence, reading, now=now, after=end, before=following)
        end = found.slot.end if found.slot is not None else end
        proposed.append(found)
    return Plan(zone=zone, sessions=proposed, readings=readings)


def looked(sought: Sought, during: Range, *, desk: Desk) -> Reading[Wish]:
    """Return what is taken of whoever could serve, holds included; refuse what is for more than one guest."""

    def plan(clinic: Clinic) -> Question[Wish]:
        asked = wish(clinic, sought)
        if len(asked.guests) > 1:
            raise wrong_size(asked.service, 1)
        return Question(subject=asked, resource_ids=by(asked, None).resources(clinic), during=during)

    reading = desk.calendar.look(plan)
    resources = by(reading.subject, None).resources(reading.clinic)
    return replace(reading, busy=with_holds(reading.busy, resources, during, desk=desk))


def by(asked: Wish, practitioner_id: PractitionerId | None) -> Wish:
    """Return the wish of one guest, served by this practitioner or (None) by anyone."""
    return replace(asked.served_by([practitioner_id]), practitioner_id=practitioner_id)


def free(reading: Reading[Wish], asked: Wish, during: Range, *, now: Instant) -> list[Slot]:
    """Return the slots that start within `during`, after the service's notice: a series may pass its horizon."""
    earliest = now + max(asked.offer.minimum_notice_minutes * 60, 1)
    since, until = max(during[0], earliest), min(during[1], _latest(now, asked.location.zone))
    return slots(reading.clinic, asked, since=since, until=until, busy=reading.busy, now=None)


def replacements(
    session: Session, reading: Reading[Wish], during: Range, *, now: Instant, before: Instant | None, most: int
) -> list[Slot]:
    """Return the few slots within `during` that miss the cadence least; by anyone if the one wanted has none."""
    asked = reading.subject
    for someone in dict.fromkeys((asked.practitioner_id, None)):
        found = nearest_to_cadence(
            free(reading, by(asked, someone), during, now=now),
            session,
            asked.location.zone,
            most=most,
            length=asked.minutes * 60,
            before=before,
        )
        if found:
            return found
    return []


def _proposed(
    session: Session,
    cadence: Cadence,
    reading: Reading[Wish],
    *,
    now: Instant,
    after: Instant | None,
    before: Instant | None,
) -> Proposed:
    asked, zone = reading.subject, reading.subject.location.zone
    slots_then = free(reading, asked, window(session, cadence, zone), now=now)
    slot = best_fit(slots_then, session, cadence, zone, after=after)
    if slot is not None:
        return Proposed(session=session, asked=asked, slot=slot)
    during = around(session, cadence, after=after)
    nearest = replacements(session, reading, during, now=now, before=before, most=ALTERNATIVES)
    return Proposed(session=session, asked=asked, slot=None, alternatives=nearest)


def _span(sessions: Sequence[Session], cadence: Cadence, zone: str) -> Range:
    """Return what must be known to plan the sessions: all their days, and where their replacements may be."""
    ends = [each for one in (sessions[0], sessions[-1]) for each in (around(one, cadence), window(one, cadence, zone))]
    return min(since for since, _ in ends) - DAY, max(until for _, until in ends) + DAY


def _latest(now: Instant, zone: str) -> Instant:
    return local_midnight(local_day(now, zone) + LONGEST + 1, zone)
