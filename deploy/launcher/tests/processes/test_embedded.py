"""`make run`'s process, as a person meets it: started, started twice, stopped, killed, started again."""

import os
import signal
import socket
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from launcher.readiness import what_is_missing
from servers.places import free_ports

# A first start makes two servers and four databases, on a machine that may be busy with other tests.
READY_WITHIN = 150


class Run:
    """One process of `python -m launcher.embedded` on a data folder."""

    def __init__(self, folder: Path, port: int) -> None:
        self.url = f"http://127.0.0.1:{port}"
        self.data = folder / "data"
        self._output = folder / "output"
        self._environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith("SLOTWELL_")},
            "SLOTWELL_DATA": str(self.data),
            "SLOTWELL_PORT": str(port),
        }
        self.process: subprocess.Popen[bytes] | None = None

    def start(self, **environment: str) -> "Run":
        with self._output.open("wb") as output:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "launcher.embedded"],
                env=self._environment | environment,
                stdout=output,
                stderr=subprocess.STDOUT,
            )
        return self

    def wait_ready(self) -> None:
        deadline = time.monotonic() + READY_WITHIN
        while what_is_missing(self.url):
            assert self.alive, self.output
            assert time.monotonic() < deadline, self.output
            time.sleep(0.2)

    def end(self, how: signal.Signals, within: float = 30) -> int:
        assert self.process is not None
        self.process.send_signal(how)
        return self.process.wait(within)

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")


def processes_on(folder: Path) -> list[psutil.Process]:
    """Every process whose command line or working folder lies in the folder."""
    found = []
    for process in psutil.process_iter():
        try:
            if str(folder) in " ".join(process.cmdline()) or process.cwd().startswith(str(folder)):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Run]:
    folder = tmp_path / "a clinic's data"
    folder.mkdir()
    made = Run(folder, free_ports(1)[0])
    yield made
    if made.alive:
        made.end(signal.SIGTERM)


@pytest.mark.timeout(600)
def test_it_starts_stops_and_survives_a_kill_on_the_same_data(run: Run) -> None:
    run.start().wait_ready()
    assert stat.S_IMODE((run.data / "secret-key").stat().st_mode) == 0o600
    secret = (run.data / "secret-key").read_text()

    # A second start is refused in one line, and the first goes on.
    second = subprocess.run(
        [sys.executable, "-m", "launcher.embedded"],
        env={**os.environ, "SLOTWELL_DATA": str(run.data), "SLOTWELL_PORT": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert second.returncode == 1
    assert "already runs on" in second.stderr
    assert second.stderr.strip().count("\n") == 0
    assert not what_is_missing(run.url)

    # Killed with all it holds, it recovers by itself; its servers went with it or are taken care of.
    run.end(signal.SIGKILL)
    run.start().wait_ready()
    assert (run.data / "secret-key").read_text() == secret

    # Its database killed under it comes back.
    postgres = next(p for p in processes_on(run.data / "postgres") if p.name() == "postgres")
    postgres.kill()
    deadline = time.monotonic() + 60
    while not what_is_missing(run.url) and time.monotonic() < deadline and "died" not in run.output:
        time.sleep(0.1)
    run.wait_ready()
    assert "server had died and was started again" in run.output

    # Ctrl-C ends it cleanly, and nothing stays behind.
    assert run.end(signal.SIGINT) == 0
    assert processes_on(run.data) == []
    assert not (run.data / "postgres" / "cluster" / "postmaster.pid").exists()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("moment", [0.7, 2.0, 6.0])
def test_killed_while_it_starts_for_the_first_time_it_starts_the_next_time(run: Run, moment: float) -> None:
    run.start()
    time.sleep(moment)
    run.end(signal.SIGKILL)
    run.start().wait_ready()
    assert run.end(signal.SIGTERM) == 0


def test_a_taken_port_is_one_clear_line(run: Run) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        run.start(SLOTWELL_PORT=port)
        assert run.process is not None
        assert run.process.wait(30) == 1
    assert run.output.startswith(f"slotwell: Port {port}")
    assert run.output.strip().count("\n") == 0


def test_settings_that_are_wrong_in_live_mode_are_named_together(run: Run) -> None:
    run.start(SLOTWELL_DEMO="0", SLOTWELL_SMTP_URL="mail.example", SLOTWELL_SMS_URL="nowhere")
    assert run.process is not None
    assert run.process.wait(READY_WITHIN) != 0
    said = run.output
    assert "SLOTWELL_SMTP_URL" in said
    assert "SLOTWELL_SMS_URL" in said
    assert processes_on(run.data) == []
