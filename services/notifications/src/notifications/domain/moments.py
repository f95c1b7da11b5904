"""Times as data: "24 hours before the start", "at once", "the earlier of two"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta
from typing import Literal, Protocol
from zoneinfo import ZoneInfo

from notifications.domain.values import Change

Anchor = Literal["happened_at", "start", "end", "free_until", "undo_until", "deadline"]

_ANCHORS: dict[Anchor, Callable[[Change], datetime]] = {
    "happened_at": lambda change: change.happened_at,
    "start": lambda change: change.start,
    "end": lambda change: change.end,
    "free_until": lambda change: change.free_until,
    # What cannot be undone is final when it happens.
    "undo_until": lambda change: change.undo_until or change.happened_at,
    # What has no deadline of its own can be answered until it begins.
    "deadline": lambda change: change.deadline or change.start,
}


class Moment(Protocol):
    """A time that depends on the booking."""

    def of(self, change: Change) -> datetime: ...


@dataclass(frozen=True, slots=True)
class At:
    """An anchor itself, or elapsed time away from it; or so many days away, on the wall clock of the location.

    With `days` or `clock` the day is counted first, at the anchor's own time of day or at `clock`, whatever clocks do
    in between; a time that a clock change skips becomes the same time after the gap.
    """

    anchor: Anchor
    offset: timedelta = timedelta()
    days: int = 0
    clock: time | None = None

    def of(self, change: Change) -> datetime:
        moment = _ANCHORS[self.anchor](change)
        if self.days or self.clock is not None:
            zone = ZoneInfo(change.zone)
            local = moment.astimezone(zone)
            day = local.date() + timedelta(days=self.days)
            moment = datetime.combine(day, self.clock or local.time(), tzinfo=zone).astimezone(UTC)
        return moment + self.offset


def before(anchor: Anchor, *, hours: int) -> At:
    """Elapsed hours before an anchor, whatever clocks do in between."""
    return At(anchor, -timedelta(hours=hours))


def after(anchor: Anchor, *, hours: int) -> At:
    """Elapsed hours after an anchor, whatever clocks do in between."""
    return At(anchor, timedelta(hours=hours))


def on_day(anchor: Anchor, days: int, *, clock: time | None = None) -> At:
    """So many days after an anchor (before it: negative), by the location's clock."""
    return At(anchor, days=days, clock=clock)


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first of several moments."""

    moments: tuple[Moment, ...]

    def __init__(self, *moments: Moment) -> None:
        object.__setattr__(self, "moments", moments)

    def of(self, change: Change) -> datetime:
        return min(moment.of(change) for moment in self.moments)
