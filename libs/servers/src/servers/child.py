"""A server's process: started so that it dies with us, watched, signalled, ended."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from servers.accounts import Account
from servers.errors import ServerFailed
from servers.orphans import wait_gone

EXEC_AS = Path(__file__).with_name("exec_as.py")
LOG_LIMIT_BYTES = 20_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Command:
    """What to run, as whom, where. `death_signal` is what the process gets when we die (Linux)."""

    name: str
    arguments: Sequence[str]
    folder: Path
    log: Path
    environment: Mapping[str, str]
    account: Account | None = None
    closed_folders: bool = False
    death_signal: signal.Signals = signal.SIGTERM


class Child:
    """A running server process. Start it from the main thread: it dies with the thread that started it."""

    def __init__(self, command: Command) -> None:
        self.name = command.name
        self._log = command.log
        if self._log.exists() and self._log.stat().st_size > LOG_LIMIT_BYTES:
            self._log.replace(self._log.with_suffix(".previous.log"))
        with self._log.open("ab") as log:
            self._log_start = log.tell()
            self._process = subprocess.Popen(
                list(exec_as(command)),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                cwd=command.folder,
                env=dict(command.environment),
                # Ctrl-C in a terminal goes to our group only, so that we choose the order of the end.
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def running(self) -> bool:
        return self._process.poll() is None

    def wait_ready(self, ready: Callable[[], bool], *, within_seconds: float) -> None:
        """Return once `ready` says so; raise ServerFailed with the log's end if it dies or is late."""
        deadline = time.monotonic() + within_seconds
        while not ready():
            if not self.running:
                raise ServerFailed(f"{self.name} ended with status {self._process.returncode}:\n{self.log_tail()}")
            if time.monotonic() > deadline:
                self.kill()
                raise ServerFailed(f"{self.name} was not ready within {within_seconds:.0f} s:\n{self.log_tail()}")
            time.sleep(0.02)

    def stop(self, how: signal.Signals, *, within_seconds: float) -> None:
        """End the process by a signal it understands, or by SIGKILL when it does not obey in time."""
        if not self.running:
            return
        self.resume()
        self._process.send_signal(how)
        try:
            self._process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired:
            self.kill()

    def kill(self) -> None:
        """SIGKILL for the process and all it started, as a machine's crash would do it."""
        family = self._family()
        for member in family:
            _signal(member, signal.SIGKILL)
        wait_gone(family, within_seconds=10)
        self._process.wait(timeout=10)

    def pause(self) -> None:
        """Freeze the process and all it started: connections stay open and nothing answers."""
        family = self._family()
        for member in family:
            _signal(member, signal.SIGSTOP)
        # The kernel stops each at its own next step.
        deadline = time.monotonic() + 5
        while not all(_is_stopped(member) for member in family) and time.monotonic() < deadline:
            time.sleep(0.01)

    def resume(self) -> None:
        for member in self._family():
            _signal(member, signal.SIGCONT)

    def log_tail(self, lines: int = 12) -> str:
        """The last lines that this process wrote."""
        with self._log.open("rb") as log:
            log.seek(self._log_start)
            text = log.read().decode(errors="replace").strip()
        return "\n".join(text.splitlines()[-lines:])

    def _family(self) -> list[psutil.Process]:
        try:
            process = psutil.Process(self.pid)
            return [process, *process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def exec_as(command: Command) -> Sequence[str]:
    """The command line that runs a program through `exec_as.py`."""
    account = command.account
    return (
        *(sys.executable, "-I", "-S", str(EXEC_AS)),
        *(str(os.getpid()), str(int(command.death_signal))),
        *((str(account.uid), str(account.gid)) if account else ("-1", "-1")),
        str(int(command.closed_folders)),
        *command.arguments,
    )


def run(command: Command, *, within_seconds: float) -> None:
    """Run a program to its end, or raise ServerFailed with what it wrote."""
    child = Child(command)
    child.wait_ready(lambda: not child.running, within_seconds=within_seconds)
    if child._process.returncode != 0:  # noqa: SLF001 - same module
        raise ServerFailed(f"{command.name} failed:\n{child.log_tail()}")


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    try:
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return


def _is_stopped(process: psutil.Process) -> bool:
    try:
        return bool(process.status() in {psutil.STATUS_STOPPED, psutil.STATUS_ZOMBIE})
    except psutil.NoSuchProcess:
        return True
