"""Incidents in PostgreSQL, where all senders see the same ones. Only calls are as old as the clinic's clock says."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg

from notifications.adapters.pool import lent
from notifications.domain.allowance import Budget
from notifications.domain.incidents import Incident, Kind, Signs

if TYPE_CHECKING:
    Pool = asyncpg.Pool[asyncpg.Record]

QUIET_BETWEEN_ALERTS = timedelta(minutes=5)
OVER_AFTER = timedelta(minutes=5)
"""So long after it was last seen an incident is over."""
SAME_WITHIN = timedelta(hours=1)
"""What comes back so soon is the same incident, of which staff have heard."""
_TELLING_TAKES = timedelta(minutes=1)

_SIGNS = """
SELECT
    (SELECT count(*) FROM inbox WHERE parked_at IS NOT NULL AND handled_at IS NULL) AS parked,
    (SELECT count(*) FROM call_tasks WHERE done_at IS NULL) AS calls,
    (SELECT min(made_at) FROM call_tasks WHERE done_at IS NULL) AS oldest_call_at
"""
_USED = """
SELECT provider, used, refused_at IS NOT NULL AS refused FROM allowances
WHERE span = 'day' AND began_at = date_trunc('day', clock_timestamp(), 'UTC') AND provider = ANY($1)
"""
_TAKE_TURNS = "SELECT pg_advisory_xact_lock(hashtext('incidents'))"
_SEEN = """
UPDATE incidents SET seen_at = clock_timestamp(), over_at = NULL, count = $3
WHERE id = (
    SELECT id FROM incidents
    WHERE kind = $1 AND subject = $2 AND (over_at IS NULL OR over_at > clock_timestamp() - $4::interval)
    ORDER BY id DESC LIMIT 1
)
RETURNING id
"""
_BEGUN = """
INSERT INTO incidents (kind, subject, count, began_at, seen_at)
VALUES ($1, $2, $3, clock_timestamp(), clock_timestamp())
"""
_OVER = """
UPDATE incidents SET over_at = clock_timestamp()
WHERE over_at IS NULL AND seen_at < clock_timestamp() - $1::interval
"""
_TO_TELL = """
UPDATE incidents SET tell_again_at = clock_timestamp() + $2::interval
WHERE over_at IS NULL AND told_at IS NULL AND (tell_again_at IS NULL OR tell_again_at < clock_timestamp())
  AND NOT EXISTS (SELECT FROM incidents WHERE told_at > clock_timestamp() - $1::interval)
RETURNING kind, subject, count
"""
_TOLD = """
UPDATE incidents SET told_at = clock_timestamp()
WHERE over_at IS NULL AND told_at IS NULL AND kind = $1 AND subject = $2
"""


class PostgresIncidents:
    """The `Incidents` of one sender; any number share the table."""

    def __init__(self, pool: "Pool", *, budgets: Mapping[str, int]) -> None:
        """`budgets` are what each provider may be given in a day, for those that have a limit."""
        self._pool = pool
        self._budgets = budgets

    async def signs(self, *, away: Mapping[str, timedelta]) -> Signs:
        async with lent(self._pool) as connection:
            (shown,) = await connection.fetch(_SIGNS)
            used = {row["provider"]: row for row in await connection.fetch(_USED, list(self._budgets))}
        return Signs(
            parked=shown["parked"],
            calls=shown["calls"],
            oldest_call_at=shown["oldest_call_at"],
            away=away,
            budgets=[
                Budget(provider=provider, limit=limit, used=row["used"], refused=row["refused"])
                for provider, limit in self._budgets.items()
                if (row := used.get(provider)) is not None
            ],
        )

    async def seen(self, found: Sequence[Incident]) -> None:
        async with lent(self._pool) as connection, connection.transaction():
            await connection.execute(_TAKE_TURNS)
            for one in found:
                known = await connection.fetchval(_SEEN, one.kind.value, one.subject, one.count, SAME_WITHIN)
                if known is None:
                    await connection.execute(_BEGUN, one.kind.value, one.subject, one.count)
            await connection.execute(_OVER, OVER_AFTER)

    async def to_tell(self) -> Sequence[Incident]:
        async with lent(self._pool) as connection, connection.transaction():
            await connection.execute(_TAKE_TURNS)
            rows = await connection.fetch(_TO_TELL, QUIET_BETWEEN_ALERTS, _TELLING_TAKES)
        return [Incident(kind=Kind(row["kind"]), subject=row["subject"], count=row["count"]) for row in rows]

    async def told(self, heard: Sequence[Incident]) -> None:
        async with lent(self._pool) as connection, connection.transaction():
            for one in heard:
                await connection.execute(_TOLD, one.kind.value, one.subject)
