"""The bus over RabbitMQ.

A supervisor keeps one session open. It is our own rather than aio-pika's robust connection, because that one makes
callers wait for the broker's return, and we promise to say at once that it is away.
"""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self

import structlog

from messaging import wire
from messaging.bus.errors import BrokerAway
from messaging.bus.feed import Feed
from messaging.bus.port import Handler
from messaging.bus.session import BROKEN, Session

FIRST_PAUSE = 0.1
LONGEST_PAUSE = 2.0

log = structlog.stdlib.get_logger(__name__)


class AmqpBus:
    """Implements `messaging.bus.Bus` over RabbitMQ; comes back by itself after every loss."""

    def __init__(self, url: str, *, name: str) -> None:
        self._url = url
        self._name = name
        self._session: Session | None = None
        self._feeds: set[_AmqpFeed] = set()
        self._tried = asyncio.Event()
        self._keeper = asyncio.create_task(self._keep(), name=f"{name}: broker")

    @classmethod
    async def connect(cls, url: str, *, name: str) -> Self:
        """Return once the first attempt has ended, well or not."""
        bus = cls(url, name=name)
        await bus._tried.wait()
        return bus

    @property
    def connected(self) -> bool:
        return self._session is not None and not self._session.lost.is_set()

    async def call(
        self,
        service: str,
        method: str,
        kwargs: Mapping[str, Any],
        *,
        timeout: float,
        correlation_id: str | None = None,
    ) -> Any:
        return await self._live().call(service, method, kwargs, timeout=timeout, correlation_id=correlation_id)

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float = 5.0
    ) -> None:
        await self._live().publish(exchange, routing_key, body, message_id=message_id, timeout=timeout)

    async def subscribe(
        self, exchange: str, keys: Sequence[str], handler: Handler, *, established: Callable[[], None] | None = None
    ) -> "_AmqpFeed":
        feed = _AmqpFeed(self._feeds, exchange, keys, handler, established)
        self._feeds.add(feed)
        session = self._session
        if session is not None and not session.lost.is_set():
            try:
                await feed.start(session)
            except BROKEN:
                await session.close()  # the supervisor opens the next one and starts all feeds on it
        return feed

    async def close(self) -> None:
        self._keeper.cancel()
        await asyncio.wait([self._keeper])
        for feed in list(self._feeds):
            await feed.cancel()
        if self._session is not None:
            await self._session.close()
            self._session = None

    def _live(self) -> Session:
        session = self._session
        if session is None or session.lost.is_set():
            raise BrokerAway
        return session

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while True:
            try:
                session = await Session.open(self._url, name=self._name)
                self._session = session
                for feed in list(self._feeds):
                    await feed.start(session)
            # Whatever ends an attempt, the next one follows. aiormq also answers a connection that breaks as it opens
            # with a cancellation of its own: it would end this task, and the process would stay cut off for ever.
            except (asyncio.CancelledError, Exception) as error:
                if (task := asyncio.current_task()) is not None and task.cancelling():
                    raise
                log.warning("broker away", reason=type(error).__name__, retry_in=pause)
                await self._drop()
                self._tried.set()
                await asyncio.sleep(pause)
                pause = min(LONGEST_PAUSE, pause * 2)
                continue
            log.info("broker connected")
            pause = FIRST_PAUSE
            self._tried.set()
            await session.lost.wait()
            log.warning("broker connection lost")
            await self._drop()

    async def _drop(self) -> None:
        session, self._session = self._session, None
        if session is not None:
            await session.close()


class _AmqpFeed(Feed):
    """A feed that outlives sessions."""

    def __init__(
        self,
        feeds: "set[_AmqpFeed]",
        exchange: str,
        keys: Sequence[str],
        handler: Handler,
        established: Callable[[], None] | None,
    ) -> None:
        super().__init__(handler)
        self._feeds = feeds
        self._exchange = exchange
        self._keys = tuple(keys)
        self._established = established
        self._on: Session | None = None
        self._end: Callable[[], Awaitable[None]] | None = None

    async def start(self, session: Session) -> None:
        if self._on is session:
            return
        self._on = session
        self._end = await session.feed(self._exchange, self._keys, lambda body: self.put(wire.load(body)))
        if self._established is not None:
            self._established()

    async def cancel(self) -> None:
        self._feeds.discard(self)
        end, self._end = self._end, None
        if end is not None:
            try:
                await end()
            except BROKEN:
                log.debug("the feed went with its connection")
        await super().cancel()
