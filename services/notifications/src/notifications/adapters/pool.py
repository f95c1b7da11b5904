"""The sender's connections to PostgreSQL (asyncpg), and its ear for news of the ledger."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable
from typing import TYPE_CHECKING

import asyncpg
from messaging.asyncpg_pool import LIMITS, pool_for
from runtime.logs import get_logger

from notifications.application.ports import LedgerAway

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

AWAY = (OSError, TimeoutError, asyncpg.InterfaceError, asyncpg.InternalClientError, asyncpg.PostgresError)
"""Also a table that is missing or locked for a migration: a sender outlives it, and says what it waits for."""

CHANNEL = "messages"
"""The notification channel on which the service tells senders that the ledger owes something new."""

log = get_logger(__name__)

_APPLICATION = "notifications-sender"


def open_pool(database_url: str) -> "asyncpg.Pool[asyncpg.Record]":
    """A pool that connects at first use: await it. A database that is away is no reason not to start."""
    return pool_for(database_url, application=_APPLICATION, size=10)


@contextlib.asynccontextmanager
async def lent(pool: "Pool") -> "AsyncIterator[Connection]":
    """Lend a connection; whatever keeps the ledger from working on it is raised as `LedgerAway`."""
    try:
        async with pool.acquire(timeout=5) as connection:
            yield connection
    except AWAY as problem:
        raise LedgerAway(type(problem).__name__) from problem


async def listen(database_url: str, heard: Callable[[], None]) -> None:
    """Call `heard` at each notification, and whenever some may have been missed; until cancelled."""
    while True:
        lost = asyncio.Event()
        try:
            settings = {"application_name": _APPLICATION, **LIMITS}
            connection = await asyncpg.connect(database_url, timeout=3, command_timeout=5, server_settings=settings)
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError) as problem:
            log.warning("can't listen to the ledger", problem=type(problem).__name__)
            await asyncio.sleep(1)
            continue
        try:
            connection.add_termination_listener(lambda *_: lost.set())  # noqa: B023  (this round's event)
            await connection.add_listener(CHANNEL, lambda *_: heard())
            heard()
            await lost.wait()
        except (OSError, TimeoutError, asyncpg.PostgresError, asyncpg.InterfaceError):
            await asyncio.sleep(1)
        finally:
            with contextlib.suppress(OSError, asyncpg.InterfaceError):
                connection.terminate()
