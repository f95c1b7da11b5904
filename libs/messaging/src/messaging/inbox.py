"""The inbox: an event and its effect in one transaction, once, however often it is delivered.

A failed delivery is kept as a row and acknowledged, so that retries and parking are data in one place:
`retry_due` tries again with growing pauses, after too many tries a row is parked, and `replay` brings it back.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import NAMESPACE_OID, UUID, uuid5

import structlog
from runtime import correlation, failpoints
from runtime.clock import Clock
from sqlalchemy import Column, Connection, DateTime, Engine, Index, Integer, MetaData, Table, Text, Uuid, select, text
from sqlalchemy.dialects.postgresql import JSONB, insert
from sqlalchemy.exc import DBAPIError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from messaging.envelope import Event, MalformedEvent, from_wire

Apply = Callable[[Connection, Event], None]
"""The effect of an event, inside the inbox's transaction. Older versions than the known one change nothing."""

KEPT = timedelta(days=30)
"""How long a handled event's id is remembered: longer than any outbox keeps what it could publish again."""
_PRUNED_AT_ONCE = 5_000

log = structlog.stdlib.get_logger(__name__)


class DatabaseAway(Exception):
    """The database cannot be reached: nothing was kept, so the message must not be acknowledged."""


class Outcome(StrEnum):
    """What became of a delivery. In each case the message may be acknowledged."""

    HANDLED = "handled"
    DUPLICATE = "duplicate"
    FAILED = "failed"
    PARKED = "parked"


@dataclass(frozen=True, slots=True, kw_only=True)
class RetryPolicy:
    """Pauses double from `first` to `longest`; after `attempts` failures the event is parked."""

    first: timedelta = timedelta(seconds=1)
    longest: timedelta = timedelta(minutes=5)
    attempts: int = 12

    def pause(self, failures: int) -> timedelta | None:
        """How long to wait after so many failures, or None: no more."""
        if failures >= self.attempts:
            return None
        pause: timedelta = self.first * 2 ** min(failures - 1, 30)
        return min(self.longest, pause)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """An event that was given up, waiting for `replay`."""

    id: UUID
    name: str
    attempts: int
    received_at: datetime
    parked_at: datetime
    error: str


