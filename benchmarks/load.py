"""The loads: what the clients' process does in one round."""

import asyncio
import time
import uuid
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import aio_pika
import aiosmtplib

from benchmarks.wire import Connection, Unexpected, connected

MOST_TRIES = 10


@dataclass(frozen=True, slots=True)
class Request:
    """One request and the status that it must be answered with."""

    method: str
    target: str
    body: Any = None
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Took:
    """How long the clients' requests took: each of them, and all together, in seconds.

    A request answered 503 is sent again, as the answer asks for; `again` says how often that was.
    """

    each: list[float]
    together: float
    again: int = 0

    @property
    def rate(self) -> float:
        """Requests per second."""
        return len(self.each) / self.together


async def ask(urls: Sequence[str], requests: Sequence[Request], clients: int) -> tuple[Took, list[Any]]:
    """Let the clients work through the requests, each over one connection; return times and answers in order.

    Clients are spread over `urls`. Raises Unexpected at the first answer of another status.
    """
    took = [0.0] * len(requests)
    answers: list[Any] = [None] * len(requests)
    left = iter(range(len(requests)))
    again = 0

    async def client(connection: Connection) -> None:
        nonlocal again
        for index in left:
            request = requests[index]
            headers = dict(request.headers)
            if request.body is not None:
                headers["Idempotency-Key"] = f"bench-{uuid.uuid4().hex}"
            for _ in range(MOST_TRIES):
                answer, seconds = await connection.ask(request.method, request.target, request.body, headers)
                took[index] += seconds
                if answer.status != 503:
                    break
                again += 1
            if answer.status != request.status:
                text = answer.body[:500].decode(errors="replace")
                raise Unexpected(f"{request.method} {request.target}: {answer.status} {text}")
            answers[index] = answer.body

    connections = [await connected(urls[number % len(urls)]) for number in range(clients)]
    try:
        began = time.perf_counter()
        async with asyncio.TaskGroup() as group:
            for connection in connections:
                group.create_task(client(connection))
        return Took(took, time.perf_counter() - began, again), answers
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    finally:
        for connection in connections:
            connection.close()


async def times(urls: Sequence[str], requests: Sequence[Request], clients: int) -> Took:
    """The same without the answers, which need not travel between processes."""
    return (await ask(urls, requests, clients))[0]


async def confirms(amqp_url: str, count: int, in_flight: int, size: int) -> float:
    """Publish persistent messages into a quorum queue, so many unconfirmed at once; return the rate confirmed."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        name = f"bench.{uuid.uuid4().hex[:8]}"
        queue = await channel.declare_queue(name, durable=True, arguments={"x-queue-type": "quorum"})
        body = b"x" * size

        async def publish() -> None:
            message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
            await channel.default_exchange.publish(message, routing_key=name, mandatory=True)

        try:
            return await _rate(publish, count, in_flight)
        finally:
            await queue.delete(if_unused=False, if_empty=False)


async def consumers(amqp_url: str, queue: str) -> int:
    """How many consumers a queue has."""
    connection = await aio_pika.connect(amqp_url)
    async with connection:
        channel = await connection.channel()
        found = await channel.declare_queue(queue, passive=True)
        return found.declaration_result.consumer_count or 0


async def mails(host: str, port: int, *, count: int, at_once: int, size: int, mark: str) -> float:
    """Hand over e-mails of that size to as many recipients, over connections that are kept; return the rate."""
    numbers = iter(range(count))

    async def sender() -> None:
        client = aiosmtplib.SMTP(hostname=host, port=port, start_tls=False)
        async with client:
            for number in numbers:
                to = f"{mark}-{number}@example.com"
                text = f"From: bench@example.com\r\nTo: {to}\r\nSubject: x\r\n\r\n" + ("x" * 70 + "\r\n") * (size // 72)
                await client.sendmail("bench@example.com", [to], text)

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(sender())
    return count / (time.perf_counter() - began)


async def _rate(work: Callable[[], Awaitable[None]], count: int, at_once: int) -> float:
    left = iter(range(count))

    async def worker() -> None:
        for _ in left:
            await work()

    began = time.perf_counter()
    async with asyncio.TaskGroup() as group:
        for _ in range(at_once):
            group.create_task(worker())
    return count / (time.perf_counter() - began)
