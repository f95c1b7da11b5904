import asyncio
import json
import os
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiormq
import asyncpg
import pytest
from messaging import relay, topology
from messaging.bus import BrokerAway, BusError, Unconfirmed, Unroutable, connect
from messaging.relay import POLL_SECONDS
from runtime.pulse import Pulse

TOPOLOGY = topology.Topology(
    exchanges=["booking"],
    queues=[topology.DurableQueue(name="all.v1", bindings=[topology.Binding(exchange="booking", key="booking.#")])],
)


class FakeBus:
    """Keeps what is published; refuses what it is told to refuse."""

    def __init__(self) -> None:
        self.connected = True
        self.published: list[str] = []
        self.refusals: dict[str, BusError] = {}
        self.gate = asyncio.Event()
        self.gate.set()

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float = 5.0
    ) -> None:
        await self.gate.wait()
        if not self.connected:
            raise BrokerAway
        if routing_key in self.refusals:
            raise self.refusals[routing_key]
        assert body["id"] == message_id
        self.published.append(message_id)

    async def call(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def subscribe(self, *_: Any, **__: Any) -> Any:
        raise NotImplementedError

    async def close(self) -> None:
        """Nothing to let go of."""


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
async def database(dsn: str) -> AsyncIterator[Any]:
    connection = await asyncpg.connect(dsn)
    yield connection
    await connection.close()


@asynccontextmanager
async def relaying(dsn: str, *buses: Any, pulse: Pulse | None = None) -> AsyncIterator[None]:
    stop = asyncio.Event()
    tasks = [
        asyncio.create_task(relay.serve(dsn=dsn, bus=bus, process=f"booking-relay.{number}", stop=stop, pulse=pulse))
        for number, bus in enumerate(buses)
    ]
    yield
    stop.set()
    await asyncio.wait_for(asyncio.gather(*tasks), 10)


async def owe(database: Any, name: str = "booking.booked.v1", *, count: int = 1) -> list[str]:
    ids = [uuid.uuid4() for _ in range(count)]
    await database.executemany(
        "INSERT INTO outbox (id, name, exchange, body, occurred_at) VALUES ($1, $2, $3, $4, now())",
        [(one, name, name.split(".", maxsplit=1)[0], json.dumps({"id": str(one)})) for one in ids],
    )
    return [str(one) for one in ids]


async def until(question: Callable[[], Awaitable[bool]], *, seconds: float = 15) -> None:
    limit = time.monotonic() + seconds
    while not await question():
        assert time.monotonic() < limit, "it never came"
        await asyncio.sleep(0.02)


async def settled(database: Any) -> bool:
    return not await database.fetchval("SELECT count(*) FROM outbox WHERE published_at IS NULL")


async def test_what_is_owed_is_published_once_in_order_and_marked(dsn: str, database: Any) -> None:
    owed = await owe(database, count=450)
    bus = FakeBus()
    async with relaying(dsn, bus):
        await until(lambda: settled(database))
    assert bus.published == owed


async def test_a_notification_wakes_it_before_the_next_poll(dsn: str, database: Any) -> None:
    bus = FakeBus()
    async with relaying(dsn, bus):
        await owe(database)
        await database.execute("NOTIFY outbox")
        await until(lambda: settled(database))
        began = time.monotonic()
        for _ in range(5):
            await owe(database)
            await database.execute("NOTIFY outbox")
            await until(lambda: settled(database))
        assert time.monotonic() - began < POLL_SECONDS


async def test_without_a_notification_it_finds_the_row_all_the_same(dsn: str, database: Any) -> None:
    bus = FakeBus()
    async with relaying(dsn, bus):
        await asyncio.sleep(0.3)
        await owe(database)
        await until(lambda: settled(database))


async def test_a_transaction_that_commits_late_is_not_skipped(dsn: str, database: Any) -> None:
    bus = FakeBus()
    late = await asyncpg.connect(dsn)
    async with relaying(dsn, bus):
        transaction = late.transaction()
        await transaction.start()
        [early_number] = await owe(late)
        [committed_first] = await owe(database)
        await until(lambda: settled(database))
        assert bus.published == [committed_first]
        await transaction.commit()
        await until(lambda: settled(database))
    await late.close()
    assert bus.published == [committed_first, early_number]


async def test_two_relays_share_the_work_and_publish_nothing_twice(dsn: str, database: Any) -> None:
    owed = await owe(database, count=900)
    one, other = FakeBus(), FakeBus()
    one.gate.clear()  # the first relay sits on its batch
    async with relaying(dsn, one, other):

        async def other_has_the_rest() -> bool:
            return len(other.published) == 700

        await until(other_has_the_rest)
        one.gate.set()
        await until(lambda: settled(database))
    assert sorted(one.published + other.published) == sorted(owed)


@pytest.mark.parametrize("refusal", [Unroutable("no queue"), Unconfirmed("no confirm")])
async def test_an_event_that_is_refused_backs_off_alone(dsn: str, database: Any, refusal: BusError) -> None:
    bus = FakeBus()
    bus.refusals["booking.odd.v1"] = refusal
    odd = await owe(database, "booking.odd.v1")
    good = await owe(database, count=3)
    async with relaying(dsn, bus):

        async def good_ones_left() -> bool:
            return bus.published == good

        await until(good_ones_left)

        async def backed_off() -> bool:
            row = await database.fetchrow("SELECT * FROM outbox WHERE published_at IS NULL")
            return bool(row["attempts"] == 1 and row["next_at"] and type(refusal).__name__ in row["error"])

        await until(backed_off)
        bus.refusals.clear()
        await until(lambda: settled(database))
    assert bus.published == good + odd


async def test_with_the_broker_away_nothing_is_counted_against_an_event(dsn: str, database: Any) -> None:
    bus = FakeBus()
    bus.gate.clear()
    owed = await owe(database, count=3)
    async with relaying(dsn, bus):
        await asyncio.sleep(0.3)
        bus.connected = False
        bus.gate.set()
        await asyncio.sleep(0.3)
        assert await database.fetchval("SELECT max(attempts) FROM outbox") == 0
        bus.connected = True
        await until(lambda: settled(database))
    assert bus.published == owed


async def test_it_survives_the_loss_of_its_database_connections(dsn: str, database: Any) -> None:
    bus = FakeBus()
    async with relaying(dsn, bus):
        await owe(database)
        await until(lambda: settled(database))
        await database.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'booking-relay%'"
        )
        await owe(database)
        await until(lambda: settled(database))
    assert len(bus.published) == 2


