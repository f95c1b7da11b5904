"""A migrated database for each test, copied from one that was migrated once."""

from collections.abc import Callable, Iterator

import pytest
from booking.adapters.catalog_copy import load
from booking.migrate import migrate
from messaging.postgres import engine_for
from sqlalchemy import Engine

from services.booking.tests.booking_data import NOW
from services.booking.tests.clinic_data import entities


@pytest.fixture(scope="session")
def migrated(fresh_database: Callable[[], str]) -> str:
    """Return the URL of a database at the newest revision, to be copied."""
    url = fresh_database()
    migrate(url)
    return url


@pytest.fixture
def booking_url(migrated: str, copied_database: Callable[[str], str]) -> str:
    """Return the URL of a migrated database of this test's own."""
    return copied_database(migrated)


@pytest.fixture
def engine(booking_url: str) -> Iterator[Engine]:
    """Return an engine for it, the clinic of the tests loaded."""
    made = engine_for(booking_url, application="test", ping_before_use=False)
    with made.begin() as connection:
        load(connection, entities(), now=NOW)
    yield made
    made.dispose()
