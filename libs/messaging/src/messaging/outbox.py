"""Events leave by the transaction that makes them true: a row beside the change, published after the commit."""

import threading
import time

import psycopg2
from runtime.logs import get_logger
from sqlalchemy import (
    BigInteger,
    Column,
    Connection,
    DateTime,
    Identity,
    Integer,
    MetaData,
    Table,
    Text,
    Uuid,
    func,
    insert,
)
from sqlalchemy.dialects.postgresql import JSONB

from messaging.envelope import Event, to_wire

CHANNEL = "slotwell_outbox"
"""The PostgreSQL notification channel on which the relay is woken."""

_log = get_logger(__name__)


def outbox_table(metadata: MetaData) -> Table:
    """The table that `messaging.migrations.create_outbox` makes, for a service's own metadata."""
    return Table(
        "outbox",
        metadata,
        Column("id", Uuid, primary_key=True),
        Column("seq", BigInteger, Identity(always=True), nullable=False),
        Column("name", Text, nullable=False),
        Column("exchange", Text, nullable=False),
        Column("body", JSONB, nullable=False),
        Column("occurred_at", DateTime(timezone=True), nullable=False),
        Column("recorded_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
        Column("published_at", DateTime(timezone=True)),
        Column("attempts", Integer, nullable=False, server_default="0"),
        Column("next_at", DateTime(timezone=True)),
        Column("error", Text),
    )


def record(connection: Connection, table: Table, event: Event) -> None:
    """Write the event's row in the caller's transaction: it is published if, and only if, that commits."""
    connection.execute(
        insert(table).values(
            id=event.id, name=event.name, exchange=event.exchange, body=to_wire(event), occurred_at=event.occurred_at
        )
    )


class Waker:
    """Tells the relay, after a commit, that there is something to publish.

    NOTIFY inside a transaction would serialise all commits of the database behind one lock (PostgreSQL,
    `PreCommit_Notify`), so this one runs on a connection of its own, at most once every `pause_s` seconds, in a
    thread (a greenlet where eventlet has patched the standard library). A lost wake-up costs the relay's slow poll.
    """

    def __init__(self, dsn: str, *, pause_s: float = 0.005) -> None:
        self._dsn = dsn
        self._pause_s = pause_s
        self._asked = threading.Event()
        self._thread: threading.Thread | None = None
        self._lock = threading.Lock()

    def wake(self) -> None:
        """Ask for a notification soon. Never blocks and never raises."""
        self._asked.set()
        if self._thread is None:
            with self._lock:
                if self._thread is None:
                    self._thread = threading.Thread(target=self._run, name="outbox-waker", daemon=True)
                    self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                self._notify_when_asked()
            except psycopg2.Error as error:
                _log.info("outbox waker reconnects", error=type(error).__name__)
                time.sleep(1)

    def _notify_when_asked(self) -> None:
        connection = psycopg2.connect(self._dsn, connect_timeout=3, application_name="outbox-waker")
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                while True:
                    self._asked.wait()
                    self._asked.clear()
                    cursor.execute(f"NOTIFY {CHANNEL}")
                    time.sleep(self._pause_s)  # gathers the commits of a burst into one wake-up
        finally:
            connection.close()
