"""Staff alerts by Apprise (https://appriseit.com): one address for each of a hundred services, all in its own format.

Apprise runs in a process of its own, for the seconds that an alert takes: it blocks, it loads much that no sender
needs, and whatever one of its services does there stops no message to a guest.
"""

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress

from runtime.logs import get_logger

from notifications.domain.alerts import Alert

log = get_logger(__name__)

_LOOK_EVERY = 0.1


class AppriseAlerts:
    """The `Alerts`. Addresses hold tokens: they go by standard input, and into no log and no list of processes."""

    def __init__(self, urls: str, *, patience: float = 30) -> None:
        """`urls` as Apprise reads them, with spaces or commas between; `patience` in seconds."""
        self._urls = urls
        self._patience = patience

    async def tell(self, said: Alert) -> bool:
        asked = json.dumps({"urls": self._urls, "title": said.title, "body": said.body})
        try:
            process = _begin([sys.executable, "-m", "notifications.tell_staff"], asked.encode())
        except OSError as problem:
            log.error("alerts cannot be sent", problem=type(problem).__name__)
            return False
        ended: int | None = None
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(self._patience):
                    ended = await _ended(process)
        finally:
            if ended is None:
                os.kill(process, signal.SIGKILL)
        if ended is None:
            log.warning("alerts took too long and were given up")
            await _ended(process)
        return ended == 0


def _begin(command: list[str], told: bytes) -> int:
    """Start it with `told` on its standard input, and return its number.

    `subprocess` waits for the new process to begin, and eventlet's `os.write` for the pipe: neither may be done on the
    loop that is eventlet's own.
    """
    ear, mouth = os.pipe()
    try:
        quiet = [(os.POSIX_SPAWN_OPEN, number, os.devnull, os.O_WRONLY, 0) for number in (1, 2)]
        actions = [(os.POSIX_SPAWN_DUP2, ear, 0), *quiet]
        process = os.posix_spawn(command[0], command, os.environ, file_actions=actions)
        with suppress(BrokenPipeError), open(mouth, "wb", buffering=0, closefd=False) as pipe:
            pipe.write(told)  # a pipe holds more than any alert
    finally:
        os.close(ear)
        os.close(mouth)
    return process


async def _ended(process: int) -> int:
    """Wait for its end, looking now and then, and return its exit code."""
    while True:
        number, status = os.waitpid(process, os.WNOHANG)  # noqa: ASYNC222  (it does not wait)
        if number:
            return os.waitstatus_to_exitcode(status)
        await asyncio.sleep(_LOOK_EVERY)
