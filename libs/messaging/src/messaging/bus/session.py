"""One connection to RabbitMQ, from its opening to its loss. `AmqpBus` opens the next one."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Self, cast
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import aiormq
from aiormq.abc import AbstractConnection, DeliveredMessage
from aiormq.channel import Channel
from aiormq.exceptions import AMQPError, ChannelClosed, DeliveryError, PublishError
from pamqp.commands import Basic

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

HEARTBEAT_SECONDS = 5
OPENING_SECONDS = 5.0
_CLOSING_SECONDS = 3.0

Receive = Callable[[bytes], None]

BROKEN = (AMQPError, OSError, RuntimeError, TimeoutError)
"""What aiormq raises when a connection or channel is gone (its own invalid-state error is a RuntimeError)."""


class Session:
    """Calls, confirmed events and feeds over one connection. `lost` is set when it is of no more use."""

    def __init__(self, connection: AbstractConnection) -> None:
        self.lost = asyncio.Event()
        self._connection = connection
        self._calls: Channel
        self._events: Channel
        self._reply_to = str(uuid.uuid4())
        self._waiting: dict[str, asyncio.Future[Any]] = {}
        self._known: set[tuple[str, str]] = set()
        self._probing = asyncio.Lock()
        self._running: set[asyncio.Task[None]] = set()

    @classmethod
    async def open(cls, url: str, *, name: str) -> Self:
        """Connect and prepare for calls, or raise one of `BROKEN`."""
        async with asyncio.timeout(OPENING_SECONDS):
            session = cls(await aiormq.connect(_with_options(url, name=name, heartbeat=str(HEARTBEAT_SECONDS))))
            try:
                await session._prepare()
            except BaseException:
                await session.close()
                raise
        return session

    async def call(
        self, service: str, method: str, kwargs: Mapping[str, Any], *, timeout: float, correlation_id: str | None
    ) -> Any:
        """See `Bus.call`."""
        deadline = time.time() + timeout
        answer: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        call_id = str(uuid.uuid4())
        try:
            async with asyncio.timeout(timeout):
                if not await self._exists("queue", wire.rpc_queue(service)):
                    raise ServiceAway(service)
                self._refuse_if_lost()
                self._waiting[call_id] = answer
                await self._calls.basic_publish(
                    wire.call_body(kwargs),
                    exchange=wire.RPC_EXCHANGE,
                    routing_key=f"{service}.{method}",
                    properties=Basic.Properties(
                        content_type=wire.CONTENT_TYPE,
                        content_encoding="utf-8",
                        delivery_mode=wire.TRANSIENT,
                        reply_to=self._reply_to,
                        correlation_id=call_id,
                        expiration=str(max(1, int(timeout * 1000))),
                        headers=dict(wire.call_headers(correlation_id=correlation_id, deadline=deadline)),
                    ),
                    wait=False,
                )
                reply = await answer
        except TimeoutError as error:
            raise DeadlinePassed(f"{service}.{method}") from error
        except BROKEN as error:
            self._lose()
            raise AnswerLost(f"{service}.{method}") from error
        finally:
            self._waiting.pop(call_id, None)
        if fault := reply.get("error"):
            raise RemoteFault(str(fault.get("exc_type")), str(fault.get("value")))
        return reply.get("result")

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float
    ) -> None:
        """See `Bus.publish`."""
        try:
            async with asyncio.timeout(timeout):
                # Publishing to a missing exchange would close the channel, and take all others in flight with it.
                if not await self._exists("exchange", exchange):
                    raise Unroutable(f"there is no exchange {exchange}")
                self._refuse_if_lost()
                await self._events.basic_publish(
                    wire.dump(body),
                    exchange=exchange,
                    routing_key=routing_key,
                    mandatory=True,
                    properties=Basic.Properties(
                        content_type=wire.CONTENT_TYPE,
                        content_encoding="utf-8",
                        delivery_mode=wire.PERSISTENT,
                        message_id=message_id,
                    ),
                    wait=False,
                )
        except PublishError as error:
            raise Unroutable(f"no queue is bound to {exchange} for {routing_key}") from error
        except DeliveryError as error:
            raise Unconfirmed("the broker refused the event") from error
        except TimeoutError as error:
            raise Unconfirmed("no confirm came in time") from error
        except BROKEN as error:
            self._lose()
            raise Unconfirmed("the connection broke before the confirm came") from error

    async def feed(self, exchange: str, keys: Sequence[str], receive: Receive) -> Callable[[], Awaitable[None]]:
        """Hand each event to `receive` as it comes, from now until the session is lost; return what ends it."""
        async with asyncio.timeout(OPENING_SECONDS):
            channel = await self._watched_channel()
            await channel.exchange_declare(exchange, exchange_type="topic", durable=True)
            declared = await channel.queue_declare(exclusive=True, auto_delete=True)
            queue = str(declared.queue)
            for key in keys:
                await channel.queue_bind(queue, exchange, routing_key=key)

            async def arrived(message: DeliveredMessage) -> None:
                receive(message.body)

            consuming = await channel.basic_consume(queue, arrived, no_ack=True)

        async def end() -> None:
            if not self.lost.is_set():
                async with asyncio.timeout(_CLOSING_SECONDS):
                    await channel.basic_cancel(str(consuming.consumer_tag))  # the queue goes with its consumer

        return end

    async def close(self) -> None:
        """Let go of the connection; what waits for an answer gets `AnswerLost`."""
        self._lose()
        try:
            async with asyncio.timeout(_CLOSING_SECONDS):
                await self._connection.close()
        except (asyncio.CancelledError, *BROKEN):
            # Closing is a courtesy to the broker; aiormq may answer it with its own cancellation.
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise

    async def _prepare(self) -> None:
        self._connection.closing.add_done_callback(lambda _: self._lose())
        self._calls = await self._watched_channel()
        self._events = await self._watched_channel(confirms=True)
        await self._calls.exchange_declare(wire.RPC_EXCHANGE, exchange_type="topic", durable=True)
        declared = await self._calls.queue_declare(exclusive=True, auto_delete=True)
        queue = str(declared.queue)
        await self._calls.queue_bind(queue, wire.RPC_EXCHANGE, routing_key=self._reply_to)
        await self._calls.basic_consume(queue, self._answered, no_ack=True)

    async def _answered(self, message: DeliveredMessage) -> None:
        waiting = self._waiting.get(str(message.header.properties.correlation_id))
        if waiting is not None and not waiting.done():
            waiting.set_result(wire.load(message.body))

    async def _exists(self, kind: str, name: str) -> bool:
        """Ask the broker once for each name. A name that is missing is asked for again: it may come."""
        if (kind, name) in self._known:
            return True
        async with self._probing:
            if (kind, name) not in self._known and await self._probe(kind, name):
                self._known.add((kind, name))
            return (kind, name) in self._known

    async def _probe(self, kind: str, name: str) -> bool:
        self._refuse_if_lost()
        try:
            # The broker answers "no" by closing the channel, so the question gets one of its own.
            channel = await self._connection.channel(publisher_confirms=False)
            try:
                if kind == "queue":
                    await channel.queue_declare(name, passive=True)
                else:
                    await channel.exchange_declare(name, passive=True)
            except ChannelClosed:
                return False
            await channel.close()
        except BROKEN as error:
            self._lose()
            raise BrokerAway from error
        return True

    def _refuse_if_lost(self) -> None:
        if self.lost.is_set():
            raise BrokerAway

    async def _watched_channel(self, *, confirms: bool = False) -> Channel:
        # A channel that the broker closed, or a consumer that it cancelled, is mended by a new session.
        channel = cast("Channel", await self._connection.channel(publisher_confirms=confirms))
        channel.closing.add_done_callback(lambda _: self._lose())
        channel.on_consumer_cancel_callbacks.add(lambda _: self._lose())
        return channel

    def _lose(self) -> None:
        self.lost.set()
        for answer in self._waiting.values():
            if not answer.done():
                answer.set_exception(AnswerLost())
        self._waiting.clear()


def _with_options(url: str, **options: str) -> str:
    parts = urlsplit(url)
    return urlunsplit(parts._replace(query=urlencode({**options, **dict(parse_qsl(parts.query))})))
