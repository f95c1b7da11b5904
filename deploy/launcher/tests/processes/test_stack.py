"""`make stack`: processes of their own on private servers, watched and started again."""

import os
import signal
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from launcher.options import read_options
from launcher.readiness import what_is_missing
from launcher.stack import Stack
from servers.places import free_ports


def eventually(question: Callable[[], bool], *, within_seconds: float = 60) -> bool:
    deadline = time.monotonic() + within_seconds
    while not (answer := question()) and time.monotonic() < deadline:
        time.sleep(0.1)
    return answer


@pytest.mark.timeout(600)
def test_it_scales_starts_again_what_crashed_and_leaves_nothing_behind(tmp_path: Path) -> None:
    said: list[tuple[str, str]] = []
    options = replace(read_options({"SLOTWELL_DATA": str(tmp_path / "data")}), port=free_ports(2)[0])
    stack = Stack(options, say=lambda name, line: said.append((name, line)), for_tests=True)
    stack.start({"booking": 2, "gateway": 2})
    try:
        assert {"booking", "booking.2", "gateway", "gateway.2", "catalog", "demo-sink"} <= set(stack.processes)
        assert not what_is_missing(stack.url)
        assert not what_is_missing(f"http://127.0.0.1:{options.port + 1}")

        # A crash is told, and made good.
        booking = stack.processes["booking"]
        first = booking.pid
        os.kill(first, signal.SIGKILL)
        assert eventually(lambda: booking.running and booking.pid != first)
        assert ("booking", "ended by SIGKILL") in said

        # What a test kills stays down until it is started, with settings for that start alone.
        stack.kill("booking.2")
        assert not stack.processes["booking.2"].running
        stack.restart("booking.2", SLOTWELL_LOG_LEVEL="DEBUG")
        assert stack.processes["booking.2"].running

        # Servers can be taken away and come back at the same address.
        assert stack.redis is not None
        stack.redis.kill()
        stack.redis.start()
        stack.wait_ready()
        pids = [process.pid for process in stack.processes.values()]
    finally:
        stack.stop()
    assert not [pid for pid in pids if psutil.pid_exists(pid)]
    assert not [p for p in psutil.process_iter() if str(tmp_path) in " ".join(_command_line(p))]


def _command_line(process: psutil.Process) -> list[str]:
    try:
        return process.cmdline()
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return []
