"""`make stack`: the platform as separate processes, in the foreground, on real servers.

PostgreSQL, Redis and RabbitMQ are those that the environment names; those it does not are private instances
of the programs installed on this machine.
"""

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import partial
from pathlib import Path

from servers import Postgres, RabbitMQ, Redis, ServerFailed
from servers.places import free_ports
from servers.programs import INSTALLED

from launcher import front_end
from launcher.data_folder import DataFolder
from launcher.environment import database_variable, platform_environment
from launcher.one_shots import clinic, migration, run, topology
from launcher.options import Options, read_options, refuse_taken_port
from launcher.problem import Problem, say_and_exit
from launcher.processes import DATABASE_OWNERS, parse_scale, processes
from launcher.progress import Progress
from launcher.readiness import wait_ready
from launcher.supervised import Supervised

READY_WITHIN = 180.0
# Gateways answer on ports in a row; a private stack keeps room for so many.
MOST_GATEWAYS = 4


class Stack:
    """A running stack: `start()`, processes by name, server handles, `stop()`.

    The first of a scaled process has the plain name (`booking`), the next are `booking.2`, `booking.3`.
    The gateway's next ones listen on the ports after the first's.
    """

    def __init__(
        self,
        options: Options,
        *,
        settings: Mapping[str, str] | None = None,
        process_settings: Mapping[str, Mapping[str, str]] | None = None,
        say: Callable[[str, str], None] | None = None,
        restarts: bool = True,
        for_tests: bool = False,
        guests_first: bool = True,
    ) -> None:
        """`settings` are for every process and win over everything; `process_settings` are by name.

        Server URLs among `settings` are used instead of private servers. `for_tests`, all of it dies with us at once.
        With `guests_first`, what no guest waits for leaves the processors to the rest.
        """
        self.options = options
        self.processes: dict[str, Supervised] = {}
        self.postgres: Postgres | None = None
        self.redis: Redis | None = None
        self.rabbitmq: RabbitMQ | None = None
        self.environment: dict[str, str] = {}
        self._settings = dict(settings or {})
        self._process_settings = process_settings or {}
        self._say = say or (lambda _name, _line: None)
        self._restarts = restarts
        self._for_tests = for_tests
        self._guests_first = guests_first
        self._folder: DataFolder | None = None

    @property
    def url(self) -> str:
        return self.options.local_url

    @property
    def database_urls(self) -> dict[str, str]:
        """Each owner's database, as the processes see it."""
        return {owner: self.environment[database_variable(owner)] for owner in DATABASE_OWNERS}

    def start(self, scale: Mapping[str, int] | None = None, *, progress: Progress | None = None) -> None:
        """Start servers, run the one-shots, start the processes and wait until the gateway is ready.

        Raises Problem or ServerFailed and leaves nothing running.
        """
        progress = progress or Progress(silent=True)
        try:
            self._folder = DataFolder(self.options.data, address=self.url)
            with progress.step("Starting the servers", "Servers started"):
                self._start_servers()
            jobs = [migration(owner) for owner in DATABASE_OWNERS]
            if self.options.clinic is not None:
                jobs.append(clinic(self.options.clinic))
            with progress.step("Preparing databases and queues", "Databases and queues ready"):
                run([*jobs, topology()], self.environment)
            with progress.step("Starting the processes", "Ready"):
                self._start_processes(scale or {})
                self.wait_ready()
        except BaseException:
            self.stop()
            raise

    def show_admin_token(self, progress: Progress) -> None:
        """Show it, if nobody has seen it yet; from then on its hash alone is kept."""
        progress.admin_token(self._require_folder(), given="SLOTWELL_ADMIN_TOKEN_SHA256" in os.environ)

    def stop(self) -> None:
        """Stop all processes, then the servers of ours."""
        for process in self.processes.values():
            process.ask_to_stop()
        for process in self.processes.values():
            process.wait_stopped(within_seconds=10)
        for server in (self.redis, self.rabbitmq, self.postgres):
            if server is not None:
                server.close()
        if self._folder is not None:
            self._folder.release()

    def discard(self) -> None:
        """Stop, and delete the private servers' data."""
        for process in self.processes.values():
            process.kill()
        for server in (self.redis, self.rabbitmq, self.postgres):
            if server is not None:
                server.discard()
        if self._folder is not None:
            self._folder.release()

    def kill(self, name: str) -> None:
        """SIGKILL a process; it stays down until `restart`."""
        self.processes[name].kill()

    def restart(self, name: str, **settings: str) -> None:
        """Stop a process if it runs and start it, with these settings on top, this time only."""
        self.processes[name].stop()
        self.processes[name].start(**settings)

    def wait_ready(self, *, within_seconds: float = READY_WITHIN) -> None:
        """Return once every gateway's /readyz says so; raises Problem with the part that is not."""
        for port, gateway in self._gateways():
            wait_ready(
                replace(self.options, port=port).local_url,
                within_seconds=within_seconds,
                gone=partial(self._ended_for_good, gateway),
            )
            if self._ended_for_good(gateway):
                last = "\n".join(list(gateway.lines)[-20:])
                raise Problem(f"{gateway.name} ended by {gateway.ended_by} before it was ready:\n{last}")

    def _start_servers(self) -> None:
        named = {**os.environ, **self._settings}
        # The signals that our servers get when we die: an orderly end, or a quick one.
        postgres_end, other_end = (
            (signal.SIGQUIT, signal.SIGKILL) if self._for_tests else (signal.SIGINT, signal.SIGTERM)
        )
        private = self.options.data / "servers"
        databases: dict[str, str] = {
            owner: named[variable] for owner in DATABASE_OWNERS if (variable := database_variable(owner)) in named
        }
        if missing := [owner for owner in DATABASE_OWNERS if owner not in databases]:
            self.postgres = Postgres(
                private / "postgres",
                flavour=INSTALLED,
                death_signal=postgres_end,
            )
            self.postgres.start()
            for owner in missing:
                name = f"slotwell_{owner}"
                self.postgres.create_database(name, owner=name)
                databases[owner] = self.postgres.url(name, user=name)
        if not (redis_url := named.get("SLOTWELL_REDIS_URL")):
            self.redis = Redis(private / "redis", flavour=INSTALLED, death_signal=other_end)
            self.redis.start()
            redis_url = self.redis.url
        if not (amqp_url := named.get("SLOTWELL_AMQP_URL")):
            self.rabbitmq = RabbitMQ(private / "rabbitmq", death_signal=other_end)
            self.rabbitmq.start()
            amqp_url = self.rabbitmq.url()
        folder = self._require_folder()
        self.environment = {
            **platform_environment(
                self.options,
                databases=databases,
                redis_url=redis_url,
                amqp_url=amqp_url,
                secret_key=named.get("SLOTWELL_SECRET_KEY") or folder.secret_key(),
                admin_token_sha256=named.get("SLOTWELL_ADMIN_TOKEN_SHA256") or folder.admin_token().sha256,
                demo_clock=folder.path / "demo-clock",
            ),
            **self._settings,
        }
        folder.write_environment(self.environment)

    def _start_processes(self, scale: Mapping[str, int]) -> None:
        for process in processes(demo=self.options.demo):
            count = scale.get(process.name, 1)
            ports = self._ports_of(process.name, count)
            for number, port in zip(range(1, count + 1), ports, strict=True):
                name = process.name if number == 1 else f"{process.name}.{number}"
                supervised = Supervised(
                    name,
                    process.module,
                    environment={
                        **self.environment,
                        "SLOTWELL_PROCESS": name,
                        "SLOTWELL_PORT": str(port),
                        **self._process_settings.get(name, {}),
                    },
                    say=self._say,
                    death_signal=signal.SIGKILL if self._for_tests else signal.SIGTERM,
                    restarts=self._restarts,
                    in_background=process.in_background and self._guests_first,
                )
                self.processes[name] = supervised
                supervised.start()

    def _ports_of(self, name: str, count: int) -> list[int]:
        first = self.options.port
        return [first + number for number in range(count)] if name == "gateway" else [first] * count

    def _ended_for_good(self, process: Supervised) -> bool:
        return not (process.running or self._restarts)

    def _gateways(self) -> list[tuple[int, Supervised]]:
        named = [process for name, process in self.processes.items() if name.partition(".")[0] == "gateway"]
        return list(enumerate(named, start=self.options.port))

    def _require_folder(self) -> DataFolder:
        if self._folder is None:
            raise RuntimeError("the stack was not started")
        return self._folder


