"""A supervised process: a real one, of a few lines."""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from launcher.supervised import NICE, Supervised

MODULE = """
import os, signal, sys, time
signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
print("hello from", os.environ["SLOTWELL_PROCESS"], "with", os.environ.get("EXTRA", "nothing"), flush=True)
if os.environ.get("CRASH"):
    os.kill(os.getpid(), signal.SIGKILL)
while True:
    time.sleep(0.1)
"""

Made = Callable[..., Supervised]


@pytest.fixture
def said() -> list[str]:
    return []


@pytest.fixture
def made(tmp_path: Path, said: list[str]) -> Iterator[Made]:
    (tmp_path / "sleeper.py").write_text(MODULE)
    all_made: list[Supervised] = []

    def make(*, restarts: bool = True, in_background: bool = False) -> Supervised:
        process = Supervised(
            "booking",
            "sleeper",
            environment={"PYTHONPATH": str(tmp_path), "SLOTWELL_PROCESS": "booking"},
            say=lambda name, line: said.append(f"{name}: {line}"),
            death_signal=signal.SIGKILL,
            restarts=restarts,
            in_background=in_background,
        )
        all_made.append(process)
        return process

    yield make
    for process in all_made:
        process.kill()


def test_its_lines_are_told_with_its_name(made: Made, said: list[str]) -> None:
    process = made()
    process.start()
    process.wait_line("hello from booking", within_seconds=10)
    assert "booking: hello from booking with nothing" in said


def test_in_the_background_it_lets_others_go_first(made: Made) -> None:
    first, after = made(), made(in_background=True)
    for process in (first, after):
        process.start()
        process.wait_line("hello", within_seconds=10)
    assert os.getpriority(os.PRIO_PROCESS, after.pid) == os.getpriority(os.PRIO_PROCESS, first.pid) + NICE


def test_it_ends_when_it_is_asked_to(made: Made) -> None:
    process = made()
    process.start()
    process.wait_line("hello", within_seconds=10)
    process.stop()
    assert process.returncode == 0


def test_a_crashed_process_is_started_again_and_it_says_so(made: Made, said: list[str]) -> None:
    process = made()
    process.start()
    process.wait_line("hello", within_seconds=10)
    first = process.pid
    process.lines.clear()
    os.kill(first, signal.SIGKILL)
    process.wait_line("hello", within_seconds=10)
    assert process.pid != first
    assert "booking: ended by SIGKILL" in said
    assert "booking: starts again in 0.5 s" in said


def test_a_setting_for_one_start_is_gone_at_the_next(made: Made) -> None:
    process = made()
    process.start(EXTRA="failpoint", CRASH="1")
    process.wait_line("with failpoint", within_seconds=10)
    process.wait_line("with nothing", within_seconds=10)
    assert process.running


def test_a_killed_process_stays_down_until_it_is_started(made: Made) -> None:
    process = made()
    process.start()
    process.wait_line("hello", within_seconds=10)
    process.kill()
    assert process.returncode == -signal.SIGKILL
    assert not process.running
    process.start()
    assert process.running


def test_without_restarts_its_end_can_be_waited_for(made: Made) -> None:
    process = made(restarts=False)
    process.start(CRASH="1")
    assert process.wait_ended(within_seconds=10) == -signal.SIGKILL


def test_a_line_that_never_comes_is_a_timeout(made: Made) -> None:
    process = made()
    process.start()
    with pytest.raises(TimeoutError, match="wrote no line like 'goodbye'"):
        process.wait_line("goodbye", within_seconds=0.2)


def test_the_interpreter_is_ours(made: Made) -> None:
    process = made()
    process.start()
    process.wait_line("hello", within_seconds=10)
    assert Path(f"/proc/{process.pid}/exe").resolve() == Path(sys.executable).resolve()
