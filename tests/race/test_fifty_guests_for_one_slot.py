"""Fifty guests try each of twenty slots through HTTP, against two booking processes: one gets it.

The starts that they try for overlap without being equal, and the clients begin a few milliseconds apart.
The checker reads the allocations with code of its own. The last test takes the guards away and must find
double bookings: a race that cannot be lost proves nothing.
"""

from collections import Counter
from collections.abc import Callable
from datetime import timedelta

import pytest

from tests.checker.history import bookings, constraint_names, lost
from tests.checker.overlaps import overlaps
from tests.checker.reading import change
from tests.outside.client import Api
from tests.outside.race import Account, goals, race
from tests.outside.shares import Line, each_did_a_fifth, shares
from tests.outside.stack import StackPlatform
from tests.outside.until import until

SLOTS = 20
# Were each booking to fall to one of two processes by a coin, 19 of 100 or fewer would come once in a billion times.
MANY = 100
PROCESSES = ("booking", "booking.2")
Figures = Callable[[str], None]

pytestmark = pytest.mark.timeout(300)


def test_with_redis_up_each_slot_is_booked_once(arena: StackPlatform, figures: Figures) -> None:
    account = race(arena.url, goals(arena.api, count=SLOTS, after=timedelta(days=2)))
    _won_once_each(arena, account)
    figures(f"race, Redis up: {account.figures()}; {_shares(arena, account)}; 0 overlaps")
    assert account.polite == account.holds


def test_with_redis_away_each_slot_is_booked_once(arena: StackPlatform, figures: Figures) -> None:
    wanted = goals(arena.api, count=SLOTS, after=timedelta(days=2))
    arena.redis.kill()
    try:
        account = race(arena.url, wanted)
    finally:
        arena.redis.start()
    _won_once_each(arena, account)
    figures(f"race, Redis away: {account.figures()}; {_shares(arena, account)}; 0 overlaps")
    assert account.polite == 0


def test_with_redis_killed_in_the_middle_each_slot_is_booked_once(arena: StackPlatform, figures: Figures) -> None:
    _wait_for_redis(arena.api)
    wanted = goals(arena.api, count=SLOTS, after=timedelta(days=2))
    try:
        account = race(arena.url, wanted, midway=arena.redis.kill)
    finally:
        arena.redis.start()
    _won_once_each(arena, account)
    figures(f"race, Redis killed midway: {account.figures()}; {_shares(arena, account)}; 0 overlaps")
    assert 0 < account.polite < account.holds


def test_with_redis_flushed_in_the_middle_each_slot_is_booked_once(arena: StackPlatform, figures: Figures) -> None:
    _wait_for_redis(arena.api)
    account = race(arena.url, goals(arena.api, count=SLOTS, after=timedelta(days=2)), midway=arena.redis.flush)
    _won_once_each(arena, account)
    figures(f"race, Redis flushed midway: {account.figures()}; {_shares(arena, account)}; 0 overlaps")


def test_over_all_races_each_of_two_booking_processes_committed_at_least_a_fifth(
    arena: StackPlatform, figures: Figures
) -> None:
    missing = MANY - len(arena.acknowledged)
    if missing > 0:  # the four races alone are eighty bookings, and this test may be run by itself
        wanted = goals(arena.api, count=missing, after=timedelta(days=2))
        arena.acknowledged.extend(race(arena.url, wanted, clients=4).acknowledged)
    each_did_a_fifth(found := _committed(arena, arena.acknowledged), PROCESSES)
    figures(f"all races together: {dict(found)}")


def test_the_checker_catches_the_double_bookings_that_happen_without_the_guards(
    arena_without_guards: StackPlatform, figures: Figures
) -> None:
    arena, database = arena_without_guards, arena_without_guards.databases["booking"]
    wanted = goals(arena.api, count=SLOTS, after=timedelta(days=2))
    [name] = constraint_names(database)
    change(database, f'ALTER TABLE allocations DROP CONSTRAINT "{name}"')
    arena.redis.kill()
    account = race(arena.url, wanted)
    found = overlaps(database)
    doubled = sum(len(made) > 1 for made in account.bookings.values())
    figures(
        f"race, Redis away and the constraint dropped: {account.figures()}; "
        f"{doubled} slots sold more than once, {len(found)} overlaps"
    )
    assert doubled > 0
    assert found
    with pytest.raises(AssertionError):
        _won_once_each(arena, account)


def _won_once_each(arena: StackPlatform, account: Account) -> None:
    """Every slot has one winner, every winner a booking that stands, and nothing else stands."""
    database = arena.databases["booking"]
    assert account.surprises == []
    assert {index: len(made) for index, made in account.bookings.items()} == dict.fromkeys(account.bookings, 1)
    assert overlaps(database) == []
    assert lost(database, account.acknowledged) == []
    arena.acknowledged.extend(account.acknowledged)
    assert sorted(bookings(database)) == sorted(arena.acknowledged)
    assert len(account.acknowledged) == SLOTS


def _shares(arena: StackPlatform, account: Account) -> str:
    """Say how many bookings each process committed; a fifth of twenty would be a matter of chance."""
    found = _committed(arena, account.acknowledged)
    assert set(found) == set(PROCESSES), found
    return ", ".join(f"{process} committed {found[process]}" for process in PROCESSES)


def _committed(arena: StackPlatform, bookings: list[str]) -> Counter[str]:
    made = set(bookings)

    def booked(line: Line) -> str | None:
        return line["booking_id"] if line.get("event") == "booked" and line.get("booking_id") in made else None

    return shares(arena, booked, pieces=len(made))


def _wait_for_redis(api: Api) -> None:
    def polite() -> bool:
        hold = api.hold(api.a_slot(after=timedelta(days=60)))
        api.release(hold.json())
        return bool(hold.json()["exclusive"])

    until(polite, within=30, expecting="holds to be exclusive again")
