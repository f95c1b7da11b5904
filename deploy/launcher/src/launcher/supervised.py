"""One process of the stack: started, its lines read, started again when it crashes."""

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path

from servers.child import Command, exec_as

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0
# A process that lived this long has started well: its next crash is a new story.
SETTLED_AFTER = 30.0
KEPT_LINES = 5_000
# A third of what a process in the foreground gets, when all want more than there is.
NICE = 5


class Supervised:
    """A process by name. `say(name, line)` gets every line that it writes, and what happens to it."""

    def __init__(
        self,
        name: str,
        module: str,
        *,
        environment: Mapping[str, str],
        say: Callable[[str, str], None],
        death_signal: signal.Signals,
        restarts: bool,
        in_background: bool = False,
    ) -> None:
        self.name = name
        self.lines: deque[str] = deque(maxlen=KEPT_LINES)
        self._module = module
        self._environment = dict(environment)
        self._say = say
        self._death_signal = death_signal
        self._restarts = restarts
        self._in_background = in_background
        self._process: subprocess.Popen[str] | None = None
        self._wanted = False
        self._pause = FIRST_PAUSE
        self._started_at = 0.0
        self._line_came = threading.Condition()
        self._changing = threading.RLock()

    @property
    def pid(self) -> int:
        """The process's id; that of the last one when none runs."""
        return self._process.pid if self._process else 0

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def returncode(self) -> int | None:
        """How the last process ended: None while it runs, -9 for SIGKILL."""
        return self._process.poll() if self._process else None

    @property
    def ended_by(self) -> str:
        """What ended the last process, in words; empty while it runs."""
        return "" if self.returncode is None else _cause(self.returncode)

    def start(self, **environment: str) -> None:
        """Start it if it does not run, with these settings on top of its own, this time only."""
        with self._changing:
            if self.running:
                return
            self._wanted = True
            self._spawn(environment)

    def stop(self, *, within_seconds: float = 10.0) -> None:
        """Ask it to end and wait; SIGKILL when it takes too long."""
        self.ask_to_stop()
        self.wait_stopped(within_seconds=within_seconds)

    def ask_to_stop(self) -> None:
        with self._changing:
            self._wanted = False
            if self.running:
                self._signal(signal.SIGTERM)

    def wait_stopped(self, *, within_seconds: float) -> None:
        if self._process is None:
            return
        try:
            self._process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired:
            self._say(self.name, f"did not stop within {within_seconds:.0f} s: killed")
            self.kill()

    def kill(self) -> None:
        """SIGKILL; it stays down until it is started."""
        with self._changing:
            self._wanted = False
            self._signal(signal.SIGKILL)
        if self._process is not None:
            self._process.wait(timeout=10)

    def pause(self) -> None:
        """SIGSTOP: it holds its connections and does nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        self._signal(signal.SIGCONT)

    def wait_ended(self, *, within_seconds: float) -> int:
        """Wait until it ends of itself (at a failpoint, say) and return its code; TimeoutError if it does not."""
        if self._process is None:
            raise RuntimeError(f"{self.name} was never started")
        try:
            return self._process.wait(timeout=within_seconds)
        except subprocess.TimeoutExpired:
            raise TimeoutError(f"{self.name} still runs after {within_seconds:.0f} s") from None

    def wait_line(self, pattern: str, *, within_seconds: float) -> str:
        """The first line kept that matches the pattern, waited for; TimeoutError if none comes."""
        expression = re.compile(pattern)
        deadline = time.monotonic() + within_seconds
        with self._line_came:
            while True:
                for line in self.lines:
                    if expression.search(line):
                        return line
                left = deadline - time.monotonic()
                if left <= 0:
                    raise TimeoutError(f"{self.name} wrote no line like {pattern!r}")
                self._line_came.wait(left)

    def _spawn(self, more: Mapping[str, str]) -> None:
        command = Command(
            name=self.name,
            arguments=(sys.executable, "-m", self._module),
            folder=Path.cwd(),
            log=Path(os.devnull),
            environment={**os.environ, **self._environment, **more, "PYTHONUNBUFFERED": "1"},
            death_signal=self._death_signal,
        )
        self._started_at = time.monotonic()
        self._process = subprocess.Popen(
            list(exec_as(command)),
            env=dict(command.environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        )
        threading.Thread(target=self._watch, args=(self._process,), daemon=True, name=self.name).start()

    def _watch(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout is not None  # noqa: S101 - asked for above
        if self._in_background:
            _yield_to_others(process.pid)
        for line in process.stdout:
            text = line.rstrip("\n")
            with self._line_came:
                self.lines.append(text)
                self._line_came.notify_all()
            self._say(self.name, text)
        code = process.wait()
        process.stdout.close()
        with self._changing:
            if not self._wanted or process is not self._process:
                return
            self._say(self.name, f"ended by {_cause(code)}")
            if not self._restarts:
                return
        self._start_again()

    def _start_again(self) -> None:
        if time.monotonic() - self._started_at > SETTLED_AFTER:
            self._pause = FIRST_PAUSE
        self._say(self.name, f"starts again in {self._pause:.1f} s")
        time.sleep(self._pause)
        self._pause = min(self._pause * 2, LONGEST_PAUSE)
        with self._changing:
            if self._wanted and not self.running:
                self._spawn({})

    def _signal(self, how: signal.Signals) -> None:
        if self.running and self._process is not None:
            self._process.send_signal(how)


def _yield_to_others(pid: int) -> None:
    """Let others go first where they need the processor. Linux weighs whole sessions first, and ours has its own."""
    with contextlib.suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, pid, NICE)
    for _ in range(5):
        try:
            Path(f"/proc/{pid}/autogroup").write_text(str(NICE), encoding="ascii")
        except BlockingIOError:  # Linux takes such a wish ten times a second, from all users together
            time.sleep(0.15)
        except OSError:
            return
        else:
            return


def _cause(code: int) -> str:
    return signal.Signals(-code).name if code < 0 else f"itself with status {code}"
