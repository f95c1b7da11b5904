"""Pools of asyncpg connections, with every limit that the library leaves unset."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import asyncpg

if TYPE_CHECKING:
    Connection = asyncpg.Connection[asyncpg.Record]

# In milliseconds, as PostgreSQL reads them.
LIMITS: Mapping[str, str] = {
    "statement_timeout": "4000",
    "lock_timeout": "2000",
    "idle_in_transaction_session_timeout": "10000",
    "timezone": "UTC",
}
"""What a connection may cost before the server gives it up."""


def pool_for(database_url: str, *, application: str, size: int) -> "asyncpg.Pool[asyncpg.Record]":
    """Return a pool of at most `size` that connects at first use: await it. A database may be away at the start.

    A connection goes back as it is, but for a transaction left open, which is rolled back: whoever borrows one must
    not change its session (SET, LISTEN, advisory locks, cursors beyond a transaction). The library would undo all
    of that each time, for a round trip that cost as much as the query before it.
    """
    return asyncpg.create_pool(
        database_url,
        min_size=0,
        max_size=size,
        timeout=2,
        command_timeout=5,
        reset=_as_it_is,
        server_settings={"application_name": application, **LIMITS},
    )


async def _as_it_is(_: "Connection") -> None:
    """Nothing to undo."""
