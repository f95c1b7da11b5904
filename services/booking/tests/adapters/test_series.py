"""Series on real PostgreSQL and Redis: races and a kill, and never half a series."""

import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from booking.adapters.redis_holds import connect
from booking.adapters.tables import allocations, bookings, outbox, series_sessions
from booking.adapters.tables import series as series_table
from booking.application.cancel import cancel
from booking.application.needs import Papers
from booking.application.ports import Answer, Desk, Outcome
from booking.application.repair_series import Repair, propose, repair
from booking.application.show_series import SeriesAccess, cancel_series, see_series
from booking.domain.booking import CANCELLED
from booking.domain.series import BEST_EFFORT
from booking.domain.zones import utc
from booking.outside import Outside
from sqlalchemy import func, select

from services.booking.tests.adapters.at_once import at_once
from services.booking.tests.adapters.series_desk import FOUR_TUESDAYS, KEY, series
from services.booking.tests.adapters.waiting_desk import TEN, access, at, booked, one_treatment_a_week, opened
from services.booking.tests.fake_holds import HandClock

ROOT = Path(__file__).parents[4]


@dataclass
class World:
    """A process at the clinic where Ana gives one treatment a week."""

    here: Outside
    desk: Desk
    clock: HandClock
    booking_url: str
    redis_url: str

    def count(self, table: Any, *where: Any) -> int:
        with self.here.engine.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(table).where(*where)).scalar_one())

    @property
    def written(self) -> tuple[int, int, int, int]:
        """How many series, bookings, allocations and events there are."""
        return tuple(self.count(each) for each in (series_table, bookings, allocations, outbox))  # type: ignore[return-value]


@pytest.fixture
def world(booking_url: str, redis_url: str) -> Iterator[World]:
    here, clock = opened(booking_url, redis_url), HandClock()
    one_treatment_a_week(here, now=clock.now())
    yield World(here, at(here, clock), clock, booking_url, redis_url)
    here.close()


def test_a_series_is_written_and_read_back_as_it_was_made(world: World) -> None:
    insured = Papers(payer="public_insurance")
    made = series(world.desk, idempotency=KEY, papers=insured)
    assert made.series.payer == "public_insurance"
    assert world.written == (1, 4, 8, 4)
    seen = see_series(SeriesAccess(series_id=made.series.id, token=made.token), desk=world.desk)
    assert seen.series == made.series
    assert seen.bookings == made.bookings
    again = series(world.desk, idempotency=KEY, papers=insured)
    assert again.replayed
    assert world.written == (1, 4, 8, 4)


@pytest.mark.parametrize("redis", ["with the memory of holds", "without"])
@pytest.mark.timeout(60)
def test_of_eight_who_want_the_same_four_hours_one_gets_all_and_nobody_a_part(world: World, redis: str) -> None:
    desk = world.desk
    if redis == "without":
        desk = replace(desk, holds=_Blind(desk.holds))  # type: ignore[arg-type]
    outcomes = Counter(at_once(*[partial(series, desk) for _ in range(8)]))
    assert outcomes == {"done": 1, "series_incomplete": 7}
    assert world.written == (1, 4, 8, 4)


class _Blind:
    """A memory of holds that sees nobody's claims: the database alone decides."""

    def __init__(self, holds: Any) -> None:
        self._holds = holds

    def claim(self, hold: Any, *, body_hash: str) -> Any:
        return Answer(outcome=Outcome.CLAIMED, hold=hold)

    def taken(self, *_: Any, **__: Any) -> dict[Any, Any]:
        return {}

    def forget(self, _: Any) -> None:
        return


@pytest.mark.timeout(60)
def test_series_that_cross_each_other_and_single_bookings_never_overlap_nor_hang(world: World) -> None:
    later = replace(FOUR_TUESDAYS, starting=TEN + timedelta(weeks=2))
    desk = replace(world.desk, holds=_Blind(world.desk.holds))  # type: ignore[arg-type]
    wishes = [partial(series, desk, wanted=each) for each in (FOUR_TUESDAYS, later) for _ in range(3)]
    outcomes = Counter(at_once(*wishes, partial(booked, world.desk)))
    assert outcomes["done"] >= 1
    starts = world.count(bookings)
    assert world.count(allocations) == 2 * starts
    assert world.count(series_sessions, series_sessions.c.booking_id.is_(None)) == 0


@pytest.mark.timeout(60)
def test_the_same_request_sent_eight_times_at_once_makes_one_series(world: World) -> None:
    outcomes = Counter(at_once(*[partial(series, world.desk, idempotency=KEY) for _ in range(8)]))
    assert outcomes["done"] >= 1
    assert world.written == (1, 4, 8, 4)


@pytest.mark.timeout(60)
def test_a_process_killed_over_a_series_leaves_all_of_it_or_nothing(world: World) -> None:
    for point, expected in (
        ("booking.before_commit", (0, 0, 0, 0)),
        ("booking.after_commit_before_wake", (1, 4, 8, 4)),
    ):
        died = subprocess.run(
            [
                sys.executable,
                "-m",
                "services.booking.tests.adapters.series_desk",
                world.booking_url,
                world.redis_url,
                world.clock.now().isoformat(),
            ],
            cwd=ROOT,
            env={**os.environ, "SLOTWELL_FAILPOINTS": point},
            check=False,
            timeout=30,
        )
        assert died.returncode == -signal.SIGKILL
        assert world.written == expected
        connect(world.redis_url, answers_within=3).flushall()  # as when its claims have run out
    assert series(world.desk, idempotency=KEY).replayed


def test_what_fell_out_is_filled_once_however_many_try(world: World) -> None:
    made = series(world.desk)
    opens = SeriesAccess(series_id=made.series.id, token=made.token)
    fallen = list(made.bookings.values())[1]
    cancel(access(fallen, world.desk), accept_fee=True, desk=world.desk)
    found = propose(opens, 2, desk=world.desk)
    assert utc(found.slots[0].start) == fallen.start
    wish = Repair(access=opens, position=2, start=fallen.start)
    outcomes = Counter(at_once(*[partial(repair, wish, desk=world.desk) for _ in range(4)]))
    assert outcomes["done"] >= 1
    mended = see_series(opens, desk=world.desk)
    new = mended.bookings[mended.series.sessions[1].booking_id]  # type: ignore[index]
    assert (new.start, new.id == fallen.id) == (fallen.start, False)
    assert world.count(bookings) == 5
    assert world.count(allocations, allocations.c.active) == 8


def test_best_effort_leaves_the_taken_hour_open_and_cancelling_gives_the_rest_back(world: World) -> None:
    booked(world.desk)
    made = series(world.desk, mode=BEST_EFFORT)
    assert [each.booking_id is None for each in made.series.sessions] == [True, False, False, False]
    gone = cancel_series(SeriesAccess(series_id=made.series.id, token=made.token), accept_fee=False, desk=world.desk)
    assert {each.state for each in gone.bookings.values()} == {CANCELLED}
    assert world.count(allocations, allocations.c.active) == 2
