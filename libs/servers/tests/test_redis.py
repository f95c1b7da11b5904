"""The private Redis, on the embedded Valkey and on the machine's Redis."""

import socket
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from servers import Redis
from servers.programs import EMBEDDED, INSTALLED


def ask(server: Redis, words: str) -> str:
    with socket.socket(socket.AF_UNIX) as connection:
        connection.connect(server.url.removeprefix("unix://"))
        connection.sendall(f"{words}\r\n".encode())
        return connection.recv(1024).decode().strip()


@pytest.fixture(params=[EMBEDDED, INSTALLED])
def flavour(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def redis(flavour: str, spaced: Path) -> Iterator[Redis]:
    server = Redis(spaced / "redis", flavour=flavour)
    server.start()
    yield server
    server.discard()


def test_it_starts_in_a_folder_with_spaces_and_answers(redis: Redis) -> None:
    assert ask(redis, "SET hold 1") == "+OK"
    assert ask(redis, "GET hold") == "$1\r\n1"


def test_a_flush_forgets_everything(redis: Redis) -> None:
    ask(redis, "SET hold 1")
    redis.flush()
    assert ask(redis, "GET hold") == "$-1"


def test_a_restart_forgets_and_keeps_the_address(redis: Redis) -> None:
    url = redis.url
    ask(redis, "SET hold 1")
    redis.kill()
    redis.start()
    assert ask(redis, "GET hold") == "$-1"
    assert redis.url == url


def test_a_durable_one_remembers_after_a_stop(flavour: str, spaced: Path) -> None:
    server = Redis(spaced / "redis", flavour=flavour, durable=True)
    server.start()
    ask(server, "SET hold 1")
    server.restart()
    assert ask(server, "GET hold") == "$1\r\n1"
    server.discard()


def test_an_orphan_gives_way_to_its_successor(spaced: Path) -> None:
    orphan = Redis(spaced / "redis")
    orphan.start()
    successor = Redis(spaced / "redis")
    successor.start()
    assert not orphan.running
    assert ask(successor, "PING") == "+PONG"
    successor.discard()


def test_it_stops_when_its_owner_is_killed(
    spaced: Path, killed_owner: Callable[[str], None], eventually: Callable[[Callable[[], bool]], bool]
) -> None:
    killed_owner(
        "import pathlib, time\n"
        "from servers import Redis\n"
        f"Redis(pathlib.Path({str(spaced / 'redis')!r})).start()\n"
        "print('ready', flush=True)\n"
        "time.sleep(60)\n"
    )
    place = Path((spaced / "redis" / "sockets").read_text()) / "redis.sock"

    def is_gone() -> bool:
        with socket.socket(socket.AF_UNIX) as connection:
            return connection.connect_ex(str(place)) != 0

    assert eventually(is_gone)
    Redis(spaced / "redis").discard()
