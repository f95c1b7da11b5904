"""A process that runs one service: starts, waits for the broker as long as it takes, and stops cleanly."""

import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any, NoReturn

import eventlet
import structlog
from eventlet.event import Event
from eventlet.hubs import trampoline
from nameko.runners import ServiceRunner
from runtime.pulse import Pulse

from messaging.nameko_ext.consuming import Consuming

STOPPING_SECONDS = 10
_CONTAINER = "messaging.nameko_ext.container.Container"

log = structlog.stdlib.get_logger(__name__)


def start_service(service: type, config: Mapping[str, Any]) -> ServiceRunner:
    """Start a service in this process and return its runner (`stop()`, `wait()`); returns when it takes calls.

    The standard library must be patched by then (`messaging.green.patch`).
    """
    runner = _runner(service, config)
    runner.start()
    return runner


def run_service(service: type, config: Mapping[str, Any], *, pulse: Pulse | None = None) -> NoReturn:
    """Run a service until SIGTERM or SIGINT; then finish the work at hand and end the process.

    A second signal, or 10 s, ends it at once; after 15 s the process ends whatever it does. If the service dies of
    a fault, that is raised. `pulse` beats while the service takes calls.
    """
    runner = _runner(service, config)
    ended = Event()
    with _signals() as received:
        starting = eventlet.spawn(runner.start)
        watching = eventlet.spawn(_watch, runner, starting, ended)
        listening = eventlet.spawn(_listen, received, ended)
        beating = eventlet.spawn(_beat, runner, starting, pulse or Pulse())
        fault = ended.wait()
        if fault is None:
            log.info("stopping", service=service.__name__)
            # The hub may hang: a thread outside Python then says where, and ends it.
            faulthandler.dump_traceback_later(STOPPING_SECONDS + 5, exit=True)
            _stop(runner, received)
        for greenlet in (beating, listening, watching, starting):
            greenlet.kill()
    if fault is not None:
        raise fault
    _leave()


def _runner(service: type, config: Mapping[str, Any]) -> ServiceRunner:
    runner = ServiceRunner({"SERVICE_CONTAINER_CLS": _CONTAINER, **config})
    runner.add_service(service)
    return runner


def _watch(runner: ServiceRunner, starting: Any, ended: Event) -> None:
    """Tell of the service's own death."""
    try:
        starting.wait()
        log.info("service started", services=sorted(runner.service_names))
        runner.wait()
    except Exception as error:  # noqa: BLE001  whatever killed it, the process ends with it; `run_service` raises it
        if not ended.ready():
            ended.send(error)


def _beat(runner: ServiceRunner, starting: Any, pulse: Pulse) -> None:
    """Beat while every link to the broker stands. A worker that blocks the hub silences this too, as it should."""
    starting.wait()
    while True:
        if all(consuming.is_open for consuming in _links(runner)):
            pulse.beat()
        eventlet.sleep(pulse.every_seconds)


def _links(runner: ServiceRunner) -> Iterator[Consuming]:
    for container in runner.containers:
        yield from (one for one in container.shared_extensions.values() if isinstance(one, Consuming))


def _listen(received: int, ended: Event) -> None:
    """Tell of the first signal."""
    _await_signal(received)
    if not ended.ready():
        ended.send(None)


def _stop(runner: ServiceRunner, received: int) -> None:
    stopping = eventlet.spawn(runner.stop)
    impatient = eventlet.spawn(_await_signal, received)
    hurry = Event()
    for greenlet in (stopping, impatient):
        greenlet.link(lambda _: None if hurry.ready() else hurry.send())
    with eventlet.Timeout(STOPPING_SECONDS, exception=False):
        hurry.wait()
    impatient.kill()
    if not stopping.dead:
        log.warning("stopped without waiting for the work at hand")
        stopping.kill()
        with eventlet.Timeout(2, exception=False):
            runner.kill()


def _leave() -> NoReturn:
    """End the process, all being closed, without the interpreter's own end.

    That may never come to one: Python 3.13 takes native threads that wait for it, such as eventlet's, from under the
    locks of the libraries they are in, and then waits for those locks itself.
    """
    log.info("stopped")
    logging.shutdown()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(0)


def _await_signal(received: int) -> None:
    trampoline(received, read=True)
    os.read(received, 512)


@contextmanager
def _signals() -> Iterator[int]:
    """A file descriptor that becomes readable with each SIGTERM and SIGINT.

    The hub sleeps in the kernel; a handler in Python alone would not wake it.
    """
    receiving, sending = os.pipe()
    os.set_blocking(receiving, False)
    os.set_blocking(sending, False)
    before = {number: signal.signal(number, _noticed) for number in (signal.SIGTERM, signal.SIGINT)}
    old = signal.set_wakeup_fd(sending, warn_on_full_buffer=False)
    try:
        yield receiving
    finally:
        signal.set_wakeup_fd(old)
        for number, handler in before.items():
            signal.signal(number, handler)
        os.close(receiving)
        os.close(sending)


def _noticed(_number: int, _frame: Any) -> None:
    """The pipe tells of it."""
