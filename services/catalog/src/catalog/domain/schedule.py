"""When a practitioner works, and when not after all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from catalog.domain.hours import DAY, Span, Validity, WeeklyHours, meet_in_the_week
from catalog.domain.identity import LocationId, PractitionerId
from catalog.domain.location import Location
from catalog.domain.problem import Place, Problem

LONGEST_SHIFT_MINUTES = 16 * 60
"""A longer one is taken for a slip of the pen: 18:00 to 09:00 where 09:00 to 18:00 was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Weekly hours at one branch, in its zone, with breaks, for as long as they hold."""

    location_id: LocationId
    hours: WeeklyHours
    breaks: tuple[Span, ...]
    validity: Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOff:
    """From an instant, to an instant, half-open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    practitioner_id: PractitionerId
    weekly: tuple[Shift, ...]
    time_off: tuple[TimeOff, ...]


def problems_of_schedule(
    schedule: Schedule, place: Place, *, locations: Mapping[LocationId, Location]
) -> Iterator[Problem]:
    """Everything that is wrong with the hours, given the branches that are known to be sound."""
    for index, shift in enumerate(schedule.weekly):
        where = (*place, "weekly", index)
        yield from _problems_of_shift(shift, where)
        location = locations.get(shift.location_id)
        if location and not any(meet_in_the_week(shift.hours, opening) for opening in location.opening_hours):
            yield Problem(place=where, message=f"{location.name} is never open at that time")
        for earlier, other in enumerate(schedule.weekly[:index]):
            if _same_clock(shift, other, locations) and _collide(shift, other):
                yield Problem(place=where, message=f"overlaps {other.hours.span} at [{earlier}] on the same day")
    for index, off in enumerate(schedule.time_off):
        if off.end <= off.start:
            yield Problem(place=(*place, "time_off", index), message="ends before it begins")


def _problems_of_shift(shift: Shift, place: Place) -> Iterator[Problem]:
    span = shift.hours.span
    if len(set(shift.hours.days)) < len(shift.hours.days):
        yield Problem(place=(*place, "days"), message="names the same day twice")
    if span.minutes > LONGEST_SHIFT_MINUTES:
        yield Problem(
            place=place,
            message=f"{span} is a shift of more than 16 hours; are the two times the wrong way round?",
        )
    if shift.validity.first and shift.validity.last and shift.validity.last < shift.validity.first:
        yield Problem(place=(*place, "valid_to"), message=f"is before valid_from, {shift.validity.first}")
    taken: list[tuple[int, int]] = []
    for index, pause in enumerate(shift.breaks):
        begins = (pause.begins - span.begins) % DAY
        ends = begins + pause.minutes
        if ends > span.minutes:
            yield Problem(place=(*place, "breaks", index), message=f"{pause} is not inside the shift, {span}")
        elif any(begins < other_end and other_begin < ends for other_begin, other_end in taken):
            yield Problem(place=(*place, "breaks", index), message=f"{pause} overlaps another break")
        taken.append((begins, ends))


def _same_clock(one: Shift, other: Shift, locations: Mapping[LocationId, Location]) -> bool:
    """Whether wall-clock hours can be compared; across zones booking tells them apart, instant by instant."""
    if one.location_id == other.location_id:
        return True
    first, second = locations.get(one.location_id), locations.get(other.location_id)
    return first is not None and second is not None and first.zone == second.zone


def _collide(one: Shift, other: Shift) -> bool:
    return one.validity.meets(other.validity) and meet_in_the_week(one.hours, other.hours)