def inbox_table(metadata: MetaData) -> Table:
    """The inbox of one service's database. A handled row keeps only its id: it makes duplicates harmless."""
    return Table(
        "inbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("name", Text, nullable=False),
        Column("received_at", DateTime(timezone=True), nullable=False),
        Column("handled_at", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("next_at", DateTime(timezone=True)),
        Column("parked_at", DateTime(timezone=True)),
        Column("body", JSONB(none_as_null=True)),
        Column("error", Text),
        Index("inbox_due", "next_at", postgresql_where=text("handled_at IS NULL")),
        Index("inbox_received", "received_at"),
    )


class Inbox:
    """Receives events for one service. `clock` is real time: delivery is no business of the demo's clock."""

    def __init__(self, engine: Engine, table: Table, clock: Clock, *, policy: RetryPolicy | None = None) -> None:
        self._engine = engine
        self._table = table
        self._clock = clock
        self._policy = policy or RetryPolicy()
        self._first = insert(table).on_conflict_do_nothing().returning(table.c.id)

    def receive(self, wire: object, apply: Apply) -> Outcome:
        """Apply a delivered event once, or keep it for a retry. Raises `DatabaseAway` and has then kept nothing."""
        wire = _storable(wire)
        identity, name = _identity(wire)
        now = self._clock.now()
        # As handled, which it will be unless the effect fails: most rows are written once.
        arrived = {"id": identity, "name": name, "received_at": now, "handled_at": now}
        outcome = Outcome.HANDLED
        try:
            with self._transaction() as connection:
                if connection.execute(self._first, arrived).scalar() is None:
                    return Outcome.DUPLICATE
                self._effect(connection, wire, apply)
        except DatabaseAway:
            raise
        except Exception as error:  # noqa: BLE001  whatever an effect may raise is kept as data, and the queue goes on
            with self._transaction() as connection:
                if connection.execute(self._first, arrived).scalar() is None:  # handled by another meanwhile
                    return Outcome.DUPLICATE
                outcome = self._keep(connection, identity, wire, 1, error)
        failpoints.hit("inbox.after_commit_before_ack")
        return outcome

    def retry_due(self, apply: Apply, *, most: int = 100) -> int:
        """Try again what is due, at most `most` events, and return how many were tried. Raises `DatabaseAway`."""
        rows = self._table
        due = (
            select(rows.c.id, rows.c.body, rows.c.attempts)
            .where(rows.c.handled_at.is_(None), rows.c.parked_at.is_(None))
            .order_by(rows.c.next_at)
            .limit(1)
            .with_for_update(skip_locked=True)
        )
        for tried in range(most):
            with self._transaction() as connection:
                row = connection.execute(due.where(rows.c.next_at <= self._clock.now())).one_or_none()
                if row is None:
                    return tried
                try:
                    with connection.begin_nested():  # so that the row stays locked when the effect fails
                        self._effect(connection, row.body, apply)
                except Exception as error:  # as in `receive`
                    if isinstance(error, DBAPIError) and is_away(error):
                        raise
                    self._keep(connection, row.id, row.body, row.attempts + 1, error)
                else:
                    self._done(connection, row.id)
        return most

    def parked(self) -> Sequence[Parked]:
        """The events that were given up, oldest first."""
        rows = self._table
        wanted = (
            select(rows.c.id, rows.c.name, rows.c.attempts, rows.c.received_at, rows.c.parked_at, rows.c.error)
            .where(rows.c.handled_at.is_(None), rows.c.parked_at.is_not(None))
            .order_by(rows.c.parked_at)
        )
        with self._transaction() as connection:
            return [Parked(**row) for row in connection.execute(wanted).mappings()]

    def replay(self, ids: Iterable[UUID] | None = None) -> int:
        """Make parked events due again, these or all, with fresh attempts; return how many."""
        rows = self._table
        change = (
            rows.update()
            .where(rows.c.handled_at.is_(None), rows.c.parked_at.is_not(None))
            .values(parked_at=None, next_at=self._clock.now(), attempts=0)
        )
        if ids is not None:
            change = change.where(rows.c.id.in_(list(ids)))
        with self._transaction() as connection:
            return connection.execute(change).rowcount

    def prune(self, *, older_than: timedelta = KEPT, at_once: int = _PRUNED_AT_ONCE) -> int:
        """Forget events that were handled so long ago; return how many. A parked event stays until it is replayed.

        In transactions of `at_once` rows: one of them all might outlast the time that a statement has, each time again.
        """
        rows = self._table
        old = (
            select(rows.c.id)
            .where(rows.c.received_at < self._clock.now() - older_than, rows.c.handled_at.is_not(None))
            .order_by(rows.c.received_at)
            .limit(at_once)
            .with_for_update(skip_locked=True)
        )
        pruned = 0
        while True:
            with self._transaction() as connection:
                gone = connection.execute(rows.delete().where(rows.c.id.in_(old))).rowcount
            pruned += gone
            if gone < at_once:
                return pruned

    def _effect(self, connection: Connection, wire: object, apply: Apply) -> None:
        event = from_wire(wire)
        with correlation.bind(event.correlation_id):
            apply(connection, event)
            failpoints.hit("inbox.inside_transaction")

    def _done(self, connection: Connection, identity: UUID) -> None:
        rows = self._table
        connection.execute(
            rows.update()
            .where(rows.c.id == identity)
            .values(handled_at=self._clock.now(), next_at=None, parked_at=None, body=None, error=None)
        )

    def _keep(self, connection: Connection, identity: UUID, wire: object, failures: int, error: Exception) -> Outcome:
        now = self._clock.now()
        # What cannot be read today cannot be read tomorrow: only new code helps, and then a replay.
        pause = None if isinstance(error, MalformedEvent) else self._policy.pause(failures)
        rows = self._table
        connection.execute(
            rows.update()
            .where(rows.c.id == identity)
            .values(
                attempts=failures,
                handled_at=None,
                body=wire,
                error=f"{type(error).__name__}: {error}"[:2000],
                next_at=None if pause is None else now + pause,
                parked_at=now if pause is None else None,
            )
        )
        outcome = Outcome.PARKED if pause is None else Outcome.FAILED
        log.warning("event " + outcome, event_id=str(identity), attempts=failures, exc_info=error)
        return outcome

    @contextmanager
    def _transaction(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except PoolTimeout as error:
            raise DatabaseAway from error
        except DBAPIError as error:
            if is_away(error):
                raise DatabaseAway from error
            raise


def is_away(error: DBAPIError) -> bool:
    """Whether the connection is lost or the server shuts down, as opposed to a statement that failed."""
    state: str = getattr(error.orig, "pgcode", None) or ""
    # Without a statement it was the attempt to connect that failed.
    no_connection = isinstance(error, OperationalError) and error.statement is None
    return error.connection_invalidated or no_connection or state.startswith(("08", "57P"))


def _identity(wire: object) -> tuple[UUID, str]:
    """The event's id and name; for what is no event, an id from its content, so that duplicates stay one row."""
    try:
        event = from_wire(wire)
    except MalformedEvent:
        return uuid5(NAMESPACE_OID, json.dumps(wire, sort_keys=True)), "malformed"
    return event.id, event.name


def _storable(wire: object) -> object:
    """What arrived, in a form that PostgreSQL can keep: its JSON knows no NUL character."""
    written = json.dumps(wire)
    return {"unreadable": written.replace(r"\u0000", "\ufffd")} if r"\u0000" in written else wire
