import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest


@pytest.fixture
def spaced(tmp_path: Path) -> Path:
    """A folder with a space and an accent in its name, as people have them."""
    folder = tmp_path / "my données"
    folder.mkdir()
    return folder


@pytest.fixture
def eventually() -> Callable[[Callable[[], bool]], bool]:
    """Ask again and again, ten seconds at most."""

    def ask(question: Callable[[], bool]) -> bool:
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            if question():
                return True
            time.sleep(0.02)
        return question()

    return ask


@pytest.fixture
def killed_owner() -> Callable[[str], None]:
    """Run Python code that starts servers and prints a line, then SIGKILL it."""

    def run(code: str) -> None:
        with subprocess.Popen(
            [sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, env=dict(os.environ)
        ) as owner:
            assert owner.stdout is not None
            assert owner.stdout.readline().strip() == "ready"
            owner.send_signal(signal.SIGKILL)

    return run


@pytest.fixture
def working_in() -> Callable[[Path], list[int]]:
    """The processes that work in a folder or below it."""

    def look(folder: Path) -> list[int]:
        found = []
        for process in psutil.process_iter():
            try:
                if Path(process.cwd()).is_relative_to(folder.resolve()):
                    found.append(process.pid)
            except (psutil.NoSuchProcess, psutil.AccessDenied):
                continue
        return found

    return look
