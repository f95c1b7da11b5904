"""The embedded default in small: greenlets and asyncio in one process, for `test_embedded_platform`.

`python embedded_platform.py <dsn> <ids…>` does each thing named by an id once: a call becomes a row and an outbox
entry, the relay publishes it, the inbox gives it its effect. Prints what came of it as one JSON object.
"""

import asyncio
import json
import sys
import time
from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from messaging.green import patch

patch(asyncio_hub=True)

import asyncpg  # noqa: E402  the library must be patched first
import eventlet  # noqa: E402
from eventlet.asyncio import spawn_for_awaitable  # noqa: E402
from kombu import Exchange, Queue  # noqa: E402
from messaging import relay, topology  # noqa: E402
from messaging.bus import Bus, connect  # noqa: E402
from messaging.envelope import Event  # noqa: E402
from messaging.inbox import Inbox, inbox_table  # noqa: E402
from messaging.nameko_ext import ask, every, rpc, start_service, subscribe  # noqa: E402
from messaging.outbox import Waker, outbox_table, record  # noqa: E402
from messaging.postgres import engine_for  # noqa: E402
from nameko.messaging import consume  # noqa: E402
from runtime import correlation  # noqa: E402
from runtime.clock import SystemClock  # noqa: E402
from sqlalchemy import Connection, MetaData, text  # noqa: E402

URL = "embedded://"
DSN = sys.argv[1]
TOPOLOGY = topology.Topology(
    exchanges=["trial"],
    queues=[topology.DurableQueue(name="trial.v1", bindings=[topology.Binding(exchange="trial", key="trial.#")])],
)

metadata = MetaData()
outbox = outbox_table(metadata)
engine = engine_for(DSN, application="trial")
inbox = Inbox(engine, inbox_table(metadata), SystemClock())
waker = Waker(DSN)
native: list[dict[str, Any]] = []


def effect(connection: Connection, event: Event) -> None:
    connection.execute(
        text("INSERT INTO effects VALUES (:id, :correlation_id)"),
        {"id": event.aggregate_id, "correlation_id": correlation.current()},
    )


class TrialService:
    name = "trial"

    @rpc
    def do(self, thing: str) -> dict[str, Any]:
        with engine.begin() as connection:
            done = connection.execute(text("INSERT INTO things VALUES (:id) ON CONFLICT DO NOTHING"), {"id": thing})
            if done.rowcount:
                event = Event(
                    id=uuid4(),
                    name="trial.done.v1",
                    occurred_at=datetime.now(UTC),
                    correlation_id=correlation.current() or "",
                    causation_id=None,
                    aggregate_id=UUID(thing),
                    version=1,
                    data={},
                )
                record(connection, outbox, event)
        waker.wake()
        return {"ok": {}}

    @rpc
    def slow_query(self) -> dict[str, Any]:
        with engine.begin() as connection:
            connection.execute(text("SELECT pg_sleep(0.7)"))
        return {"ok": {}}

    @subscribe("trial.v1")
    def happened(self, body: dict[str, Any]) -> None:
        inbox.receive(body, effect)

    @every(seconds=0.5)
    def retry(self) -> None:
        inbox.retry_due(effect)

    @consume(Queue("native.v1", exchange=Exchange("native", type="topic"), routing_key="native.#"))
    def nameko_takes_it_too(self, body: dict[str, Any]) -> None:
        native.append(body)


async def main(bus: Bus, things: list[str]) -> dict[str, Any]:
    for thing in things:
        await bus.call("trial", "do", {"thing": thing}, timeout=5, correlation_id=f"req-{thing}")
    effects: list[list[str]] = []
    limit = time.monotonic() + 20
    while len(effects) < len(things) and time.monotonic() < limit:
        await asyncio.sleep(0.02)
        effects = await known_effects()
    await bus.publish("native", "native.x", {"n": 1}, message_id="1")
    return {"effects": effects, "native": native, "longest_gap": await longest_gap_beside(bus)}


async def known_effects() -> list[list[str]]:
    connection = await asyncpg.connect(DSN)
    try:
        rows = await connection.fetch("SELECT * FROM effects")
        return [[str(row["id"]), row["correlation_id"]] for row in rows]
    finally:
        await connection.close()


async def longest_gap_beside(bus: Bus) -> float:
    """How long the loop stood still while greenlets queried the database."""
    calls = asyncio.gather(*(bus.call("trial", "slow_query", {}, timeout=5) for _ in range(4)))
    longest, last = 0.0, time.monotonic()
    while not calls.done():
        await asyncio.sleep(0.01)
        longest, last = max(longest, time.monotonic() - last), time.monotonic()
    await calls
    return longest


def run() -> dict[str, Any]:
    spawn_for_awaitable(topology.declare(URL, TOPOLOGY)).wait()
    runner = start_service(TrialService, {"AMQP_URI": URL, "max_workers": 8})
    bus = spawn_for_awaitable(connect(URL, name="gateway")).wait()
    stop = asyncio.Event()
    relaying = spawn_for_awaitable(relay.serve(dsn=DSN, bus=bus, process="trial-relay", stop=stop))
    told: dict[str, Any] = spawn_for_awaitable(main(bus, sys.argv[2:])).wait()
    told["asked"] = ask(URL, "trial", "slow_query", {}, timeout=5)
    stop.set()
    relaying.wait()
    began = time.monotonic()
    runner.stop()
    told["stopped_in"] = time.monotonic() - began
    waker.close()
    spawn_for_awaitable(bus.close()).wait()
    eventlet.sleep(0)
    return told


if __name__ == "__main__":
    outcome = run()
    sys.stdout.write("\n" + json.dumps(outcome) + "\n")
