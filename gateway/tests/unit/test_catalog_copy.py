"""The gateway's copy of the catalog: restored, fed, and never behind."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from typing import Any

from gateway.adapters.catalog_feed import BusCatalogFeed, read_events
from gateway.application.catalog_copy import Arrival, CatalogCopy
from gateway.domain.catalog import Entity
from gateway_fakes import PARIS, FakeBus, MemoryStore, clinic_events, example
from messaging.bus import ServiceAway

SNAPSHOT = {"ok": {"entities": [{"name": one["name"], "data": one["data"]} for one in clinic_events()]}}


def location(**changes: Any) -> dict[str, Any]:
    event = example("catalog.location_changed")
    return {**event, "data": {**event["data"], **changes}}


def entities() -> list[Entity]:
    return list(read_events(clinic_events()))


@asynccontextmanager
async def following(copy: CatalogCopy, bus: FakeBus) -> AsyncIterator[None]:
    task = asyncio.create_task(copy.follow(BusCatalogFeed(bus, retry_seconds=0.01)))
    try:
        yield
    finally:
        task.cancel()
        with suppress(asyncio.CancelledError):
            await task


async def until(truth: Callable[[], bool]) -> None:
    async with asyncio.timeout(5):
        while not truth():  # noqa: ASYNC110  # what is waited for is seen from outside, as by a client
            await asyncio.sleep(0.005)


def name_of(copy: CatalogCopy) -> str | None:
    found = copy.location(PARIS)
    return found["name"] if found else None


async def test_a_copy_that_was_never_fed_is_not_loaded() -> None:
    copy = CatalogCopy(MemoryStore())
    await copy.restore()
    assert copy.loaded is False
    assert copy.locations() == []


async def test_a_copy_is_restored_while_the_catalog_service_is_away() -> None:
    store, bus = MemoryStore(), FakeBus(answers={"catalog.snapshot": ServiceAway("catalog")})
    await store.save(Arrival(entities=entities(), complete=True))
    copy = CatalogCopy(store)
    async with following(copy, bus):
        await until(lambda: copy.loaded)
    assert name_of(copy) == "La Belle Paris"


async def test_a_snapshot_is_taken_as_soon_as_the_catalog_service_is_there() -> None:
    bus = FakeBus(answers={"catalog.snapshot": ServiceAway("catalog")})
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: len(bus.calls) >= 2)
        assert copy.loaded is False
        bus.answers["catalog.snapshot"] = SNAPSHOT
        await until(lambda: copy.loaded)


async def test_the_feed_is_listened_to_before_the_snapshot_is_asked_for() -> None:
    listening: list[bool] = []
    bus = FakeBus()

    def snapshot() -> Any:
        listening.append(bool(bus.feeds))
        return SNAPSHOT

    bus.answers["catalog.snapshot"] = snapshot
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: copy.loaded)
    assert listening == [True]


async def test_a_change_is_seen_at_once_and_kept() -> None:
    store, bus = MemoryStore(), FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    copy = CatalogCopy(store)
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        await bus.feeds[0].handler(location(name="La Belle Opéra", version=9))
        await until(lambda: name_of(copy) == "La Belle Opéra")
        restarted = CatalogCopy(store)
        await restarted.restore()
    assert name_of(restarted) == "La Belle Opéra"


async def test_an_older_change_that_comes_late_changes_nothing() -> None:
    bus = FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        await bus.feeds[0].handler(location(name="New", version=9))
        await bus.feeds[0].handler(location(name="Old", version=8))
        await bus.feeds[0].handler(location(name="Newest", version=10))
        await until(lambda: name_of(copy) in {"Newest", "Old"})
    assert name_of(copy) == "Newest"


async def test_what_was_deleted_is_no_longer_shown() -> None:
    bus = FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        await bus.feeds[0].handler(location(deleted=True, version=9))
        await until(lambda: copy.location(PARIS) is None)
    assert PARIS not in {one["id"] for one in copy.locations()}


async def test_after_a_gap_in_the_feed_a_new_snapshot_closes_it() -> None:
    bus = FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        missed = location(name="Changed meanwhile", version=9)
        bus.answers["catalog.snapshot"] = {"ok": {"entities": [{"name": missed["name"], "data": missed["data"]}]}}
        established = bus.feeds[0].established
        assert established is not None
        established()
        await until(lambda: name_of(copy) == "Changed meanwhile")


async def test_an_event_that_breaks_its_contract_is_left_out_and_the_next_is_taken() -> None:
    bus = FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    copy = CatalogCopy(MemoryStore())
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        await bus.feeds[0].handler(location(name=None, version=9))
        await bus.feeds[0].handler(location(name="Sound", version=10))
        await until(lambda: name_of(copy) == "Sound")


async def test_an_event_with_a_field_that_we_have_never_heard_of_is_read() -> None:
    [entity] = read_events([location(colour="green")])
    assert "colour" not in entity.view


async def test_an_unreachable_database_delays_nothing_but_the_keeping() -> None:
    store, bus = MemoryStore(), FakeBus(answers={"catalog.snapshot": SNAPSHOT})
    store.away = True
    copy = CatalogCopy(store, retry_seconds=0.01)
    async with following(copy, bus):
        await until(lambda: copy.loaded)
        await bus.feeds[0].handler(location(name="La Belle Opéra", version=9))
        await until(lambda: name_of(copy) == "La Belle Opéra")


async def test_rooms_and_schedules_are_not_kept() -> None:
    wires = [example("catalog.resource_changed"), example("catalog.schedule_changed")]
    assert list(read_events(wires)) == []


async def test_only_what_guests_may_see_is_kept_of_a_practitioner() -> None:
    kept = {entity.view["name"]: entity.view for entity in entities() if entity.kind == "practitioner"}
    public = {"id", "name", "title", "gender", "languages", "location_ids"}
    assert set(kept["Sofia Ribeiro"]) == public | {"language", "texts"}
