"""The real stack: separate processes on PostgreSQL, Redis and RabbitMQ, each of which a test may kill."""

import hashlib
from collections.abc import Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from launcher.stack import private_stack
from servers import Postgres, RabbitMQ, Redis

from tests.outside.client import Api
from tests.outside.platform import structured
from tests.outside.until import until

SIGKILLED = -9
_SHUT = """
ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS false;
SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'name';
"""
_OPENED = 'ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS true;'


class StackPlatform:
    """One stack in demo mode with private servers, its data under `folder`."""

    name = "rabbitmq"
    admin_token = "the-token-of-this-test-platform"  # made up

    def __init__(self, folder: Path, *, scale: Mapping[str, int] | None = None, **settings: str) -> None:
        """`scale` is how many of each process there are; `settings` are environment variables for all of them."""
        sha256 = hashlib.sha256(self.admin_token.encode()).hexdigest()
        self._stack = private_stack(folder / "data", SLOTWELL_ADMIN_TOKEN_SHA256=sha256, **settings)
        self._scale = dict(scale or {})
        # What this platform's races have been told: every booking that may stand.
        self.acknowledged: list[str] = []
        self._unlike: set[str] = set()
        self._shut: set[str] = set()

    @property
    def url(self) -> str:
        return self._stack.url

    @property
    def urls(self) -> list[str]:
        """The address of each gateway."""
        first = urlsplit(self.url)
        count = self._scale.get("gateway", 1)
        return [f"http://{first.hostname}:{(first.port or 80) + number}" for number in range(count)]

    @property
    def databases(self) -> Mapping[str, str]:
        return self._stack.database_urls

    @property
    def amqp_url(self) -> str:
        return self._stack.environment["SLOTWELL_AMQP_URL"]

    @property
    def postgres(self) -> Postgres:
        assert self._stack.postgres is not None
        return self._stack.postgres

    @property
    def redis(self) -> Redis:
        assert self._stack.redis is not None
        return self._stack.redis

    @property
    def rabbitmq(self) -> RabbitMQ:
        assert self._stack.rabbitmq is not None
        return self._stack.rabbitmq

    @cached_property
    def api(self) -> Api:
        return Api(self.url)

    def start(self) -> None:
        """Start everything and wait until it is ready."""
        self._stack.start(self._scale)

    def stop(self) -> None:
        """Stop everything and delete its data."""
        self.api.close()
        self._stack.discard()

    def stop_process(self, name: str) -> None:
        """Stop one process as an operator does; it stays down."""
        self._stack.processes[name].stop()

    def kill_process(self, name: str) -> None:
        """Kill one process with SIGKILL; it stays down."""
        self._stack.kill(name)

    def pause_process(self, name: str) -> None:
        """Freeze one process: it keeps what it holds and does nothing."""
        self._stack.processes[name].pause()

    def resume_process(self, name: str) -> None:
        """Let it go on."""
        self._stack.processes[name].resume()

    def start_process(self, name: str, *, failpoints: Iterable[str] = (), **settings: str) -> None:
        """Start one process that is down; at a failpoint it will kill itself with SIGKILL.

        `settings` are environment variables for this start alone.
        """
        wanted = ",".join(failpoints)
        armed = {"SLOTWELL_FAILPOINTS": wanted} if wanted else {}
        self._stack.processes[name].start(**armed, **settings)
        self._unlike.discard(name)
        if armed or settings:
            self._unlike.add(name)

    def wait_until_killed(self, name: str) -> None:
        """Wait until the process has died of SIGKILL at its failpoint."""
        assert self._stack.processes[name].wait_ended(within_seconds=60) == SIGKILLED

    def shut_database(self, owner: str) -> None:
        """Put everybody out of one service's database and let nobody in; the others on the server serve on."""
        self._shut.add(owner)
        self.postgres.execute(_SHUT, name=self._database_name(owner))

    def open_database(self, owner: str) -> None:
        """Let them in again."""
        self.postgres.execute(_OPENED, name=self._database_name(owner))
        self._shut.discard(owner)

    def mend(self) -> None:
        """Start what a test left stopped or unlike the rest, so that the next test meets a whole platform."""
        for server in (self.postgres, self.redis, self.rabbitmq):
            if server.running:
                server.resume()
            server.start()
        for owner in list(self._shut):
            self.open_database(owner)
        for name, process in self._stack.processes.items():
            process.resume()
            if name in self._unlike:
                process.stop()
            if not process.running:
                self.start_process(name)
        self.wait_ready()

    def wait_ready(self) -> None:
        """Wait until /readyz says that nothing is missing."""
        until(self.api.is_ready, within=60, expecting="the platform to be ready")

    def said(self) -> str:
        """Return all that the processes wrote, and PostgreSQL's own log."""
        lines = [line for process in self._stack.processes.values() for line in list(process.lines)]
        return "\n".join([*lines, (self.postgres.folder / "postgres.log").read_text(errors="replace")])

    def _database_name(self, owner: str) -> str:
        return self.databases[owner].partition("?")[0].rpartition("/")[2]

    def log(self) -> list[dict[str, Any]]:
        """Return the structured lines of all processes, the dead ones' too."""
        return structured(line for process in self._stack.processes.values() for line in list(process.lines))
