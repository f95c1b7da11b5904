from collections.abc import AsyncIterator
from datetime import UTC, datetime

import httpx
import pytest
from fake_clinic import FakeBookingService
from fake_series import with_series
from fake_waitlist import with_waitlist
from page_app import page_app
from runtime.clock import FixedClock
from starlette.applications import Starlette


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime.now(UTC).replace(hour=9, minute=0, second=0, microsecond=0))


@pytest.fixture
def app(clock: FixedClock) -> Starlette:
    return with_series(with_waitlist(page_app(clock)))


@pytest.fixture
def service(app: Starlette) -> FakeBookingService:
    booking: FakeBookingService = app.state.slotwell.booking
    return booking


@pytest.fixture
async def browser(app: Starlette) -> AsyncIterator[httpx.AsyncClient]:
    """A browser without script: it keeps cookies and follows redirects when told to."""
    transport = httpx.ASGITransport(app=app)
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client
