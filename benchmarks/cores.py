"""Where the machine's time goes while something is measured: the evidence for what is slow."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil
from launcher.stack import Stack

REST = "clients and harness"


class Cores:
    """Adds up the processor time of the stack's processes and servers over the stretches that are watched."""

    def __init__(self, stack: Stack) -> None:
        self._stack = stack
        self._used: dict[str, float] = {}
        self._seconds = 0.0

    @contextmanager
    def watched(self) -> Iterator[None]:
        """Count what happens within the block."""
        before, began = self._sample(), time.perf_counter()
        try:
            yield
        finally:
            self._seconds += time.perf_counter() - began
            for name, seconds in self._sample().items():
                self._used[name] = self._used.get(name, 0.0) + max(0.0, seconds - before.get(name, 0.0))

    def shares(self) -> dict[str, float]:
        """Cores used on average, the most first, whoever used less than a fiftieth of one left out."""
        return shares(self._used, self._seconds)

    def _sample(self) -> dict[str, float]:
        roots = {name: process.pid for name, process in self._stack.processes.items() if process.running}
        servers = {"PostgreSQL": self._stack.postgres, "Redis": self._stack.redis, "RabbitMQ": self._stack.rabbitmq}
        roots |= {name: server.pid for name, server in servers.items() if server is not None and server.running}
        found = {name: _with_children(pid) for name, pid in roots.items()}
        own = psutil.Process()
        found[REST] = _seconds(own) + sum(_seconds(one) for one in own.children() if "spawn_main" in _told(one))
        return found


def shares(used: Mapping[str, float], seconds: float) -> dict[str, float]:
    """Processor seconds over seconds, sorted."""
    if seconds <= 0:
        return {}
    found = {name: round(one / seconds, 2) for name, one in used.items() if one / seconds >= 0.02}
    return dict(sorted(found.items(), key=lambda item: -item[1]))


def _with_children(pid: int) -> float:
    with suppress(psutil.Error):
        root = psutil.Process(pid)
        return sum(_seconds(one) for one in [root, *root.children(recursive=True)])
    return 0.0


def _seconds(process: psutil.Process) -> float:
    with suppress(psutil.Error):
        times = process.cpu_times()
        return times.user + times.system
    return 0.0


def _told(process: psutil.Process) -> str:
    with suppress(psutil.Error):
        return " ".join(process.cmdline())
    return ""
