"""A migrated database for each test, and the ledger twice: the fake that the unit tests use, and PostgreSQL."""

from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from dataclasses import dataclass
from typing import Any

import asyncpg
import pytest
from messaging.postgres import engine_for
from notifications.adapters.pool import open_pool
from notifications.adapters.postgres_due import PostgresDue
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.application.plan_messages import plan_messages
from notifications.application.ports import DueMessages, Entry
from notifications.domain.values import BookingId, Change
from notifications.migrate import migrate
from sqlalchemy import Engine

from services.notifications.tests.fakes import MemoryLedger
from services.notifications.tests.made import MADE_AT


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture(scope="session")
def migrated(fresh_database: Callable[[], str]) -> str:
    url = fresh_database()
    migrate(url)
    return url


@pytest.fixture
def database_url(migrated: str, copied_database: Callable[[str], str]) -> str:
    return copied_database(migrated)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url, application="test")
    yield engine
    engine.dispose()


@pytest.fixture
async def pool(database_url: str, anyio_backend: str) -> AsyncIterator[Any]:
    async with open_pool(database_url) as pool:
        await pool.fetchval("SELECT 1")  # connected before whole senders share the loop, and its time, with it
        yield pool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A ledger as both sides see it, with hands on its real time."""

    hear: Callable[[Change], None]
    due: DueMessages
    entries: Callable[[BookingId], list[Entry]]
    end_leases: Callable[[], Coroutine[Any, Any, None]]
    end_waits: Callable[[], Coroutine[Any, Any, None]]


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"kept_in_{request.param}")


@pytest.fixture
def kept_in_memory() -> Kept:
    ledger = MemoryLedger()

    def hear(which: Change) -> None:
        plan_messages(which, ledger=ledger, correlation_id="4f0c2d1e9b7a4c61", now=MADE_AT)

    async def later() -> None:
        ledger.real += ledger.lease * 60

    return Kept(hear=hear, due=ledger, entries=ledger.of_booking, end_leases=later, end_waits=later)


@pytest.fixture
def kept_in_postgres(engine: Engine, pool: "asyncpg.Pool[asyncpg.Record]") -> Kept:
    def hear(which: Change) -> None:
        with engine.begin() as connection:
            plan_messages(which, ledger=PostgresLedger(connection), correlation_id="4f0c2d1e9b7a4c61", now=MADE_AT)

    def entries(booking_id: BookingId) -> list[Entry]:
        with engine.connect() as connection:
            return PostgresLedger(connection).of_booking(booking_id)

    async def end_leases() -> None:
        await pool.execute(
            "UPDATE messages SET lease_until = clock_timestamp() - interval '1 s' WHERE lease IS NOT NULL"
        )

    async def end_waits() -> None:
        await pool.execute("UPDATE messages SET not_before = clock_timestamp()")

    return Kept(hear=hear, due=PostgresDue(pool), entries=entries, end_leases=end_leases, end_waits=end_waits)
