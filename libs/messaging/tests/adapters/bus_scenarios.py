"""What every bus promises: one list of scenarios, run over RabbitMQ and over the embedded broker.

`python bus_scenarios.py <url>` runs them all against a probe service and prints one JSON object: {name: trace or null}.
Over `embedded://` the service runs in this process, as in the embedded default; else in one of its own.
"""

import asyncio
import importlib
import json
import subprocess
import sys
import time
import traceback
import uuid
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from messaging import topology
from messaging.bus import (
    BrokerAway,
    Bus,
    DeadlinePassed,
    RemoteFault,
    ServiceAway,
    Unconfirmed,
    Unroutable,
    connect,
)

QUEUE = "probe.events.v1"
TOPOLOGY = topology.Topology(
    exchanges=["probe", "unbound"],
    queues=[topology.DurableQueue(name=QUEUE, bindings=[topology.Binding(exchange="probe", key="probe.#")])],
)
Scenario = Callable[[Bus], Awaitable[None]]


async def expect(error: type[Exception], doing: Awaitable[Any]) -> Exception:
    try:
        await doing
    except error as raised:
        return raised
    raise AssertionError(f"no {error.__name__}")


async def until(question: Callable[[], Awaitable[bool]]) -> None:
    limit = time.monotonic() + 20
    while not await question():
        assert time.monotonic() < limit, "it never came"
        await asyncio.sleep(0.05)


def event(**data: Any) -> dict[str, Any]:
    return {"id": str(uuid.uuid4()), "name": "probe.happened.v1", "correlation_id": "req-00000002", "data": data}


async def publish(bus: Bus, body: dict[str, Any], *, timeout: float = 15) -> None:
    await bus.publish("probe", body["name"], body, message_id=body["id"], timeout=timeout)


async def seen(bus: Bus) -> dict[str, Any]:
    answer: dict[str, Any] = await bus.call("probe", "seen", {}, timeout=5)
    return answer


async def is_handled(bus: Bus, body: dict[str, Any]) -> bool:
    return body["id"] in {one["id"] for one in (await seen(bus))["handled"]}


async def a_call_is_answered(bus: Bus) -> None:
    assert bus.connected
    given = {"text": "Montréal ☀", "number": 1.5, "list": [None, True], "long": "x" * 300_000}
    assert await bus.call("probe", "echo", given, timeout=5) == {"ok": given}


async def correlation_and_deadline_reach_the_service(bus: Bus) -> None:
    context = await bus.call("probe", "context", {}, timeout=4, correlation_id="req-00000001")
    assert context["correlation_id"] == "req-00000001"
    assert 0 < context["remaining"] <= 4


async def a_call_without_a_correlation_id_gets_one(bus: Bus) -> None:
    assert (await bus.call("probe", "context", {}, timeout=4))["correlation_id"]


async def concurrent_calls_get_their_own_answers(bus: Bus) -> None:
    answers = await asyncio.gather(*(bus.call("probe", "echo", {"n": n}, timeout=10) for n in range(100)))
    assert [answer["ok"]["n"] for answer in answers] == list(range(100))


async def a_fault_names_its_class_and_nothing_else(bus: Bus) -> None:
    fault = await expect(RemoteFault, bus.call("probe", "fault", {}, timeout=5))
    assert str(fault) == "ValueError"


async def an_answer_that_is_no_json_is_a_fault(bus: Bus) -> None:
    fault = await expect(RemoteFault, bus.call("probe", "unserializable", {}, timeout=5))
    assert str(fault) == "TypeError"


async def an_unknown_method_or_argument_is_a_fault(bus: Bus) -> None:
    unknown = await expect(RemoteFault, bus.call("probe", "nothing", {}, timeout=5))
    wrong = await expect(RemoteFault, bus.call("probe", "sleep", {"minutes": 1}, timeout=5))
    assert isinstance(unknown, RemoteFault)
    assert isinstance(wrong, RemoteFault)
    assert (unknown.kind, wrong.kind) == ("MethodNotFound", "IncorrectSignature")


