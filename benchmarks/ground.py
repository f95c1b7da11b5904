"""What is measured, running: the stack as separate processes, and beside it the floor on the same database server."""

import json
import signal
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import psycopg2
from catalog.domain.identity import derived_id
from launcher.one_shots import migration, run
from launcher.options import read_options
from launcher.readiness import what_is_missing
from launcher.stack import Stack
from launcher.supervised import Supervised
from servers.places import free_ports
from servers.programs import INSTALLED, postgres

from benchmarks import clinic, diary
from benchmarks.diary import Crew
from benchmarks.driver import Driver
from benchmarks.load import Request, consumers, times
from benchmarks.quiet import until, wait_quiet

SECONDS = ("booking", "gateway", "notifications-sender")
"""Of these a second process is started, and stands by until a row asks for it."""
FILLED_DAYS = 32


class Ground:
    """A private stack with the clinic to be measured; `close` leaves nothing behind."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.driver = Driver()
        self._closing = ExitStack()
        self._closing.callback(self.driver.close)
        document = folder / "clinic.yaml"
        document.write_text(json.dumps(clinic.document()), encoding="utf-8")
        port = free_ports(SECONDS.count("gateway") + 1)[0]
        options = read_options({"SLOTWELL_DATA": str(folder / "data"), "SLOTWELL_CLINIC": str(document)})
        options = replace(options, port=port, public_url=f"http://127.0.0.1:{port}")
        self.stack = Stack(options, restarts=False, for_tests=True)
        self.floor_url = ""
        self.limits = ""
        self.pgbench = postgres(INSTALLED).path("pgbench")

    def start(self) -> None:
        """Start everything, fill the diary and leave one process of each; raises Problem or ServerFailed."""
        try:
            self.stack.start(dict.fromkeys(SECONDS, 2))
            self._closing.callback(self.stack.discard)
            for name in SECONDS:
                self.stack.processes[f"{name}.2"].stop()
            self._start_floor()
            for size in clinic.SIZES:
                for database in (self.booking, self.limits):
                    diary.fill(database, self.crew(f"look-{size}", size, "look"), days=FILLED_DAYS)
            for database in (self.booking, self.limits):
                diary.settle(database, "bookings", "allocations")
            wait_quiet(self.stack)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Stop all of it and delete its data."""
        self._closing.close()

    @property
    def booking(self) -> str:
        """Booking's database."""
        return self.stack.database_urls["booking"]

    @property
    def urls(self) -> list[str]:
        """Where the gateways that run answer."""
        port = self.stack.options.port
        running = {"gateway": port, "gateway.2": port + 1}
        return [f"http://127.0.0.1:{at}" for name, at in running.items() if self.stack.processes[name].running]

    def second(self, name: str) -> None:
        """Start the second process of that name and wait until it works."""
        self.stack.processes[f"{name}.2"].start()
        if name == "gateway":
            second = f"http://127.0.0.1:{self.stack.options.port + 1}"
            until(lambda: not what_is_missing(second), within=60, expecting=f"{name}.2 to be ready")
        else:
            until(lambda: self._works(f"{name}.2"), within=60, expecting=f"{name}.2 to work")

    def alone(self, name: str) -> None:
        """Stop the second process of that name."""
        self.stack.processes[f"{name}.2"].stop()

    def query(self, database: str, sql: str, values: Mapping[str, object] | None = None) -> list[tuple[object, ...]]:
        """Ask a database of the stack, or the floor's."""
        connection = psycopg2.connect(database)
        try:
            connection.autocommit = True
            with connection.cursor() as cursor:
                cursor.execute(sql, values)
                return list(cursor.fetchall()) if cursor.description else []
        finally:
            connection.close()

    def crew(self, branch: str, count: int, service: str) -> Crew:
        """The practitioners of a branch of the measured clinic, and their rooms."""
        return Crew(
            location=identity("location", branch),
            service=identity("service", service),
            practitioners=[identity("practitioner", f"{branch}-{number}") for number in range(count)],
            rooms=[identity("resource", f"{branch}-room-{number}") for number in range(count)],
        )

    def _works(self, process: str) -> bool:
        if process == "booking.2":
            return self.driver.run(consumers, self.stack.environment["SLOTWELL_AMQP_URL"], "rpc-booking") == 2
        beating = "SELECT 1 FROM heartbeat WHERE process = %(process)s AND at > now() - interval '1 second'"
        return bool(self.query(self.stack.database_urls["notifications"], beating, {"process": process}))

    def environment_of_floor(self) -> dict[str, str]:
        branches = {
            crew.location: {"practitioners": crew.practitioners, "rooms": crew.rooms}
            for size in clinic.SIZES
            for crew in [self.crew(f"look-{size}", size, "look")]
        }
        given = {
            "database": self.limits,
            "branches": branches,
            "grid": clinic.GRID_MINUTES,
            "opens": clinic.OPENS.isoformat(),
            "closes": clinic.CLOSES.isoformat(),
        }
        return {"BENCH_FLOOR": json.dumps(given)}

    def _start_floor(self) -> None:
        if self.stack.postgres is None:
            raise RuntimeError("the stack has no PostgreSQL of its own")
        self.stack.postgres.create_database("limits", owner="limits")
        self.limits = self.stack.postgres.url("limits", user="limits")
        run([migration("booking")], {**self.stack.environment, "SLOTWELL_BOOKING_DATABASE_URL": self.limits})
        port = free_ports(1)[0]
        floor = Supervised(
            "floor",
            "benchmarks.floor",
            environment={**self.environment_of_floor(), "SLOTWELL_PORT": str(port)},
            say=lambda _name, _line: None,
            death_signal=signal.SIGKILL,
            restarts=False,
        )
        floor.start()
        self._closing.callback(floor.kill)
        self.floor_url = f"http://127.0.0.1:{port}"
        probe = [Request("GET", "/nowhere", status=404)]

        def answers() -> bool:
            if not floor.running:
                raise RuntimeError("the floor ended:\n" + "\n".join(floor.lines))
            try:
                self.driver.run(times, [self.floor_url], probe, 1)
            except OSError:
                return False
            return True

        until(answers, within=30, expecting="the floor to answer")


def identity(kind: str, key: str) -> str:
    """The id that the catalog gives to an entry of this key."""
    return str(derived_id(kind, key))
