"""The catalog copy's store, twice: the fake that the unit tests use, and PostgreSQL."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from dataclasses import replace
from typing import Any, cast

import asyncpg
import pytest
from gateway.adapters.catalog_feed import read_events
from gateway.adapters.postgres_catalog import PostgresCatalogStore, reachable
from gateway.application.catalog_copy import Arrival, CatalogStore, StoreAway
from gateway.domain.catalog import Entity
from gateway.migrate import migrate
from gateway_fakes import MemoryStore, clinic_events


@pytest.fixture(scope="module")
def migrated_url(module_postgres_url: str) -> str:
    migrate(module_postgres_url)
    return module_postgres_url


@pytest.fixture
async def pool(migrated_url: str) -> AsyncIterator[asyncpg.Pool]:
    async with asyncpg.create_pool(migrated_url, min_size=0, max_size=4) as made:
        await made.execute("TRUNCATE catalog_entities, catalog_snapshots")
        yield made


@pytest.fixture(params=["memory", "postgres"])
def store(request: pytest.FixtureRequest, pool: asyncpg.Pool) -> CatalogStore:
    return MemoryStore() if request.param == "memory" else PostgresCatalogStore(pool)


@pytest.fixture
def entities() -> Sequence[Entity]:
    return list(read_events(clinic_events()))


def by_key(entities: Sequence[Entity] | None) -> dict[Any, Entity]:
    assert entities is not None
    return {entity.key: entity for entity in entities}


async def test_before_the_first_snapshot_there_is_no_catalog(store: CatalogStore, entities: Sequence[Entity]) -> None:
    await store.save(Arrival(entities=entities[:1], complete=False))
    assert await store.load() is None


async def test_a_snapshot_comes_back_as_it_was(store: CatalogStore, entities: Sequence[Entity]) -> None:
    await store.save(Arrival(entities=entities, complete=True))
    assert by_key(await store.load()) == by_key(entities)


async def test_an_empty_snapshot_is_a_catalog_too(store: CatalogStore) -> None:
    await store.save(Arrival(entities=[], complete=True))
    assert await store.load() == []


async def test_a_newer_version_replaces_an_older_one_and_never_the_other_way_round(
    store: CatalogStore, entities: Sequence[Entity]
) -> None:
    first = entities[0]
    newer = replace(first, version=first.version + 1, view={**first.view, "name": "Newer"})
    older = replace(first, version=first.version - 1, view={**first.view, "name": "Older"})
    await store.save(Arrival(entities=entities, complete=True))
    await store.save(Arrival(entities=[newer], complete=False))
    await store.save(Arrival(entities=[older], complete=False))
    assert by_key(await store.load())[first.key] == newer


async def test_what_was_deleted_is_kept_as_deleted_so_that_an_older_state_cannot_bring_it_back(
    store: CatalogStore, entities: Sequence[Entity]
) -> None:
    gone = replace(entities[0], version=entities[0].version + 1, deleted=True)
    await store.save(Arrival(entities=[gone], complete=True))
    await store.save(Arrival(entities=entities, complete=True))
    assert by_key(await store.load())[gone.key].deleted is True


async def test_gateways_that_keep_the_same_snapshot_at_once_do_not_wait_in_a_circle(
    pool: asyncpg.Pool, entities: Sequence[Entity]
) -> None:
    store = PostgresCatalogStore(pool)
    await asyncio.gather(
        *(store.save(Arrival(entities=order, complete=True)) for order in (entities, list(reversed(entities))) * 10)
    )
    assert len(by_key(await store.load())) == len(entities)


async def test_a_database_that_is_away_is_said_to_be(entities: Sequence[Entity]) -> None:
    nowhere = "postgresql://nobody@127.0.0.1:1/nothing"
    async with asyncpg.create_pool(nowhere, min_size=0, max_size=1, timeout=2) as pool:
        store = PostgresCatalogStore(pool)
        with pytest.raises(StoreAway):
            await store.load()
        with pytest.raises(StoreAway):
            await store.save(Arrival(entities=entities, complete=True))
        assert await reachable(pool) is False


class Broken:
    """A pool whose connections all break in the same way."""

    def __init__(self, error: Exception) -> None:
        self._error = error

    async def fetchval(self, _query: str) -> bool:
        raise self._error


@pytest.mark.parametrize(
    "error",
    [
        asyncpg.InternalClientError("got result for unknown protocol state 0"),
        asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
        asyncpg.InterfaceError("connection is closed"),
        asyncpg.AdminShutdownError("terminating connection due to administrator command"),
        ConnectionResetError(),
        TimeoutError(),
    ],
    ids=lambda error: type(error).__name__,
)
async def test_however_a_connection_breaks_the_database_is_away_and_nothing_fails(error: Exception) -> None:
    assert await reachable(cast("asyncpg.Pool", Broken(error))) is False


async def test_a_database_that_answers_is_reachable(pool: asyncpg.Pool) -> None:
    assert await reachable(pool) is True


def test_migrating_again_changes_nothing(migrated_url: str) -> None:
    migrate(migrated_url)
