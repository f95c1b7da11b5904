"""The broker dies, falls silent, comes late; services and callers see it through without anybody's help.

The broker is started from the main thread, although that blocks the loop: it would die with any other thread.
"""

import asyncio
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any

import pytest
from messaging import topology
from messaging.bus import AnswerLost, BrokerAway, Bus, BusError, DeadlinePassed, Unconfirmed, connect
from servers.rabbitmq import RabbitMQ

PROBE = Path(__file__).with_name("probe_service.py")
TOPOLOGY = topology.Topology(
    exchanges=["probe"],
    queues=[
        topology.DurableQueue(
            name="probe.events.v1", bindings=[topology.Binding(exchange="probe", key="probe.#")], arguments={}
        )
    ],
)


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


@pytest.fixture
def broker(rabbitmq_server: RabbitMQ) -> Iterator[RabbitMQ]:
    """The session's RabbitMQ, to do one's worst to."""
    yield rabbitmq_server
    if rabbitmq_server.running:
        rabbitmq_server.resume()
    else:
        rabbitmq_server.start()


async def declared(broker: RabbitMQ, url: str) -> None:
    """Declare the topology, and have the broker write it down in peace: it will be killed.

    A quorum queue that was declared moments before a kill may come back as one that the broker cannot find.
    """
    await topology.declare(url, TOPOLOGY)
    broker.restart()


@contextmanager
def probing(url: str, *more: str) -> Iterator["subprocess.Popen[bytes]"]:
    with subprocess.Popen([sys.executable, "-W", "ignore", str(PROBE), url, *more]) as service:
        try:
            yield service
        finally:
            service.kill()


@asynccontextmanager
async def bus_to(url: str) -> AsyncIterator[Bus]:
    bus = await connect(url, name="faults")
    try:
        yield bus
    finally:
        await bus.close()


async def until(question: Callable[[], Awaitable[Any]], *, seconds: float = 40) -> Any:
    limit = time.monotonic() + seconds
    while True:
        try:
            if answer := await question():
                return answer
        except BusError:
            pass  # not yet
        assert time.monotonic() < limit, "it never came"
        await asyncio.sleep(0.05)


async def answered(bus: Bus) -> bool:
    return bool(await bus.call("probe", "echo", {"n": 1}, timeout=1) == {"ok": {"n": 1}})


def event(**data: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "name": "probe.happened.v1", "correlation_id": "req-00000003", "data": data}


async def publish(bus: Bus, body: dict[str, Any]) -> None:
    await bus.publish("probe", body["name"], body, message_id=body["id"])


async def handled(bus: Bus, body: dict[str, Any]) -> bool:
    seen = await bus.call("probe", "seen", {}, timeout=2)
    return body["id"] in {one["id"] for one in seen["handled"]}


async def test_a_killed_broker_is_told_at_once_and_its_return_is_noticed(broker: RabbitMQ, rabbitmq_url: str) -> None:
    await declared(broker, rabbitmq_url)
    fed: list[str] = []
    begun: list[bool] = []

    async def feed(body: dict[str, Any]) -> None:
        fed.append(body["id"])

    with probing(rabbitmq_url):
        async with bus_to(rabbitmq_url) as bus:
            await until(lambda: answered(bus))
            await bus.subscribe("probe", ["probe.#"], feed, established=lambda: begun.append(True))
            waiting = asyncio.create_task(bus.call("probe", "sleep", {"seconds": 5}, timeout=20))
            await asyncio.sleep(0.3)

            broker.kill()
            with pytest.raises(AnswerLost):
                await asyncio.wait_for(waiting, 1)
            began = time.monotonic()
            with pytest.raises(BrokerAway):
                await bus.call("probe", "echo", {}, timeout=5)
            with pytest.raises(BrokerAway):
                await publish(bus, event())
            assert time.monotonic() - began < 1
            assert not bus.connected

            broker.start()
            await until(lambda: answered(bus))
            body = event()
            await until(lambda: succeeded(publish(bus, body)))
            await until(lambda: handled(bus, body))
            assert begun == [True, True]
            assert fed == [body["id"]]


async def succeeded(doing: Awaitable[None]) -> bool:
    await doing
    return True


async def test_a_service_has_no_pulse_while_no_call_can_reach_it(
    broker: RabbitMQ, rabbitmq_url: str, tmp_path: Path
) -> None:
    await declared(broker, rabbitmq_url)
    file = tmp_path / "pulse"

    async def fit() -> bool:
        return file.exists() and time.time() - file.stat().st_mtime < 1

    async def unfit() -> bool:
        return not await fit()

    with probing(rabbitmq_url, str(file)):
        await until(fit)
        broker.kill()
        await until(unfit)
        broker.start()
        await until(fit)


