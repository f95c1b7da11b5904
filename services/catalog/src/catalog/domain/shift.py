"""Hours of work that come back: every week, or every second or third."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from math import gcd

from catalog.domain.hours import DAY, Span, Validity, WeeklyHours
from catalog.domain.identity import LocationId
from catalog.domain.problem import Place, Problem

LONGEST_SHIFT_MINUTES = 16 * 60
"""A longer one is taken for a slip of the pen: 18:00 to 09:00 where 09:00 to 18:00 was meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm:
    """Every so many weeks, counted from the week (Monday to Sunday) that this day is in."""

    every_weeks: int = 1
    from_week_of: date | None = None

    @property
    def monday(self) -> int:
        """The number of the first week's Monday; it may be any when every week counts."""
        day = (self.from_week_of or date(2001, 1, 1)).toordinal()
        return day - (day - 1) % 7


@dataclass(frozen=True, slots=True, kw_only=True)
class Shift:
    """Weekly hours at one branch, in its zone, with breaks, for as long as they hold."""

    location_id: LocationId
    hours: WeeklyHours
    breaks: tuple[Span, ...]
    validity: Validity
    rhythm: Rhythm


def weeks_meet(one: Rhythm, other: Rhythm) -> bool:
    """Whether some week counts for both. Nights into the next week are not looked at across rhythms."""
    weeks_apart = (one.monday - other.monday) // 7
    return weeks_apart % gcd(one.every_weeks, other.every_weeks) == 0


def problems_of_shift(shift: Shift, place: Place) -> Iterator[Problem]:
    """Everything that is wrong with the shift by itself."""
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
    if shift.rhythm.every_weeks > 1 and shift.rhythm.from_week_of is None:
        yield Problem(
            place=(*place, "from_week_of"), message="is missing: from which week on are the weeks to be counted?"
        )
    taken: list[tuple[int, int]] = []
    for index, pause in enumerate(shift.breaks):
        begins = (pause.begins - span.begins) % DAY
        ends = begins + pause.minutes
        if ends > span.minutes:
            yield Problem(place=(*place, "breaks", index), message=f"{pause} is not inside the shift, {span}")
        elif any(begins < other_end and other_begin < ends for other_begin, other_end in taken):
            yield Problem(place=(*place, "breaks", index), message=f"{pause} overlaps another break")
        taken.append((begins, ends))
