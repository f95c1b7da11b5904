"""A series of four Tuesdays at the real thing. Run as a program it books one, so that a test can kill it."""

import sys
from dataclasses import replace
from datetime import datetime
from typing import Any

from booking.application.book_series import BookSeries, book_series
from booking.application.book_several import BookedSeries
from booking.application.plan_series import Wanted
from booking.application.ports import Desk, Idempotency
from booking.domain.guest import Contact
from booking.domain.series import ALL_OR_NOTHING, Cadence, Part

from services.booking.tests.adapters.waiting_desk import TEN, WITH_ANA, at, opened
from services.booking.tests.clinic_data import PARIS
from services.booking.tests.fake_holds import HandClock

FOUR_TUESDAYS = Wanted(
    location_id=PARIS,
    parts=(Part(sought=WITH_ANA, sessions=4),),
    cadence=Cadence(every_days=7, within_minutes=0),
    starting=TEN,
)
COMMAND = BookSeries(
    wanted=FOUR_TUESDAYS,
    mode=ALL_OR_NOTHING,
    contact=Contact(name="Camille", email="camille@example.com"),
    screening={},
)
KEY = Idempotency(scope="s", key="k", body_hash="b")


def series(desk: Desk, **changes: Any) -> BookedSeries:
    """Book it."""
    return book_series(replace(COMMAND, **changes), desk=desk)


if __name__ == "__main__":
    here = opened(sys.argv[1], sys.argv[2])
    series(at(here, HandClock(datetime.fromisoformat(sys.argv[3]))), idempotency=KEY)
