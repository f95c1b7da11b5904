"""One connection to the broker, kept by a greenlet of its own.

nameko's own consumer hangs for ever when its peer goes silent, and drives heartbeats only while nothing arrives. Here
every wait has a limit: connecting, opening, reading and writing; whatever breaks, the link is opened again.
"""

import socket
from collections.abc import Callable
from typing import Any

import amqp.exceptions
import eventlet
import kombu.exceptions
import structlog
from eventlet.event import Event
from eventlet.semaphore import Semaphore
from kombu import Connection

from messaging.embedded import transport as embedded_transport

HEARTBEAT_SECONDS = 5
CONNECT_SECONDS = 5
STEP_SECONDS = 10
READ_SECONDS = 0.5
STOPPING_SECONDS = 5
FIRST_PAUSE = 0.2
LONGEST_PAUSE = 2.0

LOST = (OSError, amqp.exceptions.AMQPError, kombu.exceptions.KombuError)
"""What a broken connection, channel or handshake raises, our own time limits included."""

log = structlog.stdlib.get_logger(__name__)

embedded_transport.register()


class Link:
    """Opens a connection, calls `opened` with a fresh channel, reads, and does so again after every loss.

    `opened` runs in the link's greenlet, and is the only place that may wait for the broker's answers.
    """

    def __init__(self, url: str, opened: Callable[[Any], None]) -> None:
        self._client = connection_to(url)
        self._opened = opened
        self._writing = Semaphore()
        self._channel: Any = None
        self._ready = Event()
        self._stopping = False
        self._ended = Event()
        self._asked: Callable[[], None] | None = None
        self._answered = Event()

    @property
    def channel(self) -> Any:
        """The open channel, or None while the broker is away."""
        return self._channel

    def run(self) -> None:
        """Keep the link until `stop`; the body of its greenlet."""
        try:
            self._keep()
        finally:
            self._channel = None
            self._ended.send()

    def wait_until_open(self, seconds: float | None = None) -> bool:
        """Wait for the link to be open, at most so long; say whether it is."""
        if self._channel is None and not self._stopping:
            with eventlet.Timeout(seconds, exception=False):
                self._ready.wait()
        return self._channel is not None

    def write(self, send: Callable[[], None]) -> bool:
        """Send something, one writer at a time, within a limit; False (and a new link) if that failed."""
        with self._writing:
            channel = self._channel
            if channel is None:
                return False
            try:
                with eventlet.Timeout(STEP_SECONDS, TimeoutError("the broker takes no data")):
                    send()
            except LOST as error:
                log.warning("broker link broke while writing", reason=_reason(error))
                self._cut(channel)
                return False
        return True

    def within(self, action: Callable[[], None]) -> None:
        """Have the link's greenlet do something that waits for the broker's answer; return when it is done or moot."""
        if self._channel is None or self._stopping:
            return
        self._answered = Event()
        self._asked = action
        with eventlet.Timeout(STEP_SECONDS, exception=False):
            self._answered.wait()

    def stop(self) -> None:
        """End the link at its next step, and wait a little for its end."""
        self._stopping = True
        if not self._ready.ready():
            self._ready.send()
        with eventlet.Timeout(STOPPING_SECONDS, exception=False):
            self._ended.wait()

    def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping:
            connection = None
            try:
                with eventlet.Timeout(STEP_SECONDS, TimeoutError("the broker did not answer")):
                    connection = self._client.transport.establish_connection()
                    channel = self._client.transport.create_channel(connection)
                    self._opened(channel)
                self._announce(channel)
                pause = FIRST_PAUSE
                while not self._stopping:
                    self._step(connection)
            except LOST as error:
                log.warning("broker link lost", reason=_reason(error), retry_in=pause)
            finally:
                self._abandon(connection)
            if not self._stopping:
                eventlet.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)

    def _step(self, connection: Any) -> None:
        if (asked := self._asked) is not None:
            self._asked = None
            with eventlet.Timeout(STEP_SECONDS, TimeoutError("the broker did not answer")):
                asked()
            self._answered.send()
        try:
            with eventlet.Timeout(STEP_SECONDS, TimeoutError("the broker fell silent in the middle of a frame")):
                connection.drain_events(timeout=READ_SECONDS)
        except socket.timeout as error:  # noqa: UP041  kombu's transports raise it by this name
            if str(error).startswith("the broker"):
                raise
        if self._channel is None:
            raise ConnectionError("cut by a writer")
        # Every step, not only the idle ones: a busy link has to prove itself alive too.
        with self._writing, eventlet.Timeout(STEP_SECONDS, TimeoutError("the broker takes no data")):
            self._client.transport.heartbeat_check(connection)

    def _announce(self, channel: Any) -> None:
        self._channel = channel
        if not self._ready.ready():
            self._ready.send()

    def _cut(self, channel: Any) -> None:
        if self._channel is channel:
            self._channel = None

    def _abandon(self, connection: Any) -> None:
        in_order = self._stopping and self._channel is not None
        self._channel = None
        if self._ready.ready() and not self._stopping:
            self._ready = Event()
        if not self._answered.ready():
            self._answered.send()
        if connection is None:
            return
        try:
            if in_order or not hasattr(connection, "collect"):
                with eventlet.Timeout(2, TimeoutError("the broker does not say good-bye")):
                    self._client.transport.close_connection(connection)
            else:
                connection.collect()  # no good-bye: it would wait for an answer that may never come
        except LOST as error:
            log.debug("broker link closed badly", reason=_reason(error))


def connection_to(url: str) -> Connection:
    """Return kombu's client for an address, with every limit set; nothing is connected yet."""
    return Connection(
        url,
        connect_timeout=CONNECT_SECONDS,
        heartbeat=HEARTBEAT_SECONDS,
        transport_options={} if url.startswith(embedded_transport.NAME) else _socket_options(),
    )


def _socket_options() -> dict[str, Any]:
    milliseconds = STEP_SECONDS * 1000
    return {
        "read_timeout": STEP_SECONDS,
        "write_timeout": STEP_SECONDS,
        "socket_settings": {socket.TCP_USER_TIMEOUT: milliseconds} if hasattr(socket, "TCP_USER_TIMEOUT") else {},
    }


def _reason(error: BaseException) -> str:
    return f"{type(error).__name__}: {error}"
