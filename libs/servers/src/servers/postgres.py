"""A private PostgreSQL: own cluster, reached over a unix socket by its owner (and root) alone."""

import os
import shutil
import signal
import subprocess
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import quote

from servers import programs
from servers.accounts import lent_account
from servers.child import Child, Command, run
from servers.errors import ServerFailed
from servers.orphans import end_orphans
from servers.places import SocketFolder

SUPERUSER = "postgres"
# fsync stays on: nothing acknowledged may be lost, and platforms in tests run what clinics run.
SETTINGS = {
    "listen_addresses": "",
    "fsync": "on",
    "max_connections": "300",
    "shared_buffers": "128MB",
    # Kept in the cluster's folder, so that a killed server leaves nothing in /dev/shm.
    "dynamic_shared_memory_type": "mmap",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # A row that is refused, and the statement that brought it, hold a guest's contact: neither goes to the log.
    "log_error_verbosity": "terse",
    "log_min_error_statement": "panic",
}
_CREATE_DATABASE = r"""
SELECT format('CREATE ROLE %I LOGIN', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'owner') \gexec
SELECT format('CREATE DATABASE %I OWNER %I', :'name', :'owner')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \gexec
"""


class Postgres:
    """A PostgreSQL server in a folder: `cluster/` its data, `postgres.log` what it says.

    The caller sees to it that one process uses the folder at a time.
    """

    def __init__(
        self,
        folder: Path,
        *,
        flavour: str = programs.EMBEDDED,
        settings: Mapping[str, str] | None = None,
        death_signal: signal.Signals = signal.SIGINT,
        durable: bool = True,
    ) -> None:
        """`durable=False`, for tests, leaves a new cluster's files unsynced; transactions sync either way."""
        self._programs = programs.postgres(flavour)
        self._folder = folder
        self._cluster = folder / "cluster"
        self._settings = SETTINGS | dict(settings or {})
        self._death_signal = death_signal
        self._durable = durable
        folder.mkdir(parents=True, exist_ok=True)
        self._account = lent_account(self._cluster)
        self._sockets = SocketFolder(folder / "sockets", self._account)
        self._child: Child | None = None

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        return self._require().pid

    @property
    def is_new(self) -> bool:
        """Whether the first start would make the cluster."""
        return not (self._cluster / "PG_VERSION").exists()

    def url(self, database: str = "postgres", *, user: str = SUPERUSER) -> str:
        return f"postgresql://{user}@/{database}?host={quote(str(self._sockets.path), safe='/')}"

    def start(self) -> None:
        """Start, making the cluster first if there is none; recover by itself from whatever a crash left.

        Raises ServerFailed with the reason.
        """
        if self.running:
            return
        if self.is_new:
            self._make_cluster()
        self._refuse_other_versions()
        end_orphans(self._cluster, {"postgres"}, signal.SIGINT, within_seconds=30)
        # Whoever wrote it works here no more; its number may be another program's by now, which
        # PostgreSQL would take for a running server.
        (self._cluster / "postmaster.pid").unlink(missing_ok=True)
        options = self._settings | {"unix_socket_directories": str(self._sockets.path)}
        self._child = Child(
            self._command(
                "PostgreSQL",
                self._programs.path("postgres"),
                *("-D", str(self._cluster)),
                *(part for name, value in options.items() for part in ("-c", f"{name}={value}")),
            )
        )
        self._child.wait_ready(self._ready, within_seconds=60)

    def stop(self) -> None:
        """Stop cleanly: running transactions are rolled back, what was committed is on disk."""
        if self._child is not None:
            self._child.stop(signal.SIGINT, within_seconds=20)
            self._child = None

    def close(self) -> None:
        """Stop cleanly and give back the address; the data stays for the next one on this folder."""
        self.stop()
        self._sockets.remove()

    def discard(self) -> None:
        """Stop at once and delete the cluster."""
        if self._child is not None:
            self._child.stop(signal.SIGQUIT, within_seconds=10)
            self._child = None
        self._sockets.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        """SIGKILL for the whole server, as a power cut would."""
        self._require().kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self._require().pause()

    def resume(self) -> None:
        self._require().resume()

    def execute(self, sql: str, *, database: str = "postgres", **variables: str) -> str:
        """Run SQL as the superuser and return what psql prints, unaligned; raises ServerFailed.

        Variables stand in the SQL as psql's: `:'name'` for a value, `:"name"` for an identifier.
        """
        done = subprocess.run(
            [
                *(self._programs.path("psql"), "-X", "-A", "-t", "-q", "-v", "ON_ERROR_STOP=1"),
                *(part for name, value in variables.items() for part in ("-v", f"{name}={value}")),
                *("-h", str(self._sockets.path), "-U", SUPERUSER, "-d", database, "-f", "-"),
            ],
            input=sql,
            env=dict(programs.clean_environment()),
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailed(f"PostgreSQL refused: {done.stderr.strip()}")
        return done.stdout.strip()

    def create_database(self, name: str, *, owner: str = SUPERUSER) -> None:
        """Create a database and the role that owns it, those that do not exist yet."""
        self.execute(_CREATE_DATABASE, name=name, owner=owner)

    def drop_database(self, name: str) -> None:
        self.execute('DROP DATABASE IF EXISTS :"name" WITH (FORCE);', name=name)

    def _make_cluster(self) -> None:
        # Made beside its place and renamed, so that a kill in the middle leaves no half a cluster.
        unfinished = self._folder / "cluster.new"
        # Told of its owner's death, initdb still clears away what it made, and its PostgreSQL writes on meanwhile.
        for folder in (self._folder, unfinished):
            end_orphans(folder, {"initdb", "postgres"}, signal.SIGKILL, within_seconds=10)
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        if self._account is not None:
            os.chown(unfinished, self._account.uid, self._account.gid)
        run(
            self._command(
                "initdb",
                self._programs.path("initdb"),
                *("-D", str(unfinished), "-U", SUPERUSER, "--auth=trust", "--no-locale", "--encoding=UTF8"),
                *(() if self._durable else ("--no-sync",)),
            ),
            within_seconds=120,
        )
        shutil.rmtree(self._cluster, ignore_errors=True)
        unfinished.rename(self._cluster)

    def _refuse_other_versions(self) -> None:
        major = (self._cluster / "PG_VERSION").read_text(encoding="utf-8").strip()
        if self._programs.major and major != self._programs.major:
            raise ServerFailed(
                f"{self._cluster} was made by PostgreSQL {major}; this is {self._programs.major}."
                " Move the folder away, or upgrade it with pg_upgrade."
            )

    def _ready(self) -> bool:
        try:
            lines = (self._cluster / "postmaster.pid").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return False
        return len(lines) > 7 and lines[0] == str(self._require().pid) and lines[7].strip() == "ready"

    def _command(self, name: str, *arguments: str) -> Command:
        account = self._account
        closed = account is not None and not (account.reaches(self._cluster) and account.reaches(self._programs.folder))
        return Command(
            name=name,
            arguments=arguments,
            folder=self._folder,
            log=self._folder / "postgres.log",
            environment=programs.clean_environment(),
            account=account,
            closed_folders=closed,
            death_signal=self._death_signal,
        )

    def _require(self) -> Child:
        if self._child is None:
            raise ServerFailed("PostgreSQL was not started")
        return self._child
