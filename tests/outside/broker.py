"""Speaks AMQP to the broker as a stranger would, to put into queues what does not belong there."""

import asyncio
import json
from typing import Any

import aio_pika


def put(amqp_url: str, *, queue: str, body: bytes, **properties: Any) -> None:
    """Put one message straight into `queue`."""
    publish(amqp_url, exchange="", key=queue, body=body, **properties)


def publish(amqp_url: str, *, exchange: str, key: str, body: bytes, **properties: Any) -> None:
    """Publish one persistent message and wait until the broker has it; raise if no queue wanted it."""

    async def send() -> None:
        connection = await aio_pika.connect(amqp_url)
        async with connection:
            channel = await connection.channel(publisher_confirms=True, on_return_raises=True)
            target = channel.default_exchange if not exchange else await channel.get_exchange(exchange)
            message = aio_pika.Message(
                body,
                content_type=properties.pop("content_type", "application/json"),
                content_encoding="utf-8",
                delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                **properties,
            )
            await target.publish(message, routing_key=key, mandatory=True, timeout=10)

    asyncio.run(send())


def as_json(body: Any) -> bytes:
    """Return a JSON body."""
    return json.dumps(body).encode()
