"""What each request costs every process in processor time: the evidence for what is slow.

A process that spends 2 ms on each can answer no more than 500 a second, however many clients wait. On a busy machine it
grows too, if less than the time that a request takes (caches are cold): what it tells then is who spends most.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psutil
from launcher.stack import Stack
from launcher.supervised import Supervised

REST = "clients and harness"


class Costs:
    """Adds up the processor time of the stack's processes and servers over the requests that are watched."""

    def __init__(self, stack: Stack, **others: Supervised) -> None:
        self._stack = stack
        self._others = others
        self._used: dict[str, float] = {}
        self._requests = 0

    @contextmanager
    def watched(self, requests: int) -> Iterator[None]:
        """Count what happens within the block, in which so many requests are made."""
        before = self._sample()
        try:
            yield
        finally:
            self._requests += requests
            for name, seconds in self._sample().items():
                self._used[name] = self._used.get(name, 0.0) + max(0.0, seconds - before.get(name, 0.0))

    def each(self) -> dict[str, float]:
        """Milliseconds that one request cost each process, the most first."""
        return each(self._used, self._requests)

    def _sample(self) -> dict[str, float]:
        processes = {**self._stack.processes, **self._others}
        roots = {name: process.pid for name, process in processes.items() if process.running}
        servers = {"PostgreSQL": self._stack.postgres, "Redis": self._stack.redis, "RabbitMQ": self._stack.rabbitmq}
        roots |= {name: server.pid for name, server in servers.items() if server is not None and server.running}
        found = {name: _with_children(pid) for name, pid in roots.items()}
        own = psutil.Process()
        found[REST] = _seconds(own) + sum(_seconds(one) for one in own.children() if "spawn_main" in _told(one))
        return found


def each(used: Mapping[str, float], requests: int) -> dict[str, float]:
    """Processor seconds as milliseconds a request, sorted; whoever spent next to nothing is left out."""
    if requests <= 0:
        return {}
    found = {name: round(seconds * 1000 / requests, 2) for name, seconds in used.items()}
    return dict(sorted(((name, ms) for name, ms in found.items() if ms >= 0.02), key=lambda item: -item[1]))


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
