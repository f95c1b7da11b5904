"""Which starts are offered, and by whom: hours less what is taken, on the grid.

For each resource, the starts it could serve are found once, by walking its free time and the grid side by side; the
starts that every need can be met at are then the slots. The cost grows with the starts and bookings in the window
asked for, and with nothing else.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from .choice import assignment, beside
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
    by_guest: tuple[tuple[PractitionerId, ...], ...] = ()
    """Who could serve each guest, if that was asked."""


def slots(
    clinic: Clinic,
    asked: Wish,
    *,
    since: Instant,
    until: Instant,
    busy: Busy,
    now: Instant | None,
    by_guest: bool = False,
) -> list[Slot]:
    """Return the slots that start within `[since, until)`, in order; `now` None ignores notice and horizon."""
    if now is not None:
        earliest, end = bookable_between(asked, now)
        since, until = max(since, earliest, now + 1), min(until, end)
    if since >= until:
        return []
    length = asked.minutes * 60
    serving = _serving(clinic, asked, since, until, busy)
    offered = _offered(serving, including=asked.practitioner_id)
    able: dict[Instant, set[PractitionerId]] = {start: set() for start in sorted(offered)}
    for unit in serving:
        for who, starts in unit.items():
            if who in clinic.practitioners:
                for start in starts & offered:
                    able[start].add(PractitionerId(who))
    if asked.practitioner_id is not None:
        _only_beside(asked.practitioner_id, able, serving)
    return [
        Slot(
            start=start,
            end=start + length,
            practitioner_ids=tuple(sorted(who)),
            by_guest=_by_guest(asked, serving, start) if by_guest else (),
        )
        for start, who in able.items()
    ]


Serving = Sequence[Mapping[ResourceId, frozenset[Instant]]]
"""For each unit that a booking needs, the starts that each resource could serve it at."""


def _only_beside(wanted: PractitionerId, able: dict[Instant, set[PractitionerId]], serving: Serving) -> None:
    """Leave out whoever could serve, but not together with the one who is wanted."""
    for start, people in able.items():
        if people != {wanted}:
            able[start] = {PractitionerId(who) for who in beside(_free_at(serving, start), wanted, people)}


def _offered(serving: Serving, *, including: PractitionerId | None) -> frozenset[Instant]:
    """Return the starts at which each unit can have a resource of its own, and `including` be one of them."""
    any_of = [frozenset[Instant]().union(*unit.values()) for unit in serving]
    possible = any_of[0].intersection(*any_of[1:])
    if including is not None:
        possible &= frozenset[Instant]().union(*(unit.get(including, ()) for unit in serving))
    if len({each for unit in serving for each in unit}) == sum(len(unit) for unit in serving):
        return possible  # nobody could serve for two: what each unit can have, they can have together
    return frozenset(start for start in possible if assignment(_free_at(serving, start), including=including))


def _free_at(serving: Serving, start: Instant) -> list[list[ResourceId]]:
    return [[each for each, starts in unit.items() if start in starts] for unit in serving]


def _by_guest(asked: Wish, serving: Serving, start: Instant) -> tuple[tuple[PractitionerId, ...], ...]:
    """Return, for each guest, who could serve them while someone is left for everyone else."""
    free = _free_at(serving, start)
    return tuple(
        tuple(
            PractitionerId(who)
            for who in sorted(free[place])
            if assignment([*free[:place], [who], *free[place + 1 :]], including=asked.practitioner_id)
        )
        for place in range(len(asked.guests))
    )


def _serving(clinic: Clinic, asked: Wish, since: Instant, until: Instant, busy: Busy) -> Serving:
    zone = asked.location.zone
    days = range(local_day(since, zone), local_day(until - 1, zone) + 1)
    while_open: dict[int, tuple[list[Instant], frozenset[Instant]]] = {}
    known: dict[tuple[ResourceId, int, bool], frozenset[Instant]] = {}
    result: list[dict[ResourceId, frozenset[Instant]]] = []
    for unit in asked.units(clinic):
        minutes, licence = unit.minutes, unit.licensed
        for resource in unit.able:
            if (resource.id, minutes, licence) in known:
                continue
            taken = busy.get(resource.id, ())
            if isinstance(resource, Practitioner):
                each_day = (starts_on(clinic, asked, resource, day, minutes, licence=licence) for day in days)
                starts = _untaken(_between(since, until, each_day), taken, asked, minutes)
                known[resource.id, minutes, licence] = frozenset(starts)
                continue
            if minutes not in while_open:
                each_day = (starts_on(clinic, asked, None, day, minutes) for day in days)
                open_starts = _between(since, until, each_day)
                while_open[minutes] = open_starts, frozenset(open_starts)
            starts_there, unclaimed = while_open[minutes]  # a room is there whenever the house is open
            free = frozenset(_untaken(starts_there, taken, asked, minutes)) if taken else unclaimed
            known[resource.id, minutes, licence] = free
        result.append({resource.id: known[resource.id, minutes, licence] for resource in unit.able})
    return result


def _between(since: Instant, until: Instant, each_day: Iterable[Sequence[Instant]]) -> list[Instant]:
    starts = [at for day in each_day for at in day]
    return starts[bisect_left(starts, since) : bisect_left(starts, until)]


def starts_on(
    clinic: Clinic, asked: Wish, who: Practitioner | None, day: int, minutes: int, *, licence: bool = False
) -> Sequence[Instant]:
    """Return the starts of a local day from which so many minutes fit into the practitioner's hours, or the house's.

    With `licence` they fit only while the practitioner's licence holds there. `who` None: the house.

    Derived once for a version of the clinic: these depend on neither bookings nor the time of asking.
    """
    step, location = asked.offer.start_grid_minutes * 60, asked.location
    length = minutes * 60

    def derive() -> tuple[Instant, ...]:
        if who is None:
            hours = opening(clinic, location, day - 1, day + 1)
        else:
            hours = working(clinic, who, location, day - 1, day + 1)
            hours = licensed(who, location, hours) if licence else hours
        return tuple(_within(hours, grid(day, step, location.zone), length))

    name = who.id if who is not None else None
    return clinic.remembered(("starts", name, location.id, day, step, length, licence), derive)


def _within(hours: Iterable[Range], points: Sequence[Instant], length: int) -> list[Instant]:
    """Return the grid's points from which a treatment of `length` fits into one of the ranges."""
    found: list[Instant] = []
    for start, end in hours:
        found += points[bisect_left(points, start) : bisect_right(points, end - length)]
    return found


def _untaken(starts: list[Instant], taken: Sequence[Range], asked: Wish, minutes: int) -> Iterable[Instant]:
    """Leave out the starts whose claim would touch what is taken; `starts` is sorted."""
    if not taken or not starts:
        return starts
    before, after = asked.claim(0, minutes)
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
    return _free_at(_serving(clinic, asked, start, start + 1, busy), start)


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
