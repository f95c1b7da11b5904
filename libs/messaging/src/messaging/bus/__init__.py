"""How asyncio processes speak to the services: calls, events out, events in.

`connect` picks RabbitMQ (`amqp://…`) or the broker inside this process (`embedded://`).
"""

from messaging.bus.errors import (
    AnswerLost,
    BrokerAway,
    BusError,
    DeadlinePassed,
    RemoteFault,
    ServiceAway,
    Unconfirmed,
    Unroutable,
)
from messaging.bus.port import Bus, Handler, Subscription, connect

__all__ = [
    "AnswerLost",
    "BrokerAway",
    "Bus",
    "BusError",
    "DeadlinePassed",
    "Handler",
    "RemoteFault",
    "ServiceAway",
    "Subscription",
    "Unconfirmed",
    "Unroutable",
    "connect",
]
