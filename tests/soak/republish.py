"""Deliveries that the broker owes nobody: doubled ones, and late ones before early ones."""

import random
import time

import aio_pika
import psycopg2

from tests.checker.reading import rows
from tests.outside.broker import as_json
from tests.soak.arena import Arena
from tests.soak.plan import Fault

RECENT = 40


def publish_again(arena: Arena, fault: Fault) -> None:
    """Publish the latest events once more, in an order drawn by the fault's moment."""
    events = _events(arena, "true")
    random.Random(str(fault)).shuffle(events)  # noqa: S311 - repeats by its seed
    _publish(arena, events)


def publish_backwards(arena: Arena) -> None:
    """Publish what the relay has not, the newest first."""
    _publish(arena, _events(arena, "published_at IS NULL"))


def _events(arena: Arena, which: str) -> list[tuple[str, str, bytes]]:
    try:
        found = rows(
            arena.databases["booking"],
            f"SELECT id::text, name, body FROM outbox WHERE {which} ORDER BY seq DESC LIMIT {RECENT}",  # noqa: S608
        )
    except psycopg2.Error:  # the database is away: another fault's doing
        return []
    return [(identity, name, as_json(body)) for identity, name, body in found]


def _publish(arena: Arena, events: list[tuple[str, str, bytes]]) -> None:
    """Publish past the proxy, if the broker is there."""

    async def send() -> None:
        connection = await aio_pika.connect(arena.rabbitmq.url(), timeout=3)
        async with connection:
            channel = await connection.channel()
            exchange = await channel.get_exchange("booking")
            for identity, name, body in events:
                message = aio_pika.Message(
                    body,
                    message_id=identity,
                    content_type="application/json",
                    content_encoding="utf-8",
                    delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
                )
                await exchange.publish(message, routing_key=name, timeout=3)

    begun = time.monotonic()
    try:
        arena.backstage.do(send(), within=10)
    except (OSError, TimeoutError, aio_pika.exceptions.AMQPError):
        assert time.monotonic() - begun < 60
