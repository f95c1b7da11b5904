"""What the ledger's database knows about how the service is doing."""

from collections.abc import Mapping
from datetime import datetime

from messaging.heartbeat import last_seen
from sqlalchemy import Connection, Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from notifications.adapters.tables import allowances, inbox, messages
from notifications.application.ports import LedgerAway, Vitals
from notifications.domain.allowance import Budget
from notifications.domain.values import State

SENDER = "notifications-sender"


class PostgresVitals:
    """Reads `Vitals`; raises `LedgerAway`."""

    def __init__(self, engine: Engine, *, budgets: Mapping[str, int] | None = None) -> None:
        """`budgets` are what each provider may be given in a day, for those that have a limit."""
        self._engine = engine
        self._budgets = budgets or {}

    def read(self, *, now: datetime) -> Vitals:
        parked = select(func.count()).where(inbox.c.parked_at.is_not(None), inbox.c.handled_at.is_(None))
        due = select(func.count(), func.min(messages.c.due_at)).where(
            messages.c.state == State.DUE, messages.c.due_at <= now
        )
        try:
            with self._engine.connect() as connection:
                count, oldest = connection.execute(due).one()
                return Vitals(
                    sender_seen_at=last_seen(connection, SENDER),
                    real_now=connection.execute(select(func.clock_timestamp())).scalar_one(),
                    parked=connection.execute(parked).scalar_one(),
                    due=count,
                    oldest_due_at=oldest,
                    budgets=self._spending(connection),
                )
        except (DBAPIError, PoolTimeout) as problem:
            raise LedgerAway(type(problem).__name__) from problem

    def _spending(self, connection: Connection) -> list[Budget]:
        if not self._budgets:
            return []
        today = func.date_trunc("day", func.clock_timestamp(), "UTC")
        rows = connection.execute(
            select(allowances).where(
                allowances.c.provider.in_(self._budgets), allowances.c.span == "day", allowances.c.began_at == today
            )
        )
        today_s = {row.provider: row for row in rows}
        return [
            Budget(provider=provider, used=row.used, limit=limit, refused=row.refused_at is not None)
            if (row := today_s.get(provider)) is not None
            else Budget(provider=provider, used=0, limit=limit)
            for provider, limit in self._budgets.items()
        ]
