"""Times as data: "24 hours before the start", "at once", "the earlier of two"."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal, Protocol

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
    """An anchor itself, or elapsed time away from it."""

    anchor: Anchor
    offset: timedelta = timedelta()

    def of(self, change: Change) -> datetime:
        return _ANCHORS[self.anchor](change) + self.offset


def before(anchor: Anchor, *, hours: int) -> At:
    """Elapsed hours before an anchor, whatever clocks do in between."""
    return At(anchor, -timedelta(hours=hours))


def after(anchor: Anchor, *, hours: int) -> At:
    """Elapsed hours after an anchor, whatever clocks do in between."""
    return At(anchor, timedelta(hours=hours))


@dataclass(frozen=True, slots=True)
class Earliest:
    """The first of several moments."""

    moments: tuple[Moment, ...]

    def __init__(self, *moments: Moment) -> None:
        object.__setattr__(self, "moments", moments)

    def of(self, change: Change) -> datetime:
        return min(moment.of(change) for moment in self.moments)