def private_stack(folder: Path, *, demo: bool = True, **settings: str) -> Stack:
    """A stack for tests: in a folder of its own, on free ports, dying with the test run, no restarts.

    No process goes first: tests wait for messages, on machines that have other work.
    """
    environment = {"SLOTWELL_DATA": str(folder), "SLOTWELL_DEMO": "1" if demo else "0"}
    options = replace(read_options(environment), port=free_ports(MOST_GATEWAYS)[0])
    options = replace(options, public_url=f"http://{options.host}:{options.port}")
    return Stack(options, settings=settings, restarts=False, for_tests=True, guests_first=False)


def main() -> None:
    """Run until Ctrl-C or SIGTERM."""
    progress = Progress()
    printing = threading.Lock()

    def say(name: str, line: str) -> None:
        with printing:
            sys.stdout.write(f"{name:<22} | {line}\n")
            sys.stdout.flush()

    # Both, also where a script started us in the background, with SIGINT ignored.
    for how in (signal.SIGINT, signal.SIGTERM):
        signal.signal(how, signal.default_int_handler)
    started = time.monotonic()
    try:
        stack = _started(say, progress)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (Problem, ServerFailed) as problem:
        say_and_exit(problem)
    progress.ready(stack.options, seconds=time.monotonic() - started)
    stack.show_admin_token(progress)
    with contextlib.suppress(KeyboardInterrupt):
        threading.Event().wait()
    progress.line("Stopping…")
    stack.stop()


def _started(say: Callable[[str, str], None], progress: Progress) -> Stack:
    options = read_options(os.environ)
    scale = parse_scale(os.environ.get("SCALE", ""))
    for number in range(scale.get("gateway", 1)):
        refuse_taken_port(replace(options, port=options.port + number))
    if not front_end.is_built():
        with progress.step("Building the booking page", "Booking page built"):
            front_end.build()
    stack = Stack(options, say=say)
    stack.start(scale, progress=progress)
    return stack


if __name__ == "__main__":
    main()
