"""Catalog as others meet it: a process behind RabbitMQ that loads, hands out and tells how it is."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest
from messaging import bus
from messaging.bus import Bus, BusError


@pytest.fixture
def process(rabbitmq_url: str, database_url: str) -> Iterator[subprocess.Popen[bytes]]:
    environment = {
        **os.environ,
        "SLOTWELL_CATALOG_DATABASE_URL": database_url,
        "SLOTWELL_AMQP_URL": rabbitmq_url,
        "SLOTWELL_SECRET_KEY": "a-secret-that-is-made-up-for-this-test",
    }
    process = subprocess.Popen([sys.executable, "-m", "catalog.run"], env=environment)
    yield process
    process.kill()
    process.wait()


@pytest.fixture
async def connected(rabbitmq_url: str, process: subprocess.Popen[bytes]) -> AsyncIterator[Bus]:
    connection = await bus.connect(rabbitmq_url, name="catalog-test")
    await until_it_answers(connection)
    yield connection
    await connection.close()


async def until_it_answers(connection: Bus) -> None:
    async with asyncio.timeout(30):
        while True:
            try:
                await ask(connection, "health", timeout=1)
            except BusError:  # not there yet: the call comes back at once
                await asyncio.sleep(0.1)
            else:
                return


async def ask(connection: Bus, method: str, *, timeout: float = 5.0, **kwargs: Any) -> Any:
    return await connection.call("catalog", method, kwargs, timeout=timeout, correlation_id="c-1")


async def test_it_loads_hands_out_and_stops_cleanly(
    connected: Bus, process: subprocess.Popen[bytes], document: dict[str, Any]
) -> None:
    health = (await ask(connected, "health"))["ok"]
    assert health["ready"] is True
    assert await ask(connected, "snapshot") == {"ok": {"entities": []}}

    loaded = await ask(connected, "load", document=document)
    assert loaded == {"ok": {"added": 5, "changed": 0, "withdrawn": 0, "unchanged": 0}}
    assert len((await ask(connected, "snapshot"))["ok"]["entities"]) == 5

    document["locations"][0]["zone"] = "Mars/Base"
    refused = (await ask(connected, "load", document=document))["refused"]
    assert refused["code"] == "invalid_catalog"
    assert [field["field"] for field in refused["fields"]] == ["locations[0].zone"]

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=15) == 0
