"""The bus over the broker inside this process."""

import asyncio
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from messaging import wire
from messaging.bus.errors import (
    AnswerLost,
    BrokerAway,
    DeadlinePassed,
    RemoteFault,
    ServiceAway,
    Unconfirmed,
    Unroutable,
)
from messaging.bus.feed import Feed
from messaging.bus.port import Handler
from messaging.embedded.broker import Broker, Delivery, Message, broker_for


class EmbeddedBus:
    """Implements `messaging.bus.Bus` in memory. It is always connected, until it is closed."""

    def __init__(self, broker: Broker) -> None:
        self._broker = broker
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._reply_to = str(uuid.uuid4())
        self._feeds: set[_EmbeddedFeed] = set()
        self._closed = False
        broker.declare_exchange(wire.RPC_EXCHANGE)
        self._replies = broker.declare_queue().name
        broker.bind(self._replies, wire.RPC_EXCHANGE, self._reply_to)
        broker.consume(self._replies, self._answered)

    @classmethod
    def connect(cls, url: str, *, name: str) -> Self:
        """The bus of this process; there is no list of connections to show `name` in."""
        del name
        return cls(broker_for(url))

    @property
    def connected(self) -> bool:
        return not self._closed

    async def call(
        self,
        service: str,
        method: str,
        kwargs: Mapping[str, Any],
        *,
        timeout: float,
        correlation_id: str | None = None,
    ) -> Any:
        self._refuse_if_closed()
        call_id = str(uuid.uuid4())
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting[call_id] = answer
        try:
            sent = self._broker.publish(
                Message(
                    exchange=wire.RPC_EXCHANGE,
                    routing_key=f"{service}.{method}",
                    body=wire.call_body(kwargs),
                    properties={
                        "content_type": wire.CONTENT_TYPE,
                        "content_encoding": "utf-8",
                        "delivery_mode": wire.TRANSIENT,
                        "reply_to": self._reply_to,
                        "correlation_id": call_id,
                    },
                    headers=wire.call_headers(correlation_id=correlation_id, deadline=time.time() + timeout),
                    expires_at=time.monotonic() + timeout,
                )
            )
            if sent is None:
                raise ServiceAway(service)
            async with asyncio.timeout(timeout):
                reply = await answer
        except TimeoutError as error:
            raise DeadlinePassed(f"{service}.{method}") from error
        finally:
            del self._waiting[call_id]
        if fault := reply.get("error"):
            raise RemoteFault(str(fault.get("exc_type")), str(fault.get("value")))
        return reply.get("result")

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float = 5.0
    ) -> None:
        self._refuse_if_closed()
        receipt = self._broker.publish(
            Message(
                exchange=exchange,
                routing_key=routing_key,
                body=wire.dump(body),
                properties={
                    "content_type": wire.CONTENT_TYPE,
                    "content_encoding": "utf-8",
                    "delivery_mode": wire.PERSISTENT,
                    "message_id": message_id,
                },
            )
        )
        if receipt is None:
            raise Unroutable(f"no queue is bound to {exchange} for {routing_key}")
        committed: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        receipt.when_done(lambda: None if committed.done() else committed.set_result(None))
        try:
            async with asyncio.timeout(timeout):
                await committed
        except TimeoutError as error:
            raise Unconfirmed("not every consumer has committed in time") from error
        finally:
            receipt.withdraw()

    async def subscribe(
        self, exchange: str, keys: Sequence[str], handler: Handler, *, established: Callable[[], None] | None = None
    ) -> "_EmbeddedFeed":
        self._refuse_if_closed()
        self._broker.declare_exchange(exchange)
        feed = _EmbeddedFeed(self._broker, self._feeds, handler)
        for key in keys:
            self._broker.bind(feed.queue, exchange, key)
        if established is not None:
            established()
        return feed

    async def close(self) -> None:
        self._closed = True
        self._broker.delete_queue(self._replies)
        for feed in list(self._feeds):
            await feed.cancel()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(AnswerLost())

    def _refuse_if_closed(self) -> None:
        if self._closed:
            raise BrokerAway

    def _answered(self, delivery: Delivery) -> None:
        delivery.ack()
        waiting = self._waiting.get(str(delivery.message.properties.get("correlation_id")))
        if waiting is not None and not waiting.done():
            waiting.set_result(wire.load(delivery.message.body))


class _EmbeddedFeed(Feed):
    def __init__(self, broker: Broker, feeds: "set[_EmbeddedFeed]", handler: Handler) -> None:
        super().__init__(handler)
        self._broker = broker
        self._feeds = feeds
        self._feeds.add(self)
        self.queue = broker.declare_queue().name
        broker.consume(self.queue, self._arrived_one)

    async def cancel(self) -> None:
        self._feeds.discard(self)
        self._broker.delete_queue(self.queue)
        await super().cancel()

    def _arrived_one(self, delivery: Delivery) -> None:
        delivery.ack()  # a copy that can be refetched does not hold up what others commit
        self.put(wire.load(delivery.message.body))
