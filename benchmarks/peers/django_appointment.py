"""django-appointment: installed into a folder of its own, served by gunicorn with a process a core."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

from launcher.options import ROOT
from launcher.problem import Problem
from servers import Postgres
from servers.child import Command, exec_as
from servers.places import free_ports

from benchmarks.driver import Driver
from benchmarks.load import Request, times
from benchmarks.quiet import until

FOLDER = ROOT / ".cache" / "peers" / "django-appointment"
PACKAGES = ("django-appointment>=3.12,<4", "gunicorn>=23", "psycopg2-binary>=2.9")
SITE = Path(__file__).parent / "site"
DATABASE = "peer"
_APPLICATION = "django.core.wsgi:get_wsgi_application()"


class DjangoAppointment:
    """The peer on a database of its own on our PostgreSQL."""

    def __init__(self, server: Postgres) -> None:
        self._server = server
        self._process: subprocess.Popen[bytes] | None = None
        self.version = ""
        self.url = ""
        self.service = self.therapist = 0
        self.sessions: list[str] = []

    @property
    def database(self) -> str:
        return self._server.url(DATABASE, user=DATABASE)

    def start(self, driver: Driver, *, guests: int, day: date) -> None:
        """Install it if need be, fill its database and serve it; raises Problem with what its programs said."""
        self.version = _installed()
        self._server.create_database(DATABASE, owner=DATABASE)
        # The package brings no migrations: each site makes them once.
        self._run("-m", "django", "makemigrations", "appointment", "--verbosity", "0")
        self._run("-m", "django", "migrate", "--verbosity", "0")
        seeded: dict[str, Any] = json.loads(self._run(str(SITE / "seed.py"), str(guests), day.isoformat()))
        self.service, self.therapist, self.sessions = seeded["service"], seeded["therapist"], seeded["sessions"]
        port = free_ports(1)[0]
        self.url = f"http://127.0.0.1:{port}"
        served = ("--bind", f"127.0.0.1:{port}", "--workers", str(os.cpu_count() or 2), "--threads", "4")
        command = Command(
            name="gunicorn",
            arguments=(_python(), "-m", "gunicorn", *served, "--log-level", "error", _APPLICATION),
            folder=FOLDER,
            log=FOLDER / "gunicorn.log",
            environment=self._environment(),
            death_signal=signal.SIGTERM,
        )
        with command.log.open("wb") as log:
            self._process = subprocess.Popen(
                list(exec_as(command)), env=dict(command.environment), cwd=SITE, stdout=log, stderr=log
            )
        until(lambda: self._answers(driver, day), within=60, expecting=f"the peer to answer; see {command.log}")

    def close(self) -> None:
        """Stop serving."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait(timeout=20)
            self._process = None

    def slots(self, day: date) -> Request:
        """The request for one day's free times."""
        asked = f"selected_date={day.isoformat()}&staff_member={self.therapist}&service_id={self.service}"
        headers = {"X-Requested-With": "XMLHttpRequest"}
        return Request("GET", f"/ajax/available_slots/?{asked}", headers=headers)

    def _answers(self, driver: Driver, day: date) -> bool:
        try:
            driver.run(times, [self.url], [self.slots(day)], 1)
        except OSError:
            return False
        return True

    def _run(self, *arguments: str) -> str:
        return _output((_python(), *arguments), self._environment(), SITE)

    def _environment(self) -> Mapping[str, str]:
        # As psql's words: name=value, separated by spaces.
        host = self.database.partition("host=")[2]
        return {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "settings",
            "PEER_DATABASE": f"dbname={DATABASE} user={DATABASE} host={host}",
            "PYTHONPATH": str(SITE),
        }


def _python() -> str:
    return str(FOLDER / "venv" / "bin" / "python")


def _installed() -> str:
    """Install the peer unless it is there, and return its version."""
    told = (_python(), "-c", "import importlib.metadata as m; print(m.version('django-appointment'))")
    if not Path(_python()).exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        sys.stdout.write(f"Installing django-appointment into {FOLDER}…\n")
        _output((sys.executable, "-m", "venv", "--clear", str(FOLDER / "venv")), os.environ, FOLDER)
        _output((_python(), "-m", "pip", "install", "-qq", *PACKAGES), os.environ, FOLDER)
    return _output(told, os.environ, FOLDER).strip()


def _output(command: tuple[str, ...], environment: Mapping[str, str], folder: Path) -> str:
    done = subprocess.run(command, env=dict(environment), cwd=folder, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise Problem(f"The peer's {' '.join(command[1:3])} failed:\n{(done.stdout + done.stderr).strip()[-3000:]}")
    return done.stdout
