"""The catalog's port, twice: the fake that the unit tests use, and PostgreSQL."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest
from catalog.adapters.postgres_catalog import PostgresCatalog
from catalog.adapters.tables import outbox
from catalog.application.ports import Catalog
from catalog.migrate import migrate
from messaging.postgres import engine_for
from sqlalchemy import Engine, create_engine, make_url, select
from sqlalchemy.pool import NullPool


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A catalog, with a look at what it owes the world and how often it woke the relay."""

    catalog: Catalog
    events: Callable[[], list[tuple[str, int]]]
    wakes: list[None] = field(default_factory=list)


@pytest.fixture(params=["memory", "postgres"])
def kept(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue(f"kept_in_{request.param}")


@pytest.fixture
def kept_in_memory(catalog_in_memory: Any) -> Kept:
    def events() -> list[tuple[str, int]]:
        return [(event.name, event.version) for event in catalog_in_memory.events]

    return Kept(catalog=catalog_in_memory, events=events)


@pytest.fixture(scope="session")
def migrated(fresh_database: Callable[[], str]) -> str:
    url = fresh_database()
    migrate(url)
    return url


@pytest.fixture
def database_url(migrated: str, copied_database: Callable[[str], str]) -> str:
    return copied_database(migrated)


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = engine_for(database_url, application="slotwell-catalog")
    yield engine
    engine.dispose()


@pytest.fixture
def kept_in_postgres(engine: Engine) -> Kept:
    def events() -> list[tuple[str, int]]:
        with engine.connect() as connection:
            bodies = connection.execute(select(outbox.c.body).order_by(outbox.c.seq)).scalars()
            return [(body["name"], body["version"]) for body in bodies]

    wakes: list[None] = []
    return Kept(catalog=PostgresCatalog(engine, wake=lambda: wakes.append(None)), events=events, wakes=wakes)


@pytest.fixture
def plain_engine(database_url: str) -> Iterator[Engine]:
    """The database as a stranger sees it, without our limits."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    yield engine
    engine.dispose()
