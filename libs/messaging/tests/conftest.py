"""A database with the tables of messaging, as a service's migration makes them."""

from collections.abc import Iterator
from datetime import UTC, datetime

import psycopg2
import pytest
from messaging import migrations
from runtime.clock import FixedClock
from sqlalchemy import Engine, create_engine


@pytest.fixture
def dsn(postgres_url: str) -> str:
    """The URL of an empty database with outbox, inbox and heartbeat."""
    connection = psycopg2.connect(postgres_url)
    with connection, connection.cursor() as cursor:
        migrations.create_outbox(cursor)
        migrations.create_inbox(cursor)
        migrations.create_heartbeat(cursor)
    connection.close()
    return postgres_url


@pytest.fixture
def engine(dsn: str) -> Iterator[Engine]:
    engine = create_engine(dsn.replace("postgresql://", "postgresql+psycopg2://", 1))
    yield engine
    engine.dispose()


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(datetime(2026, 11, 23, 9, 0, tzinfo=UTC))