async def a_service_that_nobody_knows_is_away_at_once(bus: Bus) -> None:
    began = time.monotonic()
    await expect(ServiceAway, bus.call("nobody", "echo", {}, timeout=5))
    assert time.monotonic() - began < 1


async def a_call_ends_with_its_deadline(bus: Bus) -> None:
    began = time.monotonic()
    await expect(DeadlinePassed, bus.call("probe", "sleep", {"seconds": 2}, timeout=0.3))
    assert time.monotonic() - began < 1.5


async def a_call_that_waited_too_long_for_a_worker_is_never_begun(bus: Bus) -> None:
    before = (await seen(bus))["counted"]
    busy = [asyncio.create_task(bus.call("probe", "sleep", {"seconds": 1}, timeout=10)) for _ in range(4)]
    await asyncio.sleep(0.3)
    await expect(DeadlinePassed, bus.call("probe", "count", {}, timeout=0.2))
    await asyncio.gather(*busy)
    assert (await seen(bus))["counted"] == before


async def a_method_can_ask_whether_its_caller_still_waits(bus: Bus) -> None:
    before = (await seen(bus))["counted"]
    await expect(DeadlinePassed, bus.call("probe", "late", {"seconds": 0.6}, timeout=0.3))
    await asyncio.sleep(0.6)
    assert (await seen(bus))["counted"] == before


async def an_event_reaches_its_consumer_with_its_correlation_id(bus: Bus) -> None:
    body = event(note="é")
    await publish(bus, body)
    await until(lambda: is_handled(bus, body))
    told = await seen(bus)
    assert told["handled"][-1] == body
    assert told["correlations"][-1] == body["correlation_id"]


async def an_event_that_no_queue_takes_is_refused_and_harms_no_other(bus: Bus) -> None:
    good = event()
    outcomes = await asyncio.gather(
        bus.publish("unbound", "unbound.x.v1", event(), message_id=str(uuid.uuid4())),
        bus.publish("missing", "missing.x.v1", event(), message_id=str(uuid.uuid4())),
        bus.publish("probe", "other.x.v1", event(), message_id=str(uuid.uuid4())),
        publish(bus, good),
        return_exceptions=True,
    )
    assert [type(outcome) for outcome in outcomes] == [Unroutable, Unroutable, Unroutable, type(None)]
    await until(lambda: is_handled(bus, good))


async def many_events_are_confirmed_in_flight(bus: Bus) -> None:
    events = [event(n=n) for n in range(300)]
    await asyncio.gather(*(publish(bus, body) for body in events))

    async def all_handled() -> bool:
        handled = {one["id"] for one in (await seen(bus))["handled"]}
        return handled.issuperset(body["id"] for body in events)

    await until(all_handled)


async def an_event_that_its_consumer_cannot_take_now_comes_again(bus: Bus) -> None:
    body = event(fail=2)
    await publish(bus, body)
    await until(lambda: is_handled(bus, body))
    assert (await seen(bus))["deliveries"][body["id"]] == 3


async def a_feed_gets_what_it_asked_for_in_order(bus: Bus) -> None:
    got: list[int] = []
    begun: list[bool] = []

    async def handler(body: dict[str, Any]) -> None:
        got.append(body["data"]["n"])
        if body["data"]["n"] == 1:
            raise ValueError("the feed goes on")

    feed = await bus.subscribe("probe", ["probe.fed.*"], handler, established=lambda: begun.append(True))
    for n in range(5):
        body = event(n=n)
        await bus.publish("probe", "probe.fed.v1" if n != 3 else "probe.other.v1", body, message_id=body["id"])

    async def all_there() -> bool:
        return len(got) >= 4

    await until(all_there)
    await feed.cancel()
    await feed.cancel()
    await publish(bus, event(n=9))
    assert (got, begun) == ([0, 1, 2, 4], [True])


async def a_timer_goes_on_after_a_failure(bus: Bus) -> None:
    before = (await seen(bus))["ticks"]

    async def ticked() -> bool:
        return bool((await seen(bus))["ticks"] >= before + 3)

    await until(ticked)


