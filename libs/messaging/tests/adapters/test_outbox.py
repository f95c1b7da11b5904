import queue
import threading
from collections.abc import Iterator
from datetime import UTC, datetime
from uuid import uuid4

import psycopg2
import pytest
from messaging.envelope import Event
from messaging.outbox import CHANNEL, Waker, outbox_table, record
from sqlalchemy import Engine, MetaData, inspect, select

TABLE = outbox_table(MetaData())


def event() -> Event:
    return Event(
        id=uuid4(),
        name="booking.booked.v1",
        occurred_at=datetime(2026, 11, 23, 9, 0, tzinfo=UTC),
        correlation_id="req-00000001",
        causation_id=None,
        aggregate_id=uuid4(),
        version=1,
        data={"revision": 1},
    )


@pytest.fixture
def heard(dsn: str) -> Iterator["queue.Queue[str]"]:
    """The notifications that arrive while the test runs."""
    connection = psycopg2.connect(dsn)
    connection.autocommit = True
    connection.cursor().execute(f"LISTEN {CHANNEL}")
    arrived: queue.Queue[str] = queue.Queue()
    stop = threading.Event()

    def listen() -> None:
        while not stop.wait(0.01):
            connection.poll()
            while connection.notifies:
                arrived.put(connection.notifies.pop().channel)

    thread = threading.Thread(target=listen)
    thread.start()
    yield arrived
    stop.set()
    thread.join()
    connection.close()


def test_an_event_is_owed_once_its_transaction_commits(engine: Engine) -> None:
    kept, lost = event(), event()
    with engine.begin() as connection:
        record(connection, TABLE, kept)
    with engine.connect() as connection:
        record(connection, TABLE, lost)
        connection.rollback()
    with engine.begin() as connection:
        row = connection.execute(select(TABLE)).one()
    assert (row.id, row.exchange, row.name, row.body) == (kept.id, "booking", kept.name, kept.to_wire())
    assert (row.published_at, row.next_at, row.attempts) == (None, None, 0)


def test_the_migration_makes_the_table_that_the_code_uses(engine: Engine) -> None:
    columns = {column["name"]: column for column in inspect(engine).get_columns("outbox")}
    assert set(columns) == set(TABLE.columns.keys())
    assert all(columns[name]["nullable"] == column.nullable for name, column in TABLE.columns.items())


def test_a_waker_notifies(dsn: str, heard: "queue.Queue[str]") -> None:
    waker = Waker(dsn)
    waker.wake()
    assert heard.get(timeout=5) == CHANNEL
    waker.wake()
    assert heard.get(timeout=5) == CHANNEL
    waker.close()


def test_many_wishes_at_once_are_one_notification_or_two(dsn: str, heard: "queue.Queue[str]") -> None:
    waker = Waker(dsn, debounce=0.2)
    for _ in range(100):
        waker.wake()
    heard.get(timeout=5)
    waker.close()
    assert heard.qsize() <= 1


def test_a_waker_that_closes_while_a_wish_is_pending_ends(dsn: str, heard: "queue.Queue[str]") -> None:
    waker = Waker(dsn, debounce=60)
    waker.wake()
    threading.Event().wait(0.1)  # for its thread to come as far as the debounce; if it has not, closing is easier
    waker.close()
    assert "outbox-waker" not in {thread.name for thread in threading.enumerate()}


def test_a_waker_without_a_database_disturbs_nobody() -> None:
    waker = Waker("postgresql://nobody@127.0.0.1:1/nothing")
    waker.wake()
    waker.close()
