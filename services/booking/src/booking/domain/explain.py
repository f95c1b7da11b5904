"""Why a start is not offered: what the wish lacks there, and what keeps each resource that could play a part.

It stands on what the search stands on (hours, grid, claims, assignment), but asks one thing after the other, so that
each can be named. A start is offered if and only if no reason is found.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from .availability import Busy
from .choice import assignment
from .clinic import ON_REQUEST, PHONE, Clinic, Practitioner, PractitionerNeed, Room, RoomNeed, Schedule
from .hours import licensed, opening, rostered, working
from .ids import ResourceId
from .ranges import Instant, Range, covers, overlaps
from .wish import Unit, Wish, bookable_between
from .zones import grid, local_day

IN_THE_PAST = "in_the_past"
TOO_SOON = "too_soon"
BEYOND_HORIZON = "beyond_horizon"
BY_PHONE_ONLY = "by_phone_only"
ON_REQUEST_ONLY = "on_request_only"
NOT_ON_GRID = "not_on_grid"
CLOSED = "closed"
NOBODY_GIVES_IT = "nobody_gives_it"
NOBODY_WORKS = "nobody_works"
ALL_TAKEN = "all_taken"
NO_ROOM = "no_room"
HELD = "held"
NOT_AS_WISHED = "not_as_wished"

OUTSIDE_HOURS = "outside_hours"
BREAK = "break"
TIME_OFF = "time_off"
LICENCE_ENDS = "licence_ends"
LACKS_SKILL = "lacks_skill"
LACKS_LICENCE = "lacks_licence"
TAKEN = "taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class Obstacle:
    """What keeps a resource, and where that is a matter of a certain time, when."""

    code: str
    during: Range | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A resource that could play a part, or a practitioner of the house who can't, and all that keeps them."""

    resource_id: ResourceId
    needed_for: str
    """The skill, or the kind of room or equipment."""
    obstacles: tuple[Obstacle, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """The reasons why a start is not offered; none if it is."""

    reasons: tuple[str, ...]
    standings: tuple[Standing, ...]


def explain(clinic: Clinic, asked: Wish, start: Instant, *, allocated: Busy, held: Busy, now: Instant) -> Explanation:
    """Return every reason why the wish is not offered at that start, and every obstacle.

    Where time and house allow it, reasons are looked for among people and rooms one step at a time, and the first step
    that leaves too few is the reason: whoever does not work cannot be taken. What is wished of people comes last: it is
    the reason where those who are left would do for someone who wishes less.
    """
    units = asked.units(clinic)
    closed = not _open(clinic, asked, start)

    def works(each: Practitioner | Room, unit: Unit) -> bool:
        return closed or isinstance(each, Room) or _works(clinic, asked, unit, each, start)

    def unallocated(each: Practitioner | Room, unit: Unit) -> bool:
        return not overlaps(allocated.get(each.id, ()), asked.claim(start, unit.minutes))

    def unheld(each: Practitioner | Room, unit: Unit) -> bool:
        return not overlaps(held.get(each.id, ()), asked.claim(start, unit.minutes))

    people = [unit for unit in units if isinstance(unit.need, PractitionerNeed)]
    rooms = [unit for unit in units if isinstance(unit.need, RoomNeed)]
    by_people = (
        (NOBODY_GIVES_IT, _anyone),
        (NOBODY_WORKS, works),
        (ALL_TAKEN, unallocated),
        (HELD, unheld),
        (NOT_AS_WISHED, _as_wished),
    )
    by_rooms = ((NO_ROOM, unallocated), (HELD, unheld))
    reasons = [
        *_by_time(asked, start, now),
        *_by_channel(asked),
        *((CLOSED,) if closed else ()),
        *(() if start in _grid(asked, start) else (NOT_ON_GRID,)),
        *_first_too_few(people, by_people, including=asked.practitioner_id),
        *_first_too_few(rooms, by_rooms),
    ]
    return Explanation(
        reasons=tuple(dict.fromkeys(reasons)),
        standings=tuple(_standings(clinic, asked, start, allocated, held)),
    )


Step = tuple[str, Callable[[Practitioner | Room, Unit], bool]]
"""A reason, and whom it does not concern."""


def _first_too_few(
    units: Sequence[Unit], steps: Sequence[Step], *, including: ResourceId | None = None
) -> Iterator[str]:
    left: list[list[Practitioner | Room]] = [[*unit.able, *unit.ruled_out] for unit in units]
    for reason, passes in steps:
        left = [[each for each in able if passes(each, unit)] for able, unit in zip(left, units, strict=True)]
        if assignment([[each.id for each in able] for able in left], including=including) is None:
            yield reason
            return


def _anyone(_: Practitioner | Room, __: Unit) -> bool:
    return True


def _as_wished(each: Practitioner | Room, unit: Unit) -> bool:
    return each not in unit.ruled_out


def _by_time(asked: Wish, start: Instant, now: Instant) -> Iterator[str]:
    earliest, end = bookable_between(asked, now)
    if start <= now:
        yield IN_THE_PAST
    elif start < earliest:
        yield TOO_SOON
    if start >= end:
        yield BEYOND_HORIZON


def _by_channel(asked: Wish) -> Iterator[str]:
    if asked.offer.channel == PHONE:
        yield BY_PHONE_ONLY
    if asked.offer.channel == ON_REQUEST:
        yield ON_REQUEST_ONLY


def _days(asked: Wish, start: Instant) -> tuple[int, int]:
    """Return the days whose hours may reach the start: those of the night before run past midnight."""
    day = local_day(start, asked.location.zone)
    return day - 1, day + 1


def _grid(asked: Wish, start: Instant) -> Sequence[Instant]:
    zone = asked.location.zone
    return grid(local_day(start, zone), asked.offer.start_grid_minutes * 60, zone)


def _open(clinic: Clinic, asked: Wish, start: Instant) -> bool:
    return covers(opening(clinic, asked.location, *_days(asked, start)), asked.treatment(start))


def _works(clinic: Clinic, asked: Wish, unit: Unit, who: Practitioner, start: Instant) -> bool:
    hours, during = working(clinic, who, asked.location, *_days(asked, start)), (start, start + unit.minutes * 60)
    return covers(hours, during) and _licensed(asked, unit, who, during)


def _licensed(asked: Wish, unit: Unit, who: Practitioner, during: Range) -> bool:
    return not unit.licensed or covers(licensed(who, asked.location, [during]), during)


# --- resource by resource ---


def _standings(clinic: Clinic, asked: Wish, start: Instant, allocated: Busy, held: Busy) -> Iterator[Standing]:
    once = {(unit.need, unit.minutes): unit for unit in asked.units(clinic)}
    for unit in once.values():
        need, claim = unit.need, asked.claim(start, unit.minutes)
        for each in (*unit.able, *unit.ruled_out):
            obstacles = [*_hours(clinic, asked, unit, each, start)] if isinstance(each, Practitioner) else []
            obstacles += [] if _as_wished(each, unit) else [Obstacle(code=NOT_AS_WISHED)]
            for code, busy in ((TAKEN, allocated), (HELD, held)):
                spans = sorted(busy.get(each.id, ()))
                obstacles += [Obstacle(code=code, during=span) for span in spans if overlaps([span], claim)]
            yield Standing(resource_id=each.id, needed_for=_needed_for(need), obstacles=tuple(obstacles))
        if isinstance(need, PractitionerNeed):
            yield from _unable(clinic, asked, need)


def _needed_for(need: PractitionerNeed | RoomNeed) -> str:
    return need.skill if isinstance(need, PractitionerNeed) else need.room_kind


def _hours(clinic: Clinic, asked: Wish, unit: Unit, who: Practitioner, start: Instant) -> Iterator[Obstacle]:
    """Say what of their own hours keeps a practitioner; nothing if they work."""
    if _works(clinic, asked, unit, who, start):
        return
    during, days = (start, start + unit.minutes * 60), _days(asked, start)
    schedule = clinic.schedules.get(who.id, Schedule(shifts=()))
    if not covers(rostered(schedule, asked.location, *days, despite_breaks=True), during):
        yield Obstacle(code=OUTSIDE_HOURS)
    elif not covers(rostered(schedule, asked.location, *days), during):
        yield Obstacle(code=BREAK)
    yield from (Obstacle(code=TIME_OFF, during=span) for span in schedule.time_off if overlaps([span], during))
    if not _licensed(asked, unit, who, during):
        yield Obstacle(code=LICENCE_ENDS)
    if not _open(clinic, asked, start):
        yield Obstacle(code=CLOSED)


def _unable(clinic: Clinic, asked: Wish, need: PractitionerNeed) -> Iterator[Standing]:
    """Name those who work at the location, and may not serve the need."""
    able = clinic.practitioners_for(asked.service, asked.location, need)
    for _, who in sorted(clinic.practitioners.items()):
        if not who.deleted and asked.location.id in who.location_ids and who not in able:
            code = LACKS_LICENCE if need.skill in who.skills else LACKS_SKILL
            yield Standing(resource_id=who.id, needed_for=need.skill, obstacles=(Obstacle(code=code),))
