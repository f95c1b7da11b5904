"""A migrated database for each test, copied from one that was migrated once."""

import itertools
from collections.abc import Callable, Iterator

import pytest
from booking.adapters.catalog_copy import load
from booking.migrate import migrate
from messaging.postgres import engine_for
from servers.postgres import Postgres
from sqlalchemy import Engine

from services.booking.tests.booking_data import NOW
from services.booking.tests.clinic_data import entities

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def migrated(fresh_database: Callable[[], str]) -> str:
    """Return the name of a database at the newest revision, to be copied."""
    url = fresh_database()
    migrate(url)
    return url.removeprefix("postgresql://").partition("/")[2].partition("?")[0]


@pytest.fixture
def booking_url(postgres_server: Postgres, migrated: str) -> Iterator[str]:
    """Return the URL of a migrated database of this test's own."""
    name = f"booking_{next(_NUMBERS)}"
    postgres_server.execute('CREATE DATABASE :"name" TEMPLATE :"template";', name=name, template=migrated)
    yield postgres_server.url(name)
    postgres_server.drop_database(name)


@pytest.fixture
def engine(booking_url: str) -> Iterator[Engine]:
    """Return an engine for it, the clinic of the tests loaded."""
    made = engine_for(booking_url, application="test", ping_before_use=False)
    with made.begin() as connection:
        load(connection, entities(), now=NOW)
    yield made
    made.dispose()
