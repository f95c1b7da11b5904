"""The gateway on a real socket: it starts with nothing else there, and stops without dropping anyone."""

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest
from gateway.openapi.examples import ANSWERS
from gateway.run import CannotListen, serve
from gateway.schemas.bookings import Booking
from gateway.settings import GatewaySettings
from gateway_fakes import BOOKING, FakeBus

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"
BEARER = {"Authorization": "Bearer a.token"}


@pytest.fixture
def settings(free_port: int) -> GatewaySettings:
    return GatewaySettings(
        amqp_url="amqp://nowhere",
        secret_key="a secret of the tests that is long enough",
        gateway_database_url=NOWHERE,
        port=free_port,
    )


@pytest.fixture
def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@asynccontextmanager
async def serving(settings: GatewaySettings, bus: FakeBus) -> AsyncIterator[tuple[httpx.AsyncClient, asyncio.Event]]:
    stop = asyncio.Event()
    task = asyncio.create_task(serve(settings, bus, stop=stop))
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{settings.port}", trust_env=False) as client:
        async with asyncio.timeout(10):
            while not await _lives(client):
                assert not task.done(), task
                await asyncio.sleep(0.02)
        yield client, stop
    stop.set()
    await task


async def _lives(client: httpx.AsyncClient) -> bool:
    try:
        return (await client.get("/healthz")).status_code == 200
    except httpx.TransportError:
        return False


async def test_it_starts_with_neither_database_nor_services_and_says_what_is_missing(
    settings: GatewaySettings,
) -> None:
    bus = FakeBus(connected=False)
    async with serving(settings, bus) as (client, _):
        answer = await client.get("/readyz")
        assert answer.status_code == 503
        missing = {part["name"] for part in answer.json()["parts"] if not part["ok"]}
        assert missing >= {"rabbitmq", "gateway.catalog", "gateway.database", "booking"}
        assert (await client.get("/v1/locations")).json()["code"] == "not_ready"


async def test_a_request_that_is_under_way_is_answered_before_it_stops(settings: GatewaySettings) -> None:
    asked, answered = asyncio.Event(), asyncio.Event()

    class SlowBus(FakeBus):
        async def call(self, service: str, method: str, *args: Any, **kwargs: Any) -> Any:
            if method == "booking":
                asked.set()
                await answered.wait()
                return {"ok": {"booking": ANSWERS[Booking]}}
            return await super().call(service, method, *args, **kwargs)

    bus = SlowBus(answers={"catalog.snapshot": {"ok": {"entities": []}}})
    async with serving(settings, bus) as (client, stop):
        request = asyncio.create_task(client.get(f"/v1/bookings/{BOOKING}", headers=BEARER))
        await asked.wait()
        stop.set()
        asyncio.get_running_loop().call_later(0.3, answered.set)
        assert (await request).status_code == 200


async def test_a_head_request_has_no_body_and_a_length(settings: GatewaySettings) -> None:
    async with serving(settings, FakeBus(answers={"catalog.snapshot": {"ok": {"entities": []}}})) as (client, _):
        answer = await client.head("/v1/locations")
        assert answer.content == b""
        assert int(answer.headers["content-length"]) > 0
        assert "server" not in answer.headers


@pytest.mark.parametrize("announced", [True, False], ids=["announced", "in chunks"])
async def test_a_body_that_is_too_large_is_refused_and_the_connection_serves_on(
    settings: GatewaySettings, announced: bool
) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield b" " * 1024

    async with serving(settings, FakeBus(answers={"catalog.snapshot": {"ok": {"entities": []}}})) as (client, _):
        content: Any = b" " * 102_400 if announced else chunks()
        answer = await client.post("/v1/holds", content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 413
        assert (await client.get("/v1/locations")).status_code == 200


async def test_an_address_that_is_taken_is_said_to_be(settings: GatewaySettings) -> None:
    with socket.create_server(("127.0.0.1", settings.port)), pytest.raises(CannotListen) as refusal:
        await serve(settings, FakeBus(connected=False), stop=asyncio.Event())
    assert str(settings.port) in str(refusal.value)
