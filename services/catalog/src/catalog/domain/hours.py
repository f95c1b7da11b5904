"""Wall-clock hours that come back every week."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time
from functools import lru_cache

from catalog.domain.problem import Place, Problem

DAY = 24 * 60
WEEK = 7 * DAY
LONGEST_PAST_MIDNIGHT = 16 * 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Span:
    """From a time of day to another; an end at or before the start is past midnight."""

    start: time
    end: time

    @property
    def begins(self) -> int:
        """Minutes from midnight to the start."""
        return self.start.hour * 60 + self.start.minute

    @property
    def minutes(self) -> int:
        """How long it lasts on the clock, 1 to 1440."""
        length = (self.end.hour - self.start.hour) * 60 + self.end.minute - self.start.minute
        return length if length > 0 else length + DAY

    def __str__(self) -> str:
        return f"{self.start:%H:%M} to {self.end:%H:%M}"


@dataclass(frozen=True, slots=True, kw_only=True)
class WeeklyHours:
    """The same span on each of these days (0 is Monday); past midnight it still belongs to its first day."""

    days: tuple[int, ...]
    span: Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Validity:
    """The days, first and last included, on which something holds; None is open."""

    first: date | None = None
    last: date | None = None

    def meets(self, other: "Validity") -> bool:
        """Whether there is a day in both."""
        return (self.first or date.min) <= (other.last or date.max) and (other.first or date.min) <= (
            self.last or date.max
        )


def meet_in_the_week(one: WeeklyHours, other: WeeklyHours) -> bool:
    """Whether the two share a minute of the week, Sunday night into Monday included."""
    for day in one.days:
        for other_day in other.days:
            ahead = (other_day * DAY + other.span.begins - day * DAY - one.span.begins) % WEEK
            if ahead < one.span.minutes or WEEK - ahead < other.span.minutes:
                return True
    return False


def inverted(hours: Sequence[WeeklyHours], place: Place) -> Iterator[Problem]:
    """A problem at each entry that would run past midnight for most of a day, as 20:00 to 19:00 would.

    Round the clock is the same time twice.
    """
    for index, entry in enumerate(hours):
        if LONGEST_PAST_MIDNIGHT < entry.span.minutes < DAY and entry.span.begins + entry.span.minutes > DAY:
            yield Problem(
                place=(*place, index),
                message=f"{entry.span} runs past midnight for more than 16 hours; are the times the wrong way round?",
            )


def overlaps(hours: Sequence[WeeklyHours], place: Place) -> Iterator[Problem]:
    """A problem at each entry that shares a minute of the week with an earlier one, or with itself."""
    for index, entry in enumerate(hours):
        if len(set(entry.days)) < len(entry.days):
            yield Problem(place=(*place, index, "days"), message="names the same day twice")
        for earlier in range(index):
            if meet_in_the_week(hours[earlier], entry):
                yield Problem(
                    place=(*place, index),
                    message=f"overlaps {hours[earlier].span} at [{earlier}] on the same day",
                )


@lru_cache(maxsize=256)
def longest_minutes(hours: tuple[WeeklyHours, ...]) -> int:
    """The longest time without a gap, over midnights and from Sunday into Monday too; a week at most."""
    within = bytearray(WEEK)
    for entry in hours:
        for day in entry.days:
            begins = day * DAY + entry.span.begins
            for minute in range(begins, begins + entry.span.minutes):
                within[minute % WEEK] = 1
    runs = (bytes(within) * 2).split(b"\0")
    return min(WEEK, max(map(len, runs)))
