import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from runtime.clock import DemoClock, FixedClock, SystemClock


def about_now(moment: datetime, *, ahead: timedelta = timedelta()) -> bool:
    return abs(moment - ahead - datetime.now(UTC)) < timedelta(seconds=30)


def test_the_machines_clock_is_aware_and_in_utc() -> None:
    assert SystemClock().now().tzinfo is UTC


def test_a_fixed_clock_moves_when_told() -> None:
    clock = FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2026, 11, 23, 10, 0, tzinfo=UTC)


def test_the_demo_moves_forward_for_every_process_and_for_good(tmp_path: Path) -> None:
    mine, theirs = DemoClock(tmp_path / "clock"), DemoClock(tmp_path / "clock")
    assert about_now(theirs.now())
    mine.advance(timedelta(hours=20))
    mine.advance(timedelta(hours=4))
    assert about_now(theirs.now(), ahead=timedelta(days=1))
    assert about_now(DemoClock(tmp_path / "clock").now(), ahead=timedelta(days=1))


def test_the_demo_never_goes_back(tmp_path: Path) -> None:
    clock = DemoClock(tmp_path / "clock")
    with pytest.raises(ValueError, match="forward"):
        clock.advance(timedelta(seconds=-1))
    assert os.listdir(tmp_path) == []  # noqa: PTH208  names are enough
