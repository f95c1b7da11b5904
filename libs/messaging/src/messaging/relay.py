"""The relay: takes events from one outbox to the broker, in a process of its own. Any number may run.

It asks for what is not published, never for "after the last one": a transaction that commits late would be skipped.
Rows are claimed with SKIP LOCKED and marked in the same transaction, after the broker has confirmed them; a relay that
dies in between publishes them again, and the inboxes take duplicates.
"""

import asyncio
import json
import signal
from collections.abc import Sequence
from contextlib import AsyncExitStack, suppress
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import structlog
from runtime import failpoints
from runtime.clock import Clock, SystemClock
from runtime.pulse import Pulse

from messaging.bus import BrokerAway, Bus, BusError, connect
from messaging.heartbeat import INTERVAL_SECONDS, beat

BATCH = 200
POLL_SECONDS = 2.0
CONFIRM_SECONDS = 5.0
KEPT = timedelta(days=7)
_PRUNE_SECONDS = 600.0
_PRUNED_AT_ONCE = 5_000
_FIRST_BACKOFF = timedelta(seconds=1)
_LONGEST_BACKOFF = timedelta(minutes=1)
_CHANNEL = "outbox"

_CLAIM = """
SELECT id, name, exchange, body, attempts FROM outbox
WHERE published_at IS NULL AND (next_at IS NULL OR next_at <= $1)
ORDER BY seq LIMIT $2 FOR UPDATE SKIP LOCKED
"""
_MARK = "UPDATE outbox SET published_at = $1, next_at = NULL, error = NULL WHERE id = ANY($2::uuid[])"
_BACK_OFF = "UPDATE outbox SET attempts = attempts + 1, next_at = $1, error = $2 WHERE id = $3"
_PRUNE = """
DELETE FROM outbox WHERE published_at < $1 AND seq IN (SELECT seq FROM outbox ORDER BY seq LIMIT $2)
"""
# A connection that the server ends in between may surface as asyncpg's "internal" error.
_DATABASE_AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError)

log = structlog.stdlib.get_logger(__name__)


async def serve(
    *,
    dsn: str,
    bus: Bus,
    process: str,
    stop: asyncio.Event,
    clock: Clock | None = None,
    pulse: Pulse | None = None,
) -> None:
    """Publish what `dsn`'s outbox owes until `stop` is set; survive the loss of the database and of the broker.

    `process` names it in its heartbeats (`booking-relay`). `dsn` leads to the server itself, not to a pooler in
    transaction mode: the relay listens. `pulse` beats while both the database and the broker are there.
    """
    relay = _Relay(dsn, bus, process, stop, clock=clock or SystemClock(), pulse=pulse or Pulse())
    pause = 0.2
    while not stop.is_set():
        try:
            await relay.work()
        except _DATABASE_AWAY as error:
            pause = 0.2 if relay.worked else min(5.0, pause * 2)
            log.warning("outbox away", reason=type(error).__name__, retry_in=pause)
            await _sleep(stop, pause)


def run(*, dsn: str, amqp_url: str, process: str, pulse_file: str = "") -> None:
    """A relay's whole process: until SIGTERM or SIGINT."""
    asyncio.run(_run(dsn, amqp_url, process, Pulse(pulse_file)))


async def _run(dsn: str, amqp_url: str, process: str, pulse: Pulse) -> None:
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    bus = await connect(amqp_url, name=process)
    try:
        await serve(dsn=dsn, bus=bus, process=process, stop=stop, pulse=pulse)
    finally:
        await bus.close()


