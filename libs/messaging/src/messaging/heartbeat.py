"""Heartbeats of processes without RPC: a row each in their service's database, in real time by the database's clock."""

from datetime import datetime
from typing import Protocol

from sqlalchemy import Connection, text

INTERVAL_SECONDS = 5.0

_BEAT = """
INSERT INTO heartbeat (process, at) VALUES ($1, clock_timestamp())
ON CONFLICT (process) DO UPDATE SET at = clock_timestamp()
"""
_FORGET = "DELETE FROM heartbeat WHERE at < clock_timestamp() - interval '1 day'"


class _AsyncConnection(Protocol):
    """An asyncpg connection or pool."""

    async def execute(self, query: str, *args: object) -> str: ...


async def beat(connection: _AsyncConnection, process: str) -> None:
    """Say that `process` (such as `booking-relay` or `notifications-sender.2`) is alive."""
    await connection.execute(_BEAT, process)
    await connection.execute(_FORGET)


def last_seen(connection: Connection, role: str) -> datetime | None:
    """When any process of this role (`notifications-sender`, whatever its number) last beat."""
    seen: datetime | None = connection.execute(
        text("SELECT max(at) FROM heartbeat WHERE process = :role OR process LIKE :role || '.%'"), {"role": role}
    ).scalar()
    return seen
