"""What the ledger's database knows about how the service is doing."""

from datetime import datetime

from messaging.heartbeat import last_seen
from sqlalchemy import Engine, func, select
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from notifications.adapters.tables import inbox, messages
from notifications.application.ports import LedgerAway, Vitals
from notifications.domain.values import State

SENDER = "notifications-sender"


class PostgresVitals:
    """Reads `Vitals`; raises `LedgerAway`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

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
                )
        except (DBAPIError, PoolTimeout) as problem:
            raise LedgerAway(type(problem).__name__) from problem