async def test_a_broker_that_falls_silent_is_given_up_and_found_again(broker: RabbitMQ, rabbitmq_url: str) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    with probing(rabbitmq_url):
        async with bus_to(rabbitmq_url) as bus:
            await until(lambda: answered(bus))
            broker.pause()
            began = time.monotonic()
            with pytest.raises(DeadlinePassed):
                await bus.call("probe", "echo", {}, timeout=1)
            with pytest.raises(Unconfirmed):
                await bus.publish("probe", "probe.happened.v1", event(), message_id="1", timeout=1)
            assert time.monotonic() - began < 5

            async def given_up() -> bool:
                return not bus.connected

            await until(given_up)
            broker.resume()
            await until(lambda: answered(bus))
            body = event()
            await publish(bus, body)
            await until(lambda: handled(bus, body))


async def test_a_service_that_starts_before_the_broker_and_its_queue_waits_for_both(
    broker: RabbitMQ, rabbitmq_url: str
) -> None:
    broker.stop()
    with probing(rabbitmq_url) as service:
        async with bus_to(rabbitmq_url) as bus:
            assert not bus.connected
            with pytest.raises(BrokerAway):
                await bus.call("probe", "echo", {}, timeout=1)
            broker.start()
            await until(connected(bus))
            await topology.declare(rabbitmq_url, TOPOLOGY)
            await until(lambda: answered(bus))
            body = event()
            await publish(bus, body)
            await until(lambda: handled(bus, body))
        assert service.poll() is None


def catches(service: "subprocess.Popen[bytes]", number: signal.Signals) -> Callable[[], Awaitable[bool]]:
    """Whether the process has got so far as to handle a signal."""

    async def ask() -> bool:
        status = Path(f"/proc/{service.pid}/status").read_text()  # noqa: ASYNC240  the kernel answers at once
        caught = int(status.split("SigCgt:")[1].split()[0], 16)
        return bool(caught >> (number - 1) & 1)

    return ask


def connected(bus: Bus) -> Callable[[], Awaitable[bool]]:
    async def ask() -> bool:
        return bus.connected

    return ask


async def test_what_a_killed_consumer_held_goes_to_the_next(rabbitmq_url: str, tmp_path: Path) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    async with bus_to(rabbitmq_url) as bus:
        with probing(rabbitmq_url) as doomed:
            await until(lambda: answered(bus))
            body = event(die=str(tmp_path / "died"))
            await publish(bus, body)
            assert await asyncio.to_thread(doomed.wait, 20) == -signal.SIGKILL
        with probing(rabbitmq_url):
            await until(lambda: handled(bus, body))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_a_stopping_service_finishes_the_work_at_hand(rabbitmq_url: str, number: signal.Signals) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    async with bus_to(rabbitmq_url) as bus:
        with probing(rabbitmq_url) as service:
            await until(lambda: answered(bus))
            working = asyncio.create_task(bus.call("probe", "sleep", {"seconds": 1}, timeout=10))
            await asyncio.sleep(0.3)
            service.send_signal(number)
            assert await working == {"ok": 1}
            assert await asyncio.to_thread(service.wait, 20) == 0


async def test_a_second_signal_ends_it_at_once(rabbitmq_url: str) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    async with bus_to(rabbitmq_url) as bus:
        with probing(rabbitmq_url) as service:
            await until(lambda: answered(bus))
            working = asyncio.create_task(bus.call("probe", "sleep", {"seconds": 8}, timeout=3))
            await asyncio.sleep(0.3)
            began = time.monotonic()
            service.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)
            service.send_signal(signal.SIGTERM)
            assert await asyncio.to_thread(service.wait, 20) == 0
            assert time.monotonic() - began < 6
            with pytest.raises(DeadlinePassed):
                await working


async def test_a_service_stops_while_it_still_waits_for_its_broker(broker: RabbitMQ, rabbitmq_url: str) -> None:
    broker.stop()
    with probing(rabbitmq_url) as service:
        await until(catches(service, signal.SIGTERM))
        service.terminate()
        assert await asyncio.to_thread(service.wait, 20) == 0


async def test_a_connection_that_the_broker_closes_is_opened_again(broker: RabbitMQ, rabbitmq_url: str) -> None:
    await topology.declare(rabbitmq_url, TOPOLOGY)
    with probing(rabbitmq_url):
        async with bus_to(rabbitmq_url) as bus:
            await until(lambda: answered(bus))
            broker.control("close_all_connections", "maintenance")
            await until(lambda: answered(bus))
            body = event()
            await until(lambda: succeeded(publish(bus, body)))
            await until(lambda: handled(bus, body))
