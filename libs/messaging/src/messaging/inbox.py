"""Events arrive once in effect: a row and the effect in one transaction; failures, retries and parking are rows too."""

import random
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from runtime import correlation, failpoints
from runtime.logs import get_logger
from sqlalchemy import (
    Column,
    Connection,
    DateTime,
    Engine,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    select,
    text,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from messaging.envelope import Event, MalformedEvent, from_wire

PARK_AFTER = 6
"""Attempts, of which the last comes about a minute after the first; then a person must look."""

Apply = Callable[[Connection, Event], None]
"""A consumer's effect, inside the inbox's transaction."""

_log = get_logger(__name__)


class DatabaseAway(Exception):
    """The database can't be reached: the delivery is not this consumer's yet, and should be tried again later."""


def inbox_table(metadata: MetaData) -> Table:
    """The table that `messaging.migrations.create_inbox` makes, for a service's own metadata."""
    return Table(
        "inbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("name", Text, nullable=False),
        Column("state", Text, nullable=False),
        Column("received_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("done_at", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("next_at", DateTime(timezone=True)),
        Column("body", JSONB),
        Column("error", Text),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class ParkedMessage:
    """A message that failed too often."""

    id: UUID
    name: str
    received_at: datetime
    attempts: int
    error: str


class Inbox:
    """The inbox of one service. Retry times are real time: a demo's clock does not make a fault pass sooner."""

    def __init__(self, engine: Engine, table: Table) -> None:
        self._engine = engine
        self._table = table

    def receive(self, body: object, apply: Apply) -> None:
        """Take a delivery: apply it unless it was applied before. When this returns, the delivery may be acked.

        A failing `apply` leaves a row to retry; what is no event at all is parked. Raises only DatabaseAway.
        """
        try:
            event = from_wire(body)
        except MalformedEvent as error:
            self._park_malformed(body, error)
            return
        with correlation.bind(event.correlation_id):
            try:
                self._apply_once(event, apply)
            except Exception as error:
                if _away(error):
                    raise DatabaseAway(type(error).__name__) from error
                self._keep_for_retry(event.id, event.name, body, error)

    def retry_due(self, apply: Apply, *, limit: int = 50) -> int:
        """Apply what failed before and is due again; return how many were tried. Raises only DatabaseAway."""
        table = self._table
        due = (
            select(table.c.id, table.c.name, table.c.body)
            .where(table.c.state == "retry", table.c.next_at <= datetime.now(UTC))
            .order_by(table.c.next_at)
            .limit(limit)
        )
        try:
            with self._engine.connect() as connection:
                rows = connection.execute(due).all()
        except DBAPIError as error:
            raise DatabaseAway(type(error).__name__) from error
        for row in rows:
            self.receive(row.body, apply)
        return len(rows)

    def parked(self) -> Sequence[ParkedMessage]:
        """What waits for a person, oldest first."""
        table = self._table
        columns = (table.c.id, table.c.name, table.c.received_at, table.c.attempts, table.c.error)
        query = select(*columns).where(table.c.state == "parked").order_by(table.c.received_at)
        with self._engine.connect() as connection:
            return [ParkedMessage(**row) for row in connection.execute(query).mappings()]

    def replay(self, message_id: UUID | None = None) -> int:
        """Let one parked message, or all, be tried again at once; return how many."""
        table = self._table
        again = (
            update(table).where(table.c.state == "parked").values(state="retry", attempts=0, next_at=datetime.now(UTC))
        )
        if message_id is not None:
            again = again.where(table.c.id == message_id)
        with self._engine.begin() as connection:
            return connection.execute(again).rowcount

    def forget(self, *, before: datetime) -> int:
        """Delete the rows of what was done before that instant; must lie outside the outboxes' replay window."""
        table = self._table
        with self._engine.begin() as connection:
            return connection.execute(table.delete().where(table.c.state == "done", table.c.done_at < before)).rowcount

    def _apply_once(self, event: Event, apply: Apply) -> None:
        table = self._table
        done: Mapping[str, Any] = {"state": "done", "done_at": datetime.now(UTC), "body": None, "next_at": None}
        row = insert(table).values(id=event.id, name=event.name, **done)
        # A concurrent delivery of the same event waits here for the first one's commit, then finds it done.
        claim = row.on_conflict_do_update(
            index_elements=["id"], set_={**done, "error": None}, where=table.c.state != "done"
        ).returning(table.c.id)
        with self._engine.begin() as connection:
            if connection.execute(claim).first() is None:
                _log.debug("event was here before", event_id=event.id, event_name=event.name)
                return
            apply(connection, event)
            failpoints.hit("inbox.inside_transaction")

    def _keep_for_retry(self, event_id: str, name: str, body: object, error: Exception) -> None:
        table = self._table
        said = f"{type(error).__name__}: {error}"[:2000]
        row = insert(table).values(
            id=event_id, name=name, state="retry", attempts=1, next_at=_next_at(1), body=body, error=said
        )
        attempts = table.c.attempts + 1
        kept = row.on_conflict_do_update(
            index_elements=["id"],
            set_={"attempts": attempts, "error": said, "body": row.excluded.body},
            where=table.c.state != "done",
        ).returning(table.c.attempts)
        try:
            with self._engine.begin() as connection:
                tried = connection.execute(kept).scalar_one_or_none()
                if tried is None:  # another process has applied it meanwhile
                    return
                fate = {"state": "parked", "next_at": None} if tried >= PARK_AFTER else {"next_at": _next_at(tried)}
                connection.execute(update(table).where(table.c.id == event_id).values(**fate))
        except DBAPIError as fault:
            raise DatabaseAway(type(fault).__name__) from fault
        _log.warning(
            "event failed",
            event_id=event_id,
            event_name=name,
            attempts=tried,
            parked=tried >= PARK_AFTER,
            error=type(error).__name__,
        )

    def _park_malformed(self, body: object, error: MalformedEvent) -> None:
        row = {"name": "malformed", "state": "parked", "attempts": 1, "body": body, "error": str(error)}
        try:
            with self._engine.begin() as connection:
                connection.execute(insert(self._table).values(id=text("gen_random_uuid()"), **row))
        except DBAPIError as fault:
            raise DatabaseAway(type(fault).__name__) from fault
        _log.warning("message is not an event", problem=str(error))


def _away(error: Exception) -> bool:
    """Whether the database, not the message, is at fault."""
    if isinstance(error, PoolTimeout | InterfaceError):
        return True
    if isinstance(error, DBAPIError) and error.connection_invalidated:
        return True
    # Locks and statements that timed out are this message's affair, and are retried as such.
    return isinstance(error, OperationalError) and getattr(error.orig, "pgcode", None) is None


def _next_at(attempts: int) -> datetime:
    """1, 2, 4, 8 … seconds after the attempt, at most 5 minutes, spread so that a herd does not return at once."""
    wait = min(2.0 ** (attempts - 1), 300) * random.uniform(0.8, 1.2)  # noqa: S311 - spreads load, guards nothing
    return datetime.now(UTC) + timedelta(seconds=wait)