class _Relay:
    def __init__(self, dsn: str, bus: Bus, process: str, stop: asyncio.Event, *, clock: Clock, pulse: Pulse) -> None:
        self._dsn = dsn
        self._bus = bus
        self._process = process
        self._stop = stop
        self._clock = clock
        self._pulse = pulse
        self._woken = asyncio.Event()
        self.worked = False

    async def work(self) -> None:
        """Publish over one pair of connections, until it breaks or we are stopped."""
        self.worked = False
        async with AsyncExitStack() as open_now:
            claiming = await self._connect(open_now)
            listening = await self._connect(open_now)
            await listening.add_listener(_CHANNEL, lambda *_: self._woken.set())
            listening.add_termination_listener(lambda *_: self._woken.set())
            tending = asyncio.create_task(self._tend(listening))
            open_now.push_async_callback(_cancelled, tending)
            log.info("relay listening")
            while not self._stop.is_set():
                self._woken.clear()
                if listening.is_closed() or tending.done():
                    raise ConnectionError("the listening connection is gone")
                full = self._bus.connected and await self._publish_some(claiming) == BATCH
                self.worked = True
                if not full:
                    # With the broker away nothing is owed to anyone until it is back: look for it more often.
                    await self._rest(POLL_SECONDS if self._bus.connected else 0.2)

    async def _publish_some(self, connection: Any) -> int:
        async with connection.transaction():
            rows = await connection.fetch(_CLAIM, self._clock.now(), BATCH)
            if not rows:
                return 0
            failpoints.hit("relay.before_publish")
            outcomes = await asyncio.gather(*(self._publish(row) for row in rows))
            failpoints.hit("relay.after_publish_before_mark")
            now = self._clock.now()
            await connection.execute(_MARK, now, [row["id"] for row, error in _zip(rows, outcomes) if error is None])
            held_up = [
                (now + _backoff(row["attempts"]), f"{type(error).__name__}: {error}", row["id"])
                for row, error in _zip(rows, outcomes)
                if error is not None and not isinstance(error, BrokerAway)
            ]
            if held_up:
                await connection.executemany(_BACK_OFF, held_up)
                log.warning("events held up", count=len(held_up), reason=held_up[0][1], event_id=str(held_up[0][2]))
        return len(rows)

    async def _publish(self, row: Any) -> BusError | None:
        """Publish one row and return what went wrong; nothing is raised, so that no row takes others with it."""
        try:
            await self._bus.publish(
                row["exchange"], row["name"], row["body"], message_id=str(row["id"]), timeout=CONFIRM_SECONDS
            )
        except BusError as error:
            return error
        return None

    async def _tend(self, connection: Any) -> None:
        """Heartbeats, and the removal of what was published long ago."""
        prune_in = 0.0
        while True:
            await beat(connection, self._process)
            if self._bus.connected:
                self._pulse.beat()
            if prune_in <= 0:
                await _prune(connection, self._clock.now() - KEPT)
                prune_in = _PRUNE_SECONDS
            await asyncio.sleep(INTERVAL_SECONDS)
            prune_in -= INTERVAL_SECONDS

    async def _rest(self, seconds: float) -> None:
        waiting = [asyncio.create_task(event.wait()) for event in (self._woken, self._stop)]
        await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        for task in waiting:
            task.cancel()

    async def _connect(self, open_now: AsyncExitStack) -> Any:
        connection: Any = await asyncpg.connect(
            self._dsn,
            timeout=5,
            command_timeout=10,
            server_settings={
                "application_name": self._process,
                "statement_timeout": "4000",
                "lock_timeout": "2000",
                # The broker's confirms are awaited inside the transaction.
                "idle_in_transaction_session_timeout": str(int(CONFIRM_SECONDS * 3000)),
            },
        )
        open_now.push_async_callback(_closed, connection)
        await connection.set_type_codec("jsonb", schema="pg_catalog", encoder=json.dumps, decoder=json.loads)
        return connection


async def _prune(connection: Any, before: datetime) -> None:
    """Remove what was published before then, a little at a time: the outbox's head is where the oldest stand."""
    while True:
        done: str = await connection.execute(_PRUNE, before, _PRUNED_AT_ONCE)
        if int(done.rpartition(" ")[2]) < _PRUNED_AT_ONCE:
            return


def _zip(rows: Sequence[Any], outcomes: Sequence[BusError | None]) -> list[tuple[Any, BusError | None]]:
    return list(zip(rows, outcomes, strict=True))


def _backoff(attempts: int) -> timedelta:
    pause: timedelta = _FIRST_BACKOFF * 2 ** min(attempts, 10)
    return min(_LONGEST_BACKOFF, pause)


async def _closed(connection: Any) -> None:
    with suppress(TimeoutError, *_DATABASE_AWAY):
        await connection.close(timeout=2)


async def _cancelled(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with suppress(asyncio.CancelledError, *_DATABASE_AWAY):
        await task


async def _sleep(stop: asyncio.Event, seconds: float) -> None:
    with suppress(TimeoutError):
        await asyncio.wait_for(stop.wait(), seconds)
