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
    offered = _offered(units, serving, including=asked.practitioner_id)
    able: dict[Instant, list[PractitionerId]] = {start: [] for start in sorted(offered)}
    for who in sorted({resource for unit in units for resource in unit if resource in clinic.practitioners}):
        for start in serving[who] & offered:
            able[start].append(PractitionerId(who))
    return [Slot(start=start, end=start + length, practitioner_ids=tuple(who)) for start, who in able.items()]


def _offered(
    units: Sequence[Sequence[ResourceId]],
    serving: Mapping[ResourceId, frozenset[Instant]],
    *,
    including: PractitionerId | None,
) -> frozenset[Instant]:
    """Return the starts at which each unit can have a resource of its own, and `including` be one of them."""
    any_of = [frozenset[Instant]().union(*(serving[each] for each in unit)) for unit in units]
    possible = any_of[0].intersection(*any_of[1:])
    if including is not None:
        possible &= serving.get(including, frozenset())
    if len({each for unit in units for each in unit}) == sum(len(unit) for unit in units):
        return possible  # nobody could serve for two: what each unit can have, they can have together
    return frozenset(
        start
        for start in possible
        if assignment([[each for each in unit if start in serving[each]] for unit in units], including=including)
    )


def _serving(
    clinic: Clinic, asked: Wish, since: Instant, until: Instant, busy: Busy
) -> dict[ResourceId, frozenset[Instant]]:
    zone = asked.location.zone
    days = range(local_day(since, zone), local_day(until - 1, zone) + 1)
    while_open = _between(since, until, (starts_on(clinic, asked, None, day) for day in days))
    unclaimed = frozenset(while_open)
    result: dict[ResourceId, frozenset[Instant]] = {}
    for resource in {resource.id: resource for _, able in asked.units(clinic) for resource in able}.values():
        taken = busy.get(resource.id, ())
        if isinstance(resource, Practitioner):
            starts = _between(since, until, (starts_on(clinic, asked, resource, day) for day in days))
            result[resource.id] = frozenset(_untaken(starts, taken, asked))
        else:  # a room is there whenever the house is open
            result[resource.id] = frozenset(_untaken(while_open, taken, asked)) if taken else unclaimed
    return result


def _between(since: Instant, until: Instant, each_day: Iterable[Sequence[Instant]]) -> list[Instant]:
    starts = [at for day in each_day for at in day]
    return starts[bisect_left(starts, since) : bisect_left(starts, until)]


def starts_on(clinic: Clinic, asked: Wish, who: Practitioner | None, day: int) -> Sequence[Instant]:
    """Return the starts of a local day from which the wish fits into the practitioner's hours, or (None) the house's.

    Derived once for a version of the clinic: these depend on neither bookings nor the time of asking.
    """
    step, length, location = asked.offer.start_grid_minutes * 60, asked.minutes * 60, asked.location

    def derive() -> tuple[Instant, ...]:
        if who is None:
            hours = opening(clinic, location, day - 1, day + 1)
        else:
            hours = working(clinic, who, location, day - 1, day + 1)
            hours = licensed(asked.service, who, location, hours)
        return tuple(_within(hours, grid(day, step, location.zone), length))

    name = who.id if who is not None else None
    return clinic.remembered(("starts", name, location.id, day, step, length, asked.service.modality), derive)


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
