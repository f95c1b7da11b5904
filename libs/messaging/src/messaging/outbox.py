"""The outbox: events become rows in the transaction of what they tell, and leave by the relay.

`record` writes the row; after the commit a `Waker` tells the relay. Nothing here talks to the broker.
"""

import threading
from typing import Any

import psycopg2
import structlog
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from messaging.envelope import Event

CHANNEL = "outbox"
"""The PostgreSQL notification channel on which a relay listens."""

log = structlog.stdlib.get_logger(__name__)


def outbox_table(metadata: MetaData) -> Table:
    """The outbox of one service's database. `next_at` is null until a row had to back off."""
    return Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("seq", BigInteger, Identity(always=True), nullable=False, unique=True),
        Column("name", Text, nullable=False),
        Column("exchange", Text, nullable=False),
        Column("body", JSONB, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("published_at", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False, server_default=text("0")),
        Column("next_at", DateTime(timezone=True)),
        Column("error", Text),
        # The relay's work list: as long as what is still to be said, however many rows were published.
        Index("outbox_unpublished", "seq", postgresql_where=text("published_at IS NULL")),
    )


def record(connection: Connection, table: Table, event: Event) -> None:
    """Owe `event` to the world, from the moment the connection's transaction commits."""
    connection.execute(
        table.insert().values(
            id=event.id,
            name=event.name,
            exchange=event.exchange,
            body=event.to_wire(),
            occurred_at=event.occurred_at,
        )
    )


class Waker:
    """Tells the relay that a commit left events behind.

    `NOTIFY` inside the transaction would make all commits queue for one global lock, so it is sent afterwards, on a
    connection of its own, once for all wishes of a few milliseconds. One that is lost costs a little time, no more:
    the relay polls too.
    """

    def __init__(self, dsn: str, *, channel: str = CHANNEL, debounce: float = 0.005) -> None:
        self._dsn = dsn
        self._channel = channel
        self._debounce = debounce
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None
        self._starting = threading.Lock()

    def wake(self) -> None:
        """Ask for a notification; returns at once, whatever the database does."""
        if self._thread is None:
            with self._starting:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="outbox-waker", daemon=True)
                    self._thread.start()
        self._wanted.set()

    def close(self) -> None:
        """Stop notifying and let go of the connection."""
        self._closed.set()
        self._wanted.set()
        if self._thread is not None:
            self._thread.join(timeout=5)

    def _run(self) -> None:
        connection: Any = None
        # Asked before the wait too: what `close` wants may be cleared together with the wish before it.
        while not self._closed.is_set() and self._wanted.wait() and not self._closed.is_set():
            self._closed.wait(self._debounce)
            self._wanted.clear()
            try:
                connection = connection or self._connect()
                with connection.cursor() as cursor:
                    cursor.execute(f"NOTIFY {self._channel}")
            except psycopg2.Error as error:
                log.warning("could not wake the relay; it will look by itself", reason=type(error).__name__)
                _close(connection)
                connection = None
        _close(connection)

    def _connect(self) -> Any:
        connection = psycopg2.connect(
            self._dsn, connect_timeout=3, tcp_user_timeout=5000, options="-c statement_timeout=2000"
        )
        connection.autocommit = True
        return connection


def _close(connection: Any) -> None:
    if connection is not None:
        try:
            connection.close()
        except psycopg2.Error:
            log.debug("the waker's connection was gone already")
