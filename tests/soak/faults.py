"""Each kind of fault: how it begins and how it ends. The conductor enters one, waits, and leaves it."""

import contextlib
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import psycopg2
from servers import Postgres, RabbitMQ, Redis

from tests.outside.proxy import Proxy
from tests.soak.arena import Arena
from tests.soak.plan import Fault
from tests.soak.republish import publish_again, publish_backwards

Begin = Callable[[Arena, Fault], AbstractContextManager[None]]
FAULTS: dict[str, Begin] = {}
EVENTS_GATHER = 2.5  # seconds


def strike(arena: Arena, fault: Fault) -> AbstractContextManager[None]:
    """Begin the fault on entry, end it on exit."""
    return FAULTS[fault.kind](arena, fault)


def _kind(name: str) -> Callable[[Callable[[Arena, Fault], Iterator[None]]], None]:
    def register(how: Callable[[Arena, Fault], Iterator[None]]) -> None:
        FAULTS[name] = contextmanager(how)

    return register


@_kind("process.killed")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    arena.stack.kill(fault.how["process"])
    yield
    arena.restart_the_dead()


@_kind("process.failpoint")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    """The first process that comes by dies; a supervisor starts it again."""
    file = arena.failpoints / fault.how["failpoint"]
    file.touch()
    yield
    if file.exists():
        arena.unreached.append(fault)
        file.unlink(missing_ok=True)
    arena.restart_the_dead()


@_kind("process.hangs")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    process = arena.stack.processes[fault.how["process"]]
    process.pause()
    yield
    process.resume()


def _server_kinds(name: str, server: Callable[[Arena], Postgres | RabbitMQ | Redis]) -> None:
    @_kind(f"{name}.killed")
    def _(arena: Arena, _fault: Fault) -> Iterator[None]:
        server(arena).kill()
        yield
        server(arena).start()

    @_kind(f"{name}.restarted")
    def _(arena: Arena, _fault: Fault) -> Iterator[None]:
        server(arena).stop()
        yield
        server(arena).start()

    @_kind(f"{name}.hangs")
    def _(arena: Arena, _fault: Fault) -> Iterator[None]:
        server(arena).pause()
        yield
        server(arena).resume()


def _line_kinds(name: str, line: Callable[[Arena, Fault], Proxy | None]) -> None:
    @_kind(f"{name}.down")
    def _(arena: Arena, fault: Fault) -> Iterator[None]:
        proxy = line(arena, fault)
        assert proxy
        arena.backstage.do(proxy.down())
        yield
        arena.backstage.do(proxy.open())

    @_kind(f"{name}.silent")
    def _(arena: Arena, fault: Fault) -> Iterator[None]:
        """Silent for everybody, or in one direction only."""
        proxy, direction = line(arena, fault), fault.how.get("direction", "both")
        assert proxy
        arena.backstage.do(
            proxy.silent(to_server=direction != "to_client", to_client=direction != "to_server")
        )  # fmt: skip
        yield
        arena.backstage.do(proxy.open())


_server_kinds("postgres", lambda arena: arena.postgres)
_server_kinds("rabbitmq", lambda arena: arena.rabbitmq)
_server_kinds("redis", lambda arena: arena.redis)
_line_kinds("postgres", lambda arena, fault: arena.lines.databases[fault.how["owner"]])
_line_kinds("rabbitmq", lambda arena, _: arena.lines.rabbitmq)
_line_kinds("redis", lambda arena, _: arena.lines.redis)
_line_kinds("mail", lambda arena, _: arena.lines.mail)
_line_kinds("text", lambda arena, _: arena.lines.text)


@_kind("rabbitmq.disk_full")
def _(arena: Arena, _fault: Fault) -> Iterator[None]:
    """The broker's own alarm: it stops reading from everyone who publishes."""
    arena.rabbitmq.control("eval", 'rabbit_disk_monitor:set_disk_free_limit("100TB").')
    yield
    arena.rabbitmq.control("eval", 'rabbit_disk_monitor:set_disk_free_limit("50MB").')


@_kind("postgres.disk_full")
def _(arena: Arena, _fault: Fault) -> Iterator[None]:
    """Not a byte left; a server that gave up is started again when there is room."""
    arena.disk.fill()
    yield
    arena.disk.empty()
    arena.postgres.start()


@_kind("postgres.commit_cut")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    proxy = arena.lines.databases[fault.how["owner"]]
    before = proxy.commits_cut
    arena.backstage.do(proxy.cut_commits(fault.how["count"], swallow=fault.how["swallow"]))
    yield
    if proxy.commits_cut == before:
        arena.unreached.append(fault)
    arena.backstage.do(proxy.open())


@_kind("postgres.commit_late")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    proxy = arena.lines.databases[fault.how["owner"]]
    arena.backstage.do(proxy.delay_commits(0.4))
    yield
    arena.backstage.do(proxy.open())


@_kind("postgres.table_locked")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    """As a migration locks it."""
    owner, _, table = fault.how["table"].partition(".")
    with contextlib.closing(psycopg2.connect(arena.databases[owner], connect_timeout=5)) as connection:
        with connection.cursor() as cursor:
            cursor.execute("SET lock_timeout = '3s'")
            with contextlib.suppress(psycopg2.Error):  # somebody else's lock was older
                cursor.execute(f'LOCK TABLE "{table}" IN ACCESS EXCLUSIVE MODE')
        yield
        with contextlib.suppress(psycopg2.Error):
            connection.rollback()


@_kind("redis.flushed")
def _(arena: Arena, _fault: Fault) -> Iterator[None]:
    arena.redis.flush()
    yield


@_kind("mail.moody")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    arena.receivers.mail = fault.how["mood"]
    yield
    arena.receivers.mail = "well"


@_kind("text.moody")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    arena.receivers.text = fault.how["mood"]
    yield
    arena.receivers.text = "well"


@_kind("events.duplicated")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    """Everything of the last while once more, shuffled."""
    yield
    publish_again(arena, fault)


@_kind("events.reordered")
def _(arena: Arena, _fault: Fault) -> Iterator[None]:
    """The relay stands still, and somebody delivers what it owes from the newest to the oldest; then it goes on."""
    relay = arena.stack.processes["booking-relay"]
    relay.pause()
    yield
    publish_backwards(arena)
    relay.resume()


@_kind("clock.skewed")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    arena.skew(fault.how["process"], fault.how["seconds"])
    yield
    arena.skew(fault.how["process"], 0)


@_kind("clock.jumps")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    arena.jump(fault.how["minutes"])
    yield


@_kind("clock.jumps_while_events_wait")
def _(arena: Arena, fault: Fault) -> Iterator[None]:
    """Reminders become due while the news of a cancellation is still on its way."""
    relay = arena.stack.processes["booking-relay"]
    relay.pause()
    time.sleep(EVENTS_GATHER)
    arena.jump(fault.how["minutes"])
    yield
    relay.resume()
