"""What each provider was given, counted in PostgreSQL: any number of senders keep one limit together."""

from datetime import timedelta
from typing import TYPE_CHECKING

import asyncpg

from notifications.adapters.pool import AWAY, lent
from notifications.application.ports import LedgerAway
from notifications.domain.allowance import Granted, Limits, TooMuch, passes_warning

if TYPE_CHECKING:
    Connection = asyncpg.pool.PoolConnectionProxy[asyncpg.Record]

_LOOK_AGAIN = timedelta(minutes=15)  # a budget may be raised during the day
_TAKE = """
INSERT INTO allowances AS a (provider, span, began_at, used)
VALUES ($1, $2, date_trunc($2, clock_timestamp(), 'UTC'), $3)
ON CONFLICT ON CONSTRAINT allowances_key
DO UPDATE SET used = a.used + excluded.used WHERE a.used = 0 OR a.used + excluded.used <= $4
RETURNING used
"""
_REFUSED = """
UPDATE allowances SET refused_at = clock_timestamp()
WHERE provider = $1 AND span = 'day' AND began_at = date_trunc('day', clock_timestamp(), 'UTC') AND refused_at IS NULL
"""
_GIVE_BACK = """
UPDATE allowances SET used = greatest(used - $2, 0)
WHERE provider = $1 AND span = 'day' AND began_at = date_trunc('day', clock_timestamp(), 'UTC')
"""


class PostgresAllowance:
    """The `Allowance` of one provider."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]", *, provider: str, limits: Limits) -> None:
        self._pool = pool
        self._provider = provider
        self._limits = limits

    async def take(self, units: int) -> Granted | TooMuch:
        if self._limits == Limits():
            return Granted()
        async with lent(self._pool) as connection:
            turn = connection.transaction()
            await turn.start()
            answer = await self._take(connection, units)
            await (turn.commit() if isinstance(answer, Granted) else turn.rollback())
            if isinstance(answer, TooMuch) and answer.spent:
                await connection.execute(_REFUSED, self._provider)
            return answer

    async def give_back(self, units: int) -> None:
        if self._limits.a_day is None:
            return
        try:
            await self._pool.execute(_GIVE_BACK, self._provider, units)
        except AWAY as problem:
            raise LedgerAway(type(problem).__name__) from problem

    async def _take(self, connection: "Connection", units: int) -> Granted | TooMuch:
        warning = False
        if (limit := self._limits.a_day) is not None:
            used = await connection.fetchval(_TAKE, self._provider, "day", units, limit)
            if used is None:
                return TooMuch(_LOOK_AGAIN, spent=True)
            warning = passes_warning(used=used, units=units, limit=limit)
        if (limit := self._limits.a_second) is not None:
            used = await connection.fetchval(_TAKE, self._provider, "second", units, limit)
            if used is None:
                return TooMuch(timedelta(seconds=1), spent=False)
        return Granted(warning)
