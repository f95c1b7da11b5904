"""/healthz says that we live, /readyz which part is not ready."""

import asyncio
from typing import Any

import httpx
import pytest
from gateway.application.catalog_copy import CatalogCopy
from gateway_fakes import FakeBus, MemoryStore
from messaging.bus import DeadlinePassed, RemoteFault, ServiceAway

WELL = {"ok": {"ready": True, "parts": [{"name": "database", "ok": True, "detail": "", "needed": True}]}}


@pytest.fixture
def well(bus: FakeBus) -> FakeBus:
    """Three services that are well."""
    bus.answers = {f"{name}.health": WELL for name in ("catalog", "booking", "notifications")}
    return bus


def not_ok(body: dict[str, Any]) -> set[str]:
    return {part["name"] for part in body["parts"] if not part["ok"]}


async def test_we_live_whatever_else_is_away(api: httpx.AsyncClient, bus: FakeBus) -> None:
    bus.connected = False
    assert (await api.get("/healthz")).json() == {"alive": True}


async def test_with_every_part_there_we_are_ready(api: httpx.AsyncClient, well: FakeBus) -> None:
    answer = await api.get("/readyz")
    assert answer.status_code == 200
    assert not_ok(answer.json()) == set()
    assert {part["name"] for part in answer.json()["parts"]} >= {
        "rabbitmq",
        "gateway.catalog",
        "gateway.database",
        "booking",
        "booking.database",
    }
    assert {call.timeout for call in well.calls} == {1.0}


@pytest.mark.parametrize(
    "failure",
    [ServiceAway("booking"), DeadlinePassed("1 s"), RemoteFault("OperationalError")],
    ids=lambda one: type(one).__name__,
)
async def test_a_service_that_does_not_answer_is_named(
    api: httpx.AsyncClient, well: FakeBus, failure: Exception
) -> None:
    well.answers["booking.health"] = failure
    answer = await api.get("/readyz")
    assert answer.status_code == 503
    assert not_ok(answer.json()) == {"booking"}


async def test_a_part_of_a_service_is_named(api: httpx.AsyncClient, well: FakeBus) -> None:
    part = {"name": "database", "ok": False, "detail": "cannot be reached", "needed": True}
    well.answers["booking.health"] = {"ok": {"ready": False, "parts": [part]}}
    answer = await api.get("/readyz")
    assert answer.status_code == 503
    assert not_ok(answer.json()) == {"booking", "booking.database"}


async def test_a_part_that_can_be_done_without_is_named_and_we_are_ready(api: httpx.AsyncClient, well: FakeBus) -> None:
    part = {"name": "redis", "ok": False, "detail": "cannot be reached", "needed": False}
    well.answers["booking.health"] = {"ok": {"ready": True, "parts": [part]}}
    answer = await api.get("/readyz")
    assert answer.status_code == 200
    assert not_ok(answer.json()) == {"booking.redis"}


@pytest.mark.parametrize("name", ["catalog", "notifications"])
async def test_a_service_without_which_guests_can_book_is_named_and_we_are_ready(
    api: httpx.AsyncClient, well: FakeBus, name: str
) -> None:
    well.answers[f"{name}.health"] = DeadlinePassed("1 s")
    answer = await api.get("/readyz")
    assert answer.status_code == 200
    assert not_ok(answer.json()) == {name}


async def test_a_part_of_a_service_without_which_guests_can_book_does_not_count_either(
    api: httpx.AsyncClient, well: FakeBus
) -> None:
    part = {"name": "database", "ok": False, "detail": "does not answer", "needed": True}
    well.answers["notifications.health"] = {"ok": {"ready": False, "parts": [part]}}
    answer = await api.get("/readyz")
    assert answer.status_code == 200
    assert not_ok(answer.json()) == {"notifications", "notifications.database"}


async def test_without_the_broker_we_are_not_ready(api: httpx.AsyncClient, well: FakeBus) -> None:
    well.connected = False
    answer = await api.get("/readyz")
    assert answer.status_code == 503
    assert not_ok(answer.json()) == {"rabbitmq", "catalog", "booking", "notifications"}


class TestBeforeTheFirstCatalog:
    @pytest.fixture
    async def catalog(self) -> CatalogCopy:
        return CatalogCopy(MemoryStore())

    async def test_we_are_not_ready(self, api: httpx.AsyncClient, well: FakeBus) -> None:
        answer = await api.get("/readyz")
        assert answer.status_code == 503
        assert not_ok(answer.json()) == {"gateway.catalog"}


async def test_the_services_are_asked_at_the_same_time(api: httpx.AsyncClient, bus: FakeBus) -> None:
    together = asyncio.Barrier(3)

    class Meeting(FakeBus):
        async def call(self, *args: Any, **kwargs: Any) -> Any:
            await asyncio.wait_for(together.wait(), 5)
            return WELL

    from gateway.application.readiness import readiness

    async def reachable() -> bool:
        return True

    state = await readiness(bus=Meeting(), broker="rabbitmq", catalog_loaded=True, database=reachable())
    assert state["ready"] is True
