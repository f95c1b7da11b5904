"""Find the times of a visit of several parts."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from booking.application.choosing import ranked
from booking.application.plan_series import looked
from booking.application.ports import Desk, Reading
from booking.domain.availability import resources_free_at, slots
from booking.domain.clinic import PHYSICAL_THERAPY
from booking.domain.errors import Problem, Refused
from booking.domain.ids import LocationId, ResourceId
from booking.domain.money import Money
from booking.domain.ranges import Instant, Range
from booking.domain.together import (
    AT_ONCE,
    FEWEST,
    LONGEST_WAIT,
    MOST,
    ONE_AFTER_ANOTHER,
    Part,
    Placed,
    visit_at,
)
from booking.domain.wish import Sought, Wish
from booking.domain.zones import DAY, day_range, instant, local_day, span

WIDEST_RANGE = 14
"""Days that can be asked about at once."""
_LONGEST_PART = DAY


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitSought:
    """What the parts are of, in order, and how they stand together."""

    location_id: LocationId
    arrangement: str
    parts: tuple[Sought, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visits:
    """What was asked, made sure, and the visits found: of each its parts, in the parts' order."""

    zone: str
    arrangement: str
    readings: Sequence[Reading[Wish]]
    found: Sequence[tuple[Placed, ...]]

    @property
    def asked(self) -> list[Wish]:
        """The parts."""
        return [each.subject for each in self.readings]

    @property
    def price(self) -> Money:
        """All parts together."""
        first, *others = self.asked
        return first.price.plus(each.price for each in others)


def find_visits(sought: VisitSought, *, since: datetime, until: datetime, desk: Desk) -> Visits:
    """Return the visits that begin within `[since, until)`, in order; refuse what is not offered or too wide a range.

    It costs two reads for each kind of part. Times that others hold are left out while the memory of holds is there.
    """
    window = span(since, until, most_days=WIDEST_RANGE)
    visits = plan_visits(sought, window, desk=desk)
    if not visits.found:
        for service_id in {each.service_id for each in sought.parts}:
            desk.demand.missed(sought.location_id, service_id, desk.clock.now())
    return visits


def plan_visits(sought: VisitSought, window: Range, *, desk: Desk) -> Visits:
    """Return the visits that begin within the window."""
    _check(sought)
    zone = desk.calendar.known().location(sought.location_id).zone
    # Whole days: of those who are able, whoever has the fewest minutes that day comes first.
    during = (
        day_range(local_day(window[0], zone) - 1, zone)[0],
        day_range(local_day(window[1], zone), zone)[1] + len(sought.parts) * (_LONGEST_PART + LONGEST_WAIT),
    )
    read = {each: looked(each, during, desk=desk) for each in dict.fromkeys(sought.parts)}
    readings = [read[each] for each in sought.parts]
    if sought.arrangement == AT_ONCE:
        _check_at_once([each.subject for each in readings])
    return arranged(readings, sought.arrangement, window, now=instant(desk.clock.now()))


def arranged(readings: Sequence[Reading[Wish]], arrangement: str, window: Range, *, now: Instant) -> Visits:
    """Return the visits of these parts that begin within the window, by what was read of who could serve them."""
    parts, clinic = _parts(readings, arrangement, window, now=now), readings[0].clinic
    found = (visit_at(clinic, parts, arrangement, start) for start in parts[0].starts)
    return Visits(
        zone=readings[0].subject.location.zone,
        arrangement=arrangement,
        readings=readings,
        found=[each for each in found if each is not None],
    )


def _parts(readings: Sequence[Reading[Wish]], arrangement: str, window: Range, *, now: Instant) -> list[Part]:
    last, parts = window[1], []
    for reading in readings:
        asked = reading.subject
        offered = slots(reading.clinic, asked, since=window[0], until=last, busy=reading.busy, now=now)
        parts.append(Part(asked=asked, starts=[each.start for each in offered], able=_able(reading)))
        if arrangement == ONE_AFTER_ANOTHER:
            last += asked.minutes * 60 + LONGEST_WAIT
    return parts


def _able(reading: Reading[Wish]) -> Callable[[Instant], Sequence[Sequence[ResourceId]]]:
    @cache
    def able(start: Instant) -> Sequence[Sequence[ResourceId]]:
        return ranked(reading, resources_free_at(reading.clinic, reading.subject, start, reading.busy), start)

    return able


def _check(sought: VisitSought) -> None:
    if not FEWEST <= len(sought.parts) <= MOST:
        problem = f"A visit has {FEWEST} to {MOST} parts; this one has {len(sought.parts)}."
        raise Refused(
            "invalid_request", "Choose another number of parts.", fields=[Problem(field="parts", problem=problem)]
        )


def _check_at_once(asked: Sequence[Wish]) -> None:
    for each in asked:
        if each.service.modality == PHYSICAL_THERAPY:  # as for a party: each may need documents of their own
            raise Refused(
                "by_phone_only",
                f"{each.service.name} for several at once is arranged by phone: call {each.location.phone}.",
                phone=each.location.phone,
            )
