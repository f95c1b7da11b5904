"""What goes out about an appointment that was moved, and what no longer does."""

from datetime import timedelta

import pytest
from notifications.domain.values import Reason, State

from services.notifications.tests.house import house
from services.notifications.tests.made import (
    BOOKING,
    START,
    cancelled,
    facts,
    reinstated,
    rescheduled,
)

pytestmark = pytest.mark.anyio


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_move_is_told_and_only_the_new_time_is_reminded_of() -> None:
    here = house()
    await here.works()
    moved = rescheduled()
    here.clock.at = moved.happened_at
    here.hears(moved)
    here.bookings.known[BOOKING] = facts(revision=2, start=moved.start, end=moved.end)
    await here.works()
    for before in (48 + 24, 48 + 2, 24, 2):  # the first two were the old time's
        here.clock.at = moved.start - timedelta(hours=before)
        await here.works()
    assert here.sent() == ["confirmation", "change", "first_reminder", "second_reminder"]


async def test_moved_away_and_back_is_told_each_time_and_reminded_of_again() -> None:
    here = house()
    await here.works()
    here.clock.at = START - timedelta(hours=24)
    await here.works()
    for revision, start in ((2, START + timedelta(days=2)), (3, START)):
        here.clock.advance(timedelta(minutes=5))
        moved = rescheduled(revision=revision, start=start, happened_at=here.clock.at)
        here.hears(moved)
        here.bookings.known[BOOKING] = facts(revision=revision, start=start, end=moved.end)
        await here.works()
    here.clock.at = START - timedelta(hours=2)
    await here.works()
    assert here.sent() == ["confirmation", "first_reminder", "change", "change", "second_reminder"]


async def test_after_a_move_an_undone_cancellation_tells_nothing_new() -> None:
    here = house()
    await here.works()
    moved = rescheduled()
    here.clock.at = moved.happened_at
    here.hears(moved)
    here.bookings.known[BOOKING] = facts(revision=2, start=moved.start, end=moved.end)
    await here.works()
    here.hears(cancelled(revision=3, start=moved.start))
    here.hears(reinstated(revision=4, start=moved.start))
    here.bookings.known[BOOKING] = facts(revision=4, start=moved.start, end=moved.end)
    here.clock.advance(timedelta(minutes=5))
    await here.works()
    assert here.sent() == ["confirmation", "change"]
    assert here.row("confirmation", revision=4) == (State.SKIPPED, Reason.ALREADY_TOLD)
