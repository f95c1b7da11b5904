"""Several services in one visit: one after another for one guest, or at once, each for a guest of their own.

A visit is found if and only if all of its parts can be had. Whoever and whatever serves one part may serve another one
if their claims, buffers included, do not meet.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .clinic import Clinic
from .ids import ResourceId
from .ranges import Instant, Range, overlaps
from .wish import Wish

ONE_AFTER_ANOTHER, AT_ONCE = "one_after_another", "at_once"
ARRANGEMENTS = (ONE_AFTER_ANOTHER, AT_ONCE)
FEWEST, MOST = 2, 4
"""Parts of a visit."""
LONGEST_WAIT = 30 * 60
"""How many seconds may pass between two parts: room and hands are made ready, and starts stand on a grid."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A part at its start, and who and what serves it: one resource for each unit that it needs, in their order."""

    start: Instant
    end: Instant
    resource_ids: tuple[ResourceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A part by itself: when it could be had (sorted), and who could serve each unit then, best first."""

    asked: Wish
    starts: Sequence[Instant]
    able: Callable[[Instant], Sequence[Sequence[ResourceId]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seat:
    """One unit of one part, to be given a resource for a time."""

    part: int
    unit: int
    able: Sequence[ResourceId]
    during: Range


def visit_at(clinic: Clinic, parts: Sequence[Part], arrangement: str, start: Instant) -> tuple[Placed, ...] | None:
    """Return the visit whose first part begins at `start`, one of its own; the others as early as can be, or None."""
    return _continued(clinic, parts, arrangement, (start,))


def _continued(
    clinic: Clinic, parts: Sequence[Part], arrangement: str, starts: tuple[Instant, ...]
) -> tuple[Placed, ...] | None:
    placed = _served(clinic, parts[: len(starts)], starts)
    if placed is None or len(placed) == len(parts):
        return placed
    for following in _starts_after(placed[-1], parts[len(starts)], arrangement):
        found = _continued(clinic, parts, arrangement, (*starts, following))
        if found is not None:
            return found
    return None


def _starts_after(earlier: Placed, part: Part, arrangement: str) -> Sequence[Instant]:
    first, last = (earlier.start,) * 2 if arrangement == AT_ONCE else (earlier.end, earlier.end + LONGEST_WAIT)
    return part.starts[bisect_left(part.starts, first) : bisect_right(part.starts, last)]


def _served(clinic: Clinic, parts: Sequence[Part], starts: Sequence[Instant]) -> tuple[Placed, ...] | None:
    seats = [
        _Seat(part=at, unit=place, able=able, during=part.asked.claim(start, unit.minutes))
        for at, (part, start) in enumerate(zip(parts, starts, strict=True))
        for place, (unit, able) in enumerate(zip(part.asked.units(clinic), part.able(start), strict=True))
    ]
    # Where few are able it shows first that there are too few.
    for chosen in _seated(sorted(seats, key=lambda seat: len(seat.able)), {}):
        by_part = [
            tuple(who for _, who in sorted((seat.unit, who) for seat, who in chosen if seat.part == at))
            for at in range(len(parts))
        ]
        if all(part.asked.practitioner_id in {None, *those} for part, those in zip(parts, by_part, strict=True)):
            return tuple(
                Placed(start=start, end=part.asked.treatment(start)[1], resource_ids=those)
                for part, start, those in zip(parts, starts, by_part, strict=True)
            )
    return None


def _seated(seats: Sequence[_Seat], taken: dict[ResourceId, list[Range]]) -> Iterator[list[tuple[_Seat, ResourceId]]]:
    """Yield every way to give each seat a resource that is free for its time, the best of each first."""
    if not seats:
        yield []
        return
    first, *others = seats
    for who in first.able:
        theirs = taken.get(who, [])
        if not overlaps(theirs, first.during):
            for rest in _seated(others, {**taken, who: [*theirs, first.during]}):
                yield [(first, who), *rest]