async def a_closed_bus_is_away(bus: Bus) -> None:
    other = await connect(sys.argv[1], name="closing")
    await other.close()
    assert not other.connected
    await expect(BrokerAway, other.call("probe", "echo", {}, timeout=1))
    await expect(BrokerAway, other.publish("probe", "probe.x.v1", {}, message_id="1"))
    assert bus.connected


async def embedded_a_publish_returns_when_the_consumer_has_committed(bus: Bus) -> None:
    body = event(wait=0.4)
    began = time.monotonic()
    await publish(bus, body)
    assert time.monotonic() - began >= 0.4
    assert await is_handled(bus, body)


async def embedded_a_consumer_that_takes_too_long_leaves_the_event_unconfirmed(bus: Bus) -> None:
    body = event(wait=0.6)
    await expect(Unconfirmed, publish(bus, body, timeout=0.2))
    await until(lambda: is_handled(bus, body))


SCENARIOS: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        a_call_is_answered,
        correlation_and_deadline_reach_the_service,
        a_call_without_a_correlation_id_gets_one,
        concurrent_calls_get_their_own_answers,
        a_fault_names_its_class_and_nothing_else,
        an_answer_that_is_no_json_is_a_fault,
        an_unknown_method_or_argument_is_a_fault,
        a_service_that_nobody_knows_is_away_at_once,
        a_call_ends_with_its_deadline,
        a_call_that_waited_too_long_for_a_worker_is_never_begun,
        a_method_can_ask_whether_its_caller_still_waits,
        an_event_reaches_its_consumer_with_its_correlation_id,
        an_event_that_no_queue_takes_is_refused_and_harms_no_other,
        many_events_are_confirmed_in_flight,
        an_event_that_its_consumer_cannot_take_now_comes_again,
        a_feed_gets_what_it_asked_for_in_order,
        a_timer_goes_on_after_a_failure,
        a_closed_bus_is_away,
    )
}
EMBEDDED_ONLY: dict[str, Scenario] = {
    scenario.__name__: scenario
    for scenario in (
        embedded_a_publish_returns_when_the_consumer_has_committed,
        embedded_a_consumer_that_takes_too_long_leaves_the_event_unconfirmed,
    )
}


async def run_all(url: str, scenarios: dict[str, Scenario]) -> dict[str, str | None]:
    bus = await connect(url, name="scenarios")

    async def service_answers() -> bool:
        try:
            await bus.call("probe", "echo", {}, timeout=1)
        except (ServiceAway, DeadlinePassed):
            return False
        return True

    await until(service_answers)
    told: dict[str, str | None] = {}
    for name, scenario in scenarios.items():
        try:
            async with asyncio.timeout(30):
                await scenario(bus)
        except Exception:  # noqa: BLE001  whatever went wrong is the test's failure
            told[name] = traceback.format_exc()
        else:
            told[name] = None
    await bus.close()
    return told


def over_rabbitmq(url: str) -> dict[str, str | None]:
    asyncio.run(topology.declare(url, TOPOLOGY))
    probe = Path(__file__).with_name("probe_service.py")
    with subprocess.Popen([sys.executable, "-W", "ignore", str(probe), url]) as service:
        try:
            told = asyncio.run(run_all(url, SCENARIOS))
        finally:
            service.terminate()
            code = service.wait(timeout=20)
    told["the_service_stops_cleanly"] = None if code == 0 else f"exit code {code}"
    return told


def embedded(url: str) -> dict[str, str | None]:
    from messaging.green import patch

    patch(asyncio_hub=True)
    from eventlet.asyncio import spawn_for_awaitable
    from messaging.nameko_ext import start_service

    probe = importlib.import_module("probe_service")  # beside this script
    spawn_for_awaitable(topology.declare(url, TOPOLOGY)).wait()
    runner = start_service(probe.ProbeService, probe.config(url))
    told: dict[str, str | None] = spawn_for_awaitable(run_all(url, SCENARIOS | EMBEDDED_ONLY)).wait()
    runner.stop()
    told["the_service_stops_cleanly"] = None
    return told


if __name__ == "__main__":
    run = embedded if sys.argv[1].startswith("embedded:") else over_rabbitmq
    outcome = run(sys.argv[1])
    sys.stdout.write("\n" + json.dumps(outcome) + "\n")
