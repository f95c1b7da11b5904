"""Fixtures for tests against the real things: private servers for the session, a fresh corner for each test.

SLOTWELL_TEST_POSTGRES=installed takes the machine's PostgreSQL programs instead of the embedded ones.
The servers die with the test run, also when it is killed.
"""

import itertools
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from servers.postgres import Postgres
from servers.programs import EMBEDDED
from servers.rabbitmq import RabbitMQ
from servers.redis import Redis

# One call of rabbitmqctl takes a second, whether it makes one virtual host or ten.
VHOSTS_AT_ONCE = 10
_COPIES = itertools.count(1)


@pytest.fixture(scope="session")
def server_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the session's servers keep their data."""
    return tmp_path_factory.mktemp("servers")


@pytest.fixture(scope="session")
def postgres_server(server_folder: Path) -> Iterator[Postgres]:
    """A private PostgreSQL for the session: `url(database)`, `execute(sql)`, `create_database(name)`."""
    flavour = os.environ.get("SLOTWELL_TEST_POSTGRES", EMBEDDED)
    # Unsynced: a new database for each test would only wait for the disk. What a killed server wrote is in the
    # kernel's hands; a power cut alone would tell the difference. Whole platforms sync, as clinics do.
    server = Postgres(
        server_folder / "postgres",
        flavour=flavour,
        settings={"fsync": "off"},
        durable=False,
        death_signal=signal.SIGQUIT,
    )
    try:
        server.start()
        yield server
    finally:
        server.discard()


@contextmanager
def _dropped_afterwards(server: Postgres) -> Iterator[list[str]]:
    """Lend a list of names; the databases that stand on it in the end are dropped."""
    made: list[str] = []
    yield made
    if server.running:
        for name in made:
            server.drop_database(name)


@pytest.fixture(scope="session")
def fresh_database(postgres_server: Postgres) -> Iterator[Callable[[], str]]:
    """A function that makes an empty database and returns its URL (as superuser)."""
    numbers = itertools.count(1)
    with _dropped_afterwards(postgres_server) as made:

        def make() -> str:
            name = f"test_{next(numbers)}"
            postgres_server.create_database(name)
            made.append(name)
            return postgres_server.url(name)

        yield make


@pytest.fixture
def postgres_url(postgres_server: Postgres, fresh_database: Callable[[], str]) -> Iterator[str]:
    """The URL of an empty database of this test's own, dropped afterwards."""
    url = fresh_database()
    yield url
    if postgres_server.running:
        postgres_server.drop_database(_database_of(url))


@pytest.fixture(scope="module")
def module_postgres_url(postgres_server: Postgres, fresh_database: Callable[[], str]) -> Iterator[str]:
    """The URL of a database that the tests of one module share, dropped afterwards."""
    url = fresh_database()
    yield url
    if postgres_server.running:
        postgres_server.drop_database(_database_of(url))


@pytest.fixture
def copied_database(postgres_server: Postgres) -> Iterator[Callable[[str], str]]:
    """A function that copies a database, such as one that was migrated once, and returns the copy's URL.

    Nobody may be connected to the one that is copied. Copies are dropped after the test.
    """
    with _dropped_afterwards(postgres_server) as made:

        def copied(url: str) -> str:
            template = _database_of(url)
            name = f"{template}_copy_{next(_COPIES)}"
            postgres_server.execute('CREATE DATABASE :"name" TEMPLATE :"template";', name=name, template=template)
            made.append(name)
            return postgres_server.url(name)

        yield copied


@pytest.fixture(scope="session")
def redis_server(server_folder: Path) -> Iterator[Redis]:
    """A private server that speaks Redis's protocol, for the session."""
    server = Redis(server_folder / "redis", death_signal=signal.SIGKILL)
    try:
        server.start()
        yield server
    finally:
        server.discard()


@pytest.fixture
def redis_url(redis_server: Redis) -> str:
    """The URL of an empty Redis."""
    redis_server.start()
    redis_server.flush()
    return redis_server.url


@pytest.fixture(scope="session")
def rabbitmq_server(server_folder: Path) -> Iterator[RabbitMQ]:
    """A private RabbitMQ for the session, of the machine's installed programs."""
    server = RabbitMQ(server_folder / "rabbitmq", death_signal=signal.SIGKILL)
    try:
        server.start()
        yield server
    finally:
        server.discard()


@pytest.fixture(scope="session")
def fresh_vhost(rabbitmq_server: RabbitMQ) -> Callable[[], str]:
    """A function that gives a fresh virtual host and returns its URL."""
    numbers = itertools.count(1)
    spare: list[str] = []
    used: list[str] = []

    def make() -> str:
        if not spare:
            if used:
                rabbitmq_server.delete_vhosts(*used)
                used.clear()
            spare.extend(f"test-{next(numbers)}" for _ in range(VHOSTS_AT_ONCE))
            rabbitmq_server.add_vhosts(*spare)
        used.append(spare.pop(0))
        return rabbitmq_server.url(used[-1])

    return make


@pytest.fixture
def rabbitmq_url(fresh_vhost: Callable[[], str]) -> str:
    """The URL of a virtual host of this test's own."""
    return fresh_vhost()


def _database_of(url: str) -> str:
    return url.removeprefix("postgresql://").partition("/")[2].partition("?")[0]
