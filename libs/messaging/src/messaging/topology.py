"""Declares exchanges, durable queues and bindings from contracts/topology.json.

A one-shot job, run before services start and safe to repeat:

    SLOTWELL_AMQP_URL=… python -m messaging.topology contracts/topology.json
"""

import asyncio
import json
import os
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self
from urllib.parse import urlsplit

import aiormq
from aiormq.exceptions import AMQPError

from messaging import wire
from messaging.embedded.broker import broker_for

_PATIENCE_SECONDS = 60.0
_QUORUM = {"x-queue-type": "quorum"}


class TopologyRefused(Exception):
    """The broker holds something of the same name with other arguments. A queue that changes gets a new version."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Binding:
    """What a queue wants of an exchange."""

    exchange: str
    key: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DurableQueue:
    """One consumer's queue."""

    name: str
    bindings: Sequence[Binding]
    arguments: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Topology:
    """Who publishes where, and who gets what."""

    exchanges: Sequence[str]
    queues: Sequence[DurableQueue]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read the contract's file."""
        document = json.loads(path.read_text(encoding="utf-8"))
        queues = [
            DurableQueue(
                name=queue["name"],
                bindings=[Binding(exchange=one["exchange"], key=one["key"]) for one in queue["bindings"]],
                arguments=queue.get("arguments", {}),
            )
            for queue in document["queues"]
        ]
        return cls(exchanges=document["exchanges"], queues=queues)


async def declare(url: str, topology: Topology) -> None:
    """Declare it all at `url` (RabbitMQ or embedded). Idempotent; raises `TopologyRefused`."""
    if urlsplit(url).scheme == "embedded":
        _declare_embedded(url, topology)
    else:
        async with asyncio.timeout(30):
            await _declare_amqp(url, topology)


def _declare_embedded(url: str, topology: Topology) -> None:
    broker = broker_for(url)
    for exchange in topology.exchanges:
        broker.declare_exchange(exchange)
    for queue in topology.queues:
        broker.declare_queue(queue.name)
        for binding in queue.bindings:
            broker.bind(queue.name, binding.exchange, binding.key)


async def _declare_amqp(url: str, topology: Topology) -> None:
    connection = await aiormq.connect(url)
    try:
        channel = await connection.channel()
        for exchange in (wire.RPC_EXCHANGE, *topology.exchanges):
            await channel.exchange_declare(exchange, exchange_type="topic", durable=True)
        for queue in topology.queues:
            arguments = {**_QUORUM, **queue.arguments}
            await channel.queue_declare(queue.name, durable=True, arguments=arguments)
            for binding in queue.bindings:
                await channel.queue_bind(queue.name, binding.exchange, routing_key=binding.key)
    except aiormq.exceptions.ChannelPreconditionFailed as error:
        raise TopologyRefused(str(error)) from error
    finally:
        await connection.close()


async def _declare_patiently(url: str, topology: Topology) -> None:
    """As `declare`, for a broker that may still be starting."""
    until = time.monotonic() + _PATIENCE_SECONDS
    while True:
        try:
            await declare(url, topology)
        except (OSError, AMQPError, TimeoutError):
            if time.monotonic() > until:
                raise
            await asyncio.sleep(0.5)
        else:
            return


def main(arguments: Sequence[str]) -> int:
    url = os.environ.get("SLOTWELL_AMQP_URL")
    if len(arguments) != 1 or not url:
        sys.stderr.write("Usage: SLOTWELL_AMQP_URL=amqp://… python -m messaging.topology contracts/topology.json\n")
        return 2
    topology = Topology.read(Path(arguments[0]))
    try:
        asyncio.run(_declare_patiently(url, topology))
    except TopologyRefused as error:
        sys.stderr.write(f"The broker has a queue or exchange with other arguments: {error}\n")
        return 1
    except (OSError, AMQPError, TimeoutError) as error:
        sys.stderr.write(f"The broker does not answer: {type(error).__name__}\n")
        return 1
    sys.stdout.write(f"{len(topology.exchanges)} exchanges and {len(topology.queues)} queues are declared.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
