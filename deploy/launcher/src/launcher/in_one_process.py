"""All services, the gateway, relays and sender in this process, on eventlet's hub over one asyncio loop.

Importing this module patches the standard library: import it last, in a process that has no other use.
"""

import logging
import os

# All we talk to is on this machine or called by address: eventlet's own resolver is not needed.
os.environ.setdefault("EVENTLET_NO_GREENDNS", "yes")

from messaging import green

# eventlet complains of locks that it can't exchange: those of cached properties that the preparation used.
# One thread of the system never waits for them.
_last_resort, logging.lastResort = logging.lastResort, logging.NullHandler()
green.patch(asyncio_hub=True)
logging.lastResort = _last_resort

import asyncio  # noqa: E402 - after the patch, which decides what it is built on
import select  # noqa: E402
import signal  # noqa: E402
from collections.abc import Sequence  # noqa: E402
from importlib import import_module  # noqa: E402
from typing import Any  # noqa: E402

import eventlet  # noqa: E402
import eventlet.hubs  # noqa: E402
from eventlet.asyncio import spawn_for_awaitable  # noqa: E402
from eventlet.event import Event  # noqa: E402
from eventlet.greenthread import GreenThread  # noqa: E402
from eventlet.patcher import original  # noqa: E402
from messaging.bus import Bus, connect  # noqa: E402
from messaging.nameko_ext import start_service  # noqa: E402
from messaging.topology import Topology, declare  # noqa: E402
from runtime.logs import configure, get_logger  # noqa: E402

from launcher.one_shots import TOPOLOGY  # noqa: E402
from launcher.problem import Problem  # noqa: E402
from launcher.processes import Kind, Process, processes  # noqa: E402
from launcher.readiness import wait_ready  # noqa: E402
from launcher.servers_of_ours import Installation  # noqa: E402

READY_WITHIN = 120.0
STOP_WITHIN = 5.0
LOOK_AFTER_SERVERS_EVERY = 1.0
BROKER = "embedded://"

log = get_logger("launcher")


def _let_a_mere_look_pass() -> None:
    """A `select` that does not wait never blocks, so it may be called from asyncio's side too (httpcore does)."""
    waiting, looking = select.select, original("select").select

    def either(*what: Any) -> Any:
        return looking(*what) if len(what) > 3 and what[3] == 0 else waiting(*what)

    select.select = either


_let_a_mere_look_pass()


class Platform:
    """The platform's parts in this process: `start()`, `wait()` for the end, `stop()`."""

    def __init__(self, installation: Installation, *, level: str) -> None:
        configure("slotwell", level=level)
        self._installation = installation
        self._parts = processes(demo=installation.options.demo)
        self._stops: dict[str, asyncio.Event] = {}
        self._tasks: dict[str, GreenThread] = {}
        self._runners: dict[str, Any] = {}
        self._bus: Bus | None = None
        # Holds the name of the part that ended by itself and its error, or None after a signal.
        self._end: Event = Event()

    def start(self) -> None:
        """Start every part and wait until the gateway is ready; raises Problem naming the part that is not."""
        loop = eventlet.hubs.get_hub().loop
        for how in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(how, self._over, None)
        spawn_for_awaitable(declare(BROKER, Topology.read(TOPOLOGY))).wait()
        self._bus = spawn_for_awaitable(connect(BROKER, name="slotwell")).wait()
        for part in self._parts:
            settings = _named(part.settings).load()
            if part.kind is Kind.NAMEKO:
                self._start_service(part, settings)
            else:
                self._start_task(part, settings)
        eventlet.spawn(self._look_after_servers)
        options = self._installation.options
        wait_ready(options.local_url, within_seconds=READY_WITHIN, gone=self._end.ready)
        if self._end.ready():
            self.wait()

    def wait(self) -> None:
        """Return after Ctrl-C or SIGTERM; raise Problem when a part ends by itself."""
        reason = self._end.wait()
        if reason is not None:
            raise Problem(reason)

    def stop(self) -> None:
        """Close the door first, then let what was begun finish, within seconds."""
        names = [part.name for part in self._parts]
        self._stop_tasks([name for name in names if name in {"gateway", "demo-sink"}])
        self._stop_tasks([name for name in names if name in self._tasks])
        for name, runner in self._runners.items():
            stopped = False
            with eventlet.Timeout(STOP_WITHIN, exception=False):
                runner.stop()
                stopped = True
            if not stopped:
                log.warning("service did not stop in time", service=name)
                runner.kill()
        if self._bus is not None:
            spawn_for_awaitable(self._bus.close()).wait()

    def _start_service(self, part: Process, settings: Any) -> None:
        runner = start_service(_named(part.part), _named(f"{part.module}:nameko_config")(settings))
        self._runners[part.name] = runner
        eventlet.spawn(runner.wait).link(self._ended, part.name)

    def _start_task(self, part: Process, settings: Any) -> None:
        stop = self._stops[part.name] = asyncio.Event()
        task = spawn_for_awaitable(_named(part.part)(settings, self._bus, stop=stop))
        self._tasks[part.name] = task
        task.link(self._ended, part.name)

    def _stop_tasks(self, names: Sequence[str]) -> None:
        for name in names:
            if name in self._stops:
                self._stops[name].set()
        for name in names:
            if (task := self._tasks.pop(name, None)) is None:
                continue
            stopped = False
            with eventlet.Timeout(STOP_WITHIN, exception=False):
                task.wait()
                stopped = True
            if not stopped:
                log.warning("part did not stop in time", part=name)
                task.kill()

    def _ended(self, thread: GreenThread, name: str) -> None:
        try:
            thread.wait()
        except Exception as error:
            log.error("part failed", part=name, exc_info=True)
            self._over(f"{name} ended: {type(error).__name__}: {error}")
        else:
            self._over(f"{name} ended by itself.")

    def _over(self, reason: str | None) -> None:
        if not self._end.ready():
            self._end.send(reason)

    def _look_after_servers(self) -> None:
        while not self._end.ready():
            eventlet.sleep(LOOK_AFTER_SERVERS_EVERY)
            for name in self._installation.restart_dead_servers():
                log.warning("server had died and was started again", server=name)


def _named(place: str) -> Any:
    module, _, name = place.partition(":")
    return getattr(import_module(module), name)
