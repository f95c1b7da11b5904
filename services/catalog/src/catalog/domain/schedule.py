"""When a practitioner works, and when not after all."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from catalog.domain.hours import Span, Validity, WeeklyHours, meet_in_the_week
from catalog.domain.identity import LocationId, PractitionerId
from catalog.domain.location import Location
from catalog.domain.problem import Place, Problem
from catalog.domain.shift import LONGEST_SHIFT_MINUTES, Rhythm, Shift, problems_of_shift, weeks_meet

__all__ = ["LONGEST_SHIFT_MINUTES", "OneOff", "Schedule", "Shift", "TimeOff", "problems_of_schedule"]


@dataclass(frozen=True, slots=True, kw_only=True)
class OneOff:
    """Hours on one day alone, beside those of the week."""

    location_id: LocationId
    day: date
    span: Span
    breaks: tuple[Span, ...]

    @property
    def shift(self) -> Shift:
        """The same as weekly hours that hold on one day."""
        return Shift(
            location_id=self.location_id,
            hours=WeeklyHours(days=(self.day.weekday(),), span=self.span),
            breaks=self.breaks,
            validity=Validity(first=self.day, last=self.day),
            rhythm=Rhythm(),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeOff:
    """From an instant, to an instant, half-open."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """Weekly and one-off hours, time off, and how many minutes a day the hands can take (None: no limit)."""

    practitioner_id: PractitionerId
    weekly: tuple[Shift, ...]
    one_off: tuple[OneOff, ...]
    time_off: tuple[TimeOff, ...]
    daily_hands_on_minutes: int | None


def problems_of_schedule(
    schedule: Schedule, place: Place, *, locations: Mapping[LocationId, Location]
) -> Iterator[Problem]:
    """Everything that is wrong with the hours, given the branches that are known to be sound."""
    placed = [
        *(((*place, "weekly", index), shift) for index, shift in enumerate(schedule.weekly)),
        *(((*place, "one_off", index), one.shift) for index, one in enumerate(schedule.one_off)),
    ]
    for at, (where, shift) in enumerate(placed):
        yield from problems_of_shift(shift, where)
        location = locations.get(shift.location_id)
        if location and not any(meet_in_the_week(shift.hours, opening) for opening in location.opening_hours):
            yield Problem(place=where, message=f"{location.name} is never open at that time")
        for earlier, other in placed[:at]:
            if _same_clock(shift, other, locations) and _collide(shift, other):
                section = "" if earlier[-2] == where[-2] else str(earlier[-2])
                yield Problem(
                    place=where, message=f"overlaps {other.hours.span} at {section}[{earlier[-1]}] on the same day"
                )
    for index, off in enumerate(schedule.time_off):
        if off.end <= off.start:
            yield Problem(place=(*place, "time_off", index), message="ends before it begins")


def _same_clock(one: Shift, other: Shift, locations: Mapping[LocationId, Location]) -> bool:
    """Whether wall-clock hours can be compared; across zones booking tells them apart, instant by instant."""
    if one.location_id == other.location_id:
        return True
    first, second = locations.get(one.location_id), locations.get(other.location_id)
    return first is not None and second is not None and first.zone == second.zone


def _collide(one: Shift, other: Shift) -> bool:
    return (
        one.validity.meets(other.validity)
        and weeks_meet(one.rhythm, other.rhythm)
        and meet_in_the_week(one.hours, other.hours)
    )
