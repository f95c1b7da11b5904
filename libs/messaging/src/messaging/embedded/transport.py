"""The broker inside the process, as kombu sees it: a transport named `embedded`.

Consumers are woken at once, by eventlet's own queue; nothing polls.
"""

import socket
from collections.abc import Callable
from itertools import count
from typing import Any

import kombu.transport
from eventlet.queue import Empty, LightQueue
from kombu.message import Message as KombuMessage
from kombu.transport import base

from messaging.embedded.broker import Broker, Consumer, Delivery, Message, broker_for

NAME = "embedded"


def register() -> None:
    """Make kombu know `embedded://` addresses."""
    kombu.transport.TRANSPORT_ALIASES[NAME] = f"{__name__}:Transport"


class EmbeddedMessage(KombuMessage):
    """A delivery, as kombu hands it on."""

    def __init__(self, delivery: Delivery, tag: int, consumer_tag: str, channel: "Channel") -> None:
        message = delivery.message
        super().__init__(
            body=message.body,
            channel=channel,
            delivery_tag=tag,
            content_type=message.properties.get("content_type"),
            content_encoding=message.properties.get("content_encoding"),
            delivery_info={
                "consumer_tag": consumer_tag,
                "delivery_tag": tag,
                "exchange": message.exchange,
                "routing_key": message.routing_key,
                "redelivered": delivery.redelivered,
            },
            properties=dict(message.properties),
            headers=dict(message.headers),
        )


class Channel(base.StdChannel):
    """What kombu and we ask of a channel."""

    no_ack_consumers: set[str] | None = None

    def __init__(self, connection: "Connection") -> None:
        self.connection: Connection | None = connection
        self._broker: Broker = connection.broker
        self._events = connection.events
        self._prefetch = 0
        self._tags = count(1)
        self._consumers: dict[str, Consumer] = {}
        self._ever: list[Consumer] = []  # also those that were cancelled: they may hold what they did not settle
        self._unsettled: dict[int, Delivery] = {}

    def exchange_declare(self, exchange: str, **_: Any) -> None:
        if exchange:
            self._broker.declare_exchange(exchange)

    def queue_declare(self, queue: str = "", *, passive: bool = False, **_: Any) -> tuple[str, int, int]:
        if passive and queue not in self._broker.queues:
            raise KeyError(queue)
        declared = self._broker.declare_queue(queue)
        return declared.name, len(declared), 0

    def queue_bind(self, queue: str, exchange: str = "", routing_key: str = "", **_: Any) -> None:
        self._broker.bind(queue, exchange, routing_key)

    def queue_delete(self, queue: str, **_: Any) -> None:
        self._broker.delete_queue(queue)

    def basic_qos(self, prefetch_size: int = 0, prefetch_count: int = 0, a_global: bool = False) -> None:
        del prefetch_size, a_global
        self._prefetch = prefetch_count

    def basic_consume(
        self,
        queue: str,
        consumer_tag: str = "",
        callback: Callable[[EmbeddedMessage], None] | None = None,
        **_: Any,
    ) -> str:
        name = consumer_tag or f"embedded-{next(self._tags)}"

        def deliver(delivery: Delivery) -> None:
            tag = next(self._tags)
            self._unsettled[tag] = delivery
            message = EmbeddedMessage(delivery, tag, name, self)
            self._events.put(lambda: callback(message) if callback else None)

        self._consumers[name] = self._broker.consume(queue, deliver, prefetch=self._prefetch)
        self._ever.append(self._consumers[name])
        return name

    def basic_cancel(self, consumer_tag: str, **_: Any) -> None:
        if (consumer := self._consumers.pop(consumer_tag, None)) is not None:
            consumer.cancel(requeue=False)

    def basic_ack(self, delivery_tag: int, multiple: bool = False) -> None:
        del multiple
        if (delivery := self._unsettled.pop(delivery_tag, None)) is not None:
            delivery.ack()

    def basic_reject(self, delivery_tag: int, requeue: bool = True) -> None:
        if (delivery := self._unsettled.pop(delivery_tag, None)) is not None:
            if requeue:
                delivery.requeue()
            else:
                delivery.ack()

    def basic_publish(self, message: dict[str, Any], exchange: str = "", routing_key: str = "", **_: Any) -> None:
        body = message["body"]
        self._broker.publish(
            Message(
                exchange=exchange,
                routing_key=routing_key,
                body=body.encode() if isinstance(body, str) else body,
                properties=message["properties"],
                headers=message["headers"],
            )
        )

    def prepare_message(  # noqa: PLR0917  kombu passes them by position
        self,
        body: bytes | str,
        priority: int | None = None,
        content_type: str | None = None,
        content_encoding: str | None = None,
        headers: dict[str, Any] | None = None,
        properties: dict[str, Any] | None = None,
    ) -> dict[str, Any]:
        del priority
        described = {"content_type": content_type, "content_encoding": content_encoding}
        return {"body": body, "headers": headers or {}, "properties": {**described, **(properties or {})}}

    def message_to_python(self, raw_message: EmbeddedMessage) -> EmbeddedMessage:
        return raw_message

    def prepare_queue_arguments(self, arguments: dict[str, Any], **_: Any) -> dict[str, Any]:
        return arguments

    def close(self) -> None:
        """Cancel its consumers and give back what they did not settle."""
        self._unsettled.clear()
        for consumer in self._ever:
            consumer.cancel(requeue=True)
        self.connection = None


class Connection:
    """One link into the broker, with the deliveries for it."""

    def __init__(self, client: Any, broker: Broker) -> None:
        self.client = client
        self.broker = broker
        self.connected = True
        self.events: LightQueue[Callable[[], None]] = LightQueue()
        self._channels: list[Channel] = []

    def channel(self) -> Channel:
        channel = Channel(self)
        self._channels.append(channel)
        return channel

    def drain_events(self, timeout: float | None = None) -> None:
        """Handle one delivery, or raise `socket.timeout`."""
        try:
            handle = self.events.get(timeout=timeout)
        except Empty:
            raise socket.timeout from None  # noqa: UP041  kombu catches it by this name
        handle()

    def close(self) -> None:
        self.connected = False
        channels, self._channels = self._channels, []
        for channel in channels:
            channel.close()


class Transport(base.Transport):
    """kombu's door to the embedded broker."""

    can_parse_url = True
    driver_type = NAME
    driver_name = NAME

    def establish_connection(self) -> Connection:
        return Connection(self.client, broker_for(self.client.hostname))

    def close_connection(self, connection: Connection) -> None:
        connection.close()

    def create_channel(self, connection: Connection) -> Channel:
        return connection.channel()

    def close_channel(self, channel: Channel) -> None:
        channel.close()

    def drain_events(self, connection: Connection, **options: Any) -> None:
        connection.drain_events(**options)

    def verify_connection(self, connection: Connection) -> bool:
        return connection.connected

    def as_uri(self, uri: str, include_password: bool = False, mask: str = "**") -> str:
        del include_password, mask
        return uri
