"""Which starts are offered, and by whom: hours less what is taken, on the grid.

For each resource, the starts it could serve are found once, by walking its free time and the grid side by side; the
starts that every need can be met at are then the slots. The cost grows with the starts and bookings in the window
asked for, and with nothing else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .choice import assignment
from .clinic import Clinic, Practitioner
from .hours import licensed, opening, working
from .ids import PractitionerId, ResourceId
from .ranges import Instant, Range, merged
from .wish import Wish, bookable_between
from .zones import grid, local_day

Busy = Mapping[ResourceId, Sequence[Range]]
"""What is taken of each resource, buffers included, in any order."""
NOTHING_TAKEN: Busy = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class Slot:
    """A start on offer, and which practitioners could serve it."""

    start: Instant
    end: Instant
    practitioner_ids: tuple[PractitionerId, ...]


def slots(
    clinic: Clinic, asked: Wish, *, since: Instant, until: Instant, busy: Busy, now: Instant | None
) -> list[Slot]:
    """Return the slots that start within `[since, until)`, in order; `now` None ignores notice and horizon."""
    if now is not None:
        earliest, end = bookable_between(asked, now)
        since, until = max(since, earliest, now + 1), min(until, end)
    if since >= until:
        return []
    length = asked.minutes * 60
    serving = _serving(clinic, asked, since, until, busy)
    units = [[resource.id for resource in able] for _, able in asked.units(clinic)]
    everyone = sorted({resource for unit in units for resource in unit if resource in clinic.practitioners})
    found = []
    for start in sorted(frozenset[Instant]().union(*(serving[who] for who in everyone))):
        free = [[resource for resource in unit if start in serving[resource]] for unit in units]
        if assignment(free, including=asked.practitioner_id) is None:
            continue
        able = tuple(PractitionerId(who) for who in everyone if start in serving[who])
        found.append(Slot(start=start, end=start + length, practitioner_ids=able))
    return found


def _serving(
    clinic: Clinic, asked: Wish, since: Instant, until: Instant, busy: Busy
) -> dict[ResourceId, frozenset[Instant]]:
    zone = asked.location.zone
    first_day, last_day = local_day(since, zone), local_day(until - 1, zone)
    step = asked.offer.start_grid_minutes * 60
    points = [at for day in range(first_day, last_day + 1) for at in grid(day, step, zone)]
    points = points[bisect_left(points, since) : bisect_left(points, until)]
    open_hours = opening(clinic, asked.location, first_day - 1, last_day + 1)
    result: dict[ResourceId, frozenset[Instant]] = {}
    for resource in {resource.id: resource for _, able in asked.units(clinic) for resource in able}.values():
        hours = open_hours
        if isinstance(resource, Practitioner):
            hours = working(clinic, resource, asked.location, first_day - 1, last_day + 1)
            hours = licensed(asked.service, resource, asked.location, hours)
        starts = _within(hours, points, asked.minutes * 60)
        result[resource.id] = frozenset(_untaken(starts, busy.get(resource.id, ()), asked))
    return result


def _within(hours: Iterable[Range], points: Sequence[Instant], length: int) -> list[Instant]:
    """Return the grid's points from which a treatment of `length` fits into one of the ranges."""
    found: list[Instant] = []
    for start, end in hours:
        found += points[bisect_left(points, start) : bisect_right(points, end - length)]
    return found


def _untaken(starts: list[Instant], taken: Sequence[Range], asked: Wish) -> Iterable[Instant]:
    """Leave out the starts whose claim would touch what is taken; `starts` is sorted."""
    if not taken or not starts:
        return starts
    before, after = asked.claim(0)
    # A claim [s + before, s + after) meets [x, y) exactly if x - after < s < y - before.
    blocked = merged((x - after + 1, y - before) for x, y in taken)
    free: list[Instant] = []
    at = 0
    for lowest, highest in blocked:
        first = bisect_left(starts, lowest, at)
        free += starts[at:first]
        at = bisect_left(starts, highest, first)
    return free + starts[at:]


def resources_free_at(clinic: Clinic, asked: Wish, start: Instant, busy: Busy) -> list[list[ResourceId]]:
    """Return, for each unit that the booking needs, which resources could serve at that start."""
    serving = _serving(clinic, asked, start, start + 1, busy)
    return [[resource.id for resource in able if start in serving[resource.id]] for _, able in asked.units(clinic)]


def is_a_start(clinic: Clinic, asked: Wish, start: Instant) -> bool:
    """Say whether, bookings aside, the wish could be served at that start: on the grid, within hours, by someone."""
    free = resources_free_at(clinic, asked, start, NOTHING_TAKEN)
    return assignment(free, including=asked.practitioner_id) is not None


def still_serves(clinic: Clinic, asked: Wish, start: Instant, resource_ids: Sequence[ResourceId]) -> bool:
    """Say whether, bookings aside, exactly these resources may serve the wish at that start."""
    free = resources_free_at(clinic, asked, start, NOTHING_TAKEN)
    chosen = set(resource_ids)
    narrowed = [[resource for resource in unit if resource in chosen] for unit in free]
    return len(chosen) == len(free) and assignment(narrowed, including=asked.practitioner_id) is not None