async def test_it_survives_what_its_driver_calls_an_internal_error(
    dsn: str, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect, broken = asyncpg.connect, [asyncpg.InternalClientError("got result for unknown protocol state 0")]

    async def connect_in_the_end(*where: Any, **how: Any) -> Any:
        if broken:
            raise broken.pop()
        return await connect(*where, **how)

    monkeypatch.setattr(asyncpg, "connect", connect_in_the_end)
    async with relaying(dsn, FakeBus()):
        await owe(database)
        await until(lambda: settled(database))


async def test_it_beats_for_the_health_report(dsn: str, database: Any) -> None:
    async with relaying(dsn, FakeBus()):

        async def has_beaten() -> bool:
            return bool(await database.fetchval("SELECT count(*) FROM heartbeat WHERE process = 'booking-relay.0'"))

        await until(has_beaten)


async def test_it_has_a_pulse_while_the_broker_is_there(dsn: str, database: Any, tmp_path: Path) -> None:
    bus, file = FakeBus(), tmp_path / "pulse"

    async def has_beaten() -> bool:
        return bool(await database.fetchval("SELECT count(*) FROM heartbeat WHERE process = 'booking-relay.0'"))

    async def has_a_pulse() -> bool:
        return file.exists()

    bus.connected = False
    async with relaying(dsn, bus, pulse=Pulse(str(file))):
        await until(has_beaten)
    assert not file.exists()
    bus.connected = True
    async with relaying(dsn, bus, pulse=Pulse(str(file))):
        await until(has_a_pulse)


async def test_what_was_published_long_ago_is_removed_a_little_at_a_time_and_all_of_it(
    dsn: str, database: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    await owe(database, count=7)
    await database.execute("UPDATE outbox SET published_at = now() - interval '8 days'")
    monkeypatch.setattr(relay, "_PRUNED_AT_ONCE", 3)
    bus = FakeBus()
    async with relaying(dsn, bus):

        async def is_empty() -> bool:
            return not await database.fetchval("SELECT count(*) FROM outbox")

        await until(is_empty)
    assert bus.published == []


def relay_process(dsn: str, url: str, failpoint: str = "") -> "subprocess.Popen[bytes]":
    code = f"from messaging import relay; relay.run(dsn={dsn!r}, amqp_url={url!r}, process='booking-relay')"
    return subprocess.Popen([sys.executable, "-c", code], env={**os.environ, "SLOTWELL_FAILPOINTS": failpoint})


async def arrived(url: str, queue: str, *, at_least: int) -> list[str]:
    connection = await aiormq.connect(url)
    channel = await connection.channel()
    ids: list[str] = []
    while len(ids) < at_least:
        message = await channel.basic_get(queue, no_ack=True)
        if isinstance(message.delivery, aiormq.spec.Basic.GetOk):
            ids.append(json.loads(message.body)["id"])
        else:
            await asyncio.sleep(0.05)
    await connection.close()
    return ids


@pytest.mark.parametrize(
    ("failpoint", "deliveries"), [("relay.before_publish", 5), ("relay.after_publish_before_mark", 10)]
)
async def test_killed_at_any_point_it_loses_nothing(
    dsn: str, database: Any, rabbitmq_url: str, failpoint: str, deliveries: int
) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    owed = await owe(database, count=5)
    with relay_process(dsn, rabbitmq_url, failpoint) as doomed:
        assert await asyncio.to_thread(doomed.wait, 20) == -signal.SIGKILL
    assert not await settled(database)
    with relay_process(dsn, rabbitmq_url) as successor:
        await until(lambda: settled(database))
        successor.terminate()
        assert await asyncio.to_thread(successor.wait, 20) == 0
    ids = await asyncio.wait_for(arrived(rabbitmq_url, "all.v1", at_least=deliveries), 20)
    assert sorted(set(ids)) == sorted(owed)


async def test_over_rabbitmq_an_unroutable_event_waits_while_others_pass(
    dsn: str, database: Any, rabbitmq_url: str
) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    lost = await owe(database, "nobody.odd.v1")
    owed = await owe(database, count=300)
    bus = await connect(rabbitmq_url, name="relay")
    async with relaying(dsn, bus):

        async def one_left() -> bool:
            left = await database.fetch("SELECT id::text FROM outbox WHERE published_at IS NULL")
            return [row["id"] for row in left] == lost

        await until(one_left)
    await bus.close()
    assert await asyncio.wait_for(arrived(rabbitmq_url, "all.v1", at_least=300), 20) == owed


def test_the_topology_can_be_declared_again_and_refuses_other_arguments(rabbitmq_url: str) -> None:
    asyncio.run(topology.declare(rabbitmq_url, TOPOLOGY))
    asyncio.run(topology.declare(rabbitmq_url, TOPOLOGY))
    changed: Sequence[topology.DurableQueue] = [
        topology.DurableQueue(name="all.v1", bindings=[], arguments={"x-delivery-limit": 3})
    ]
    with pytest.raises(topology.TopologyRefused):
        asyncio.run(topology.declare(rabbitmq_url, topology.Topology(exchanges=[], queues=changed)))
