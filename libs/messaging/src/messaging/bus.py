"""The asynchronous side of messaging: one port, an adapter for RabbitMQ and one for the embedded broker."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol

Handler = Callable[[dict[str, Any]], Awaitable[None]]
"""Is given an event's wire form; an exception is logged, and the event is not delivered again."""


class BusError(Exception):
    """What can go wrong between here and the other side."""


class BrokerAway(BusError):
    """There is no broker to talk to; nothing was sent."""


class DeadlinePassed(BusError):
    """No answer in time. Whether the call had its effect is unknown."""


class RemoteFault(BusError):
    """The other side failed; its name for the fault is in the message. Refusals are answers, not faults."""


class Unroutable(BusError):
    """No queue is bound for the message; the broker kept nothing."""


class Bus(Protocol):
    """Calls to services, events out and in."""

    @property
    def connected(self) -> bool:
        """Whether a broker is there now."""

    async def call(
        self, service: str, method: str, kwargs: Mapping[str, Any], *, timeout: float, correlation_id: str | None = None
    ) -> Any:
        """Call a service's method and return its answer within `timeout` seconds.

        Raises BrokerAway (nothing was sent), DeadlinePassed, RemoteFault. The other side drops the call unread once
        its deadline has passed.
        """

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float
    ) -> None:
        """Publish durably and return when the broker has taken responsibility.

        Raises BrokerAway, DeadlinePassed (may or may not have arrived: publish again) or Unroutable.
        """

    async def subscribe(self, exchange: str, keys: Sequence[str], handler: Handler) -> None:
        """Hand every event whose routing key matches one of `keys` to `handler`, from now on, also after the broker
        went and came back. What is published while nobody listens is missed: for copies that can be fetched again."""

    async def close(self) -> None:
        """Stop listening and hang up."""


async def connect(url: str, *, name: str) -> Bus:
    """The bus behind an address: `amqp://…` or `embedded://`. Returns at once; the connection is made, and made
    again, in the background. `name` is shown in the broker's list of connections."""
    if url.startswith("embedded:"):
        from messaging.embedded_bus import EmbeddedBus

        return EmbeddedBus()
    from messaging.amqp_bus import AmqpBus

    return await AmqpBus.open(url, name=name)
