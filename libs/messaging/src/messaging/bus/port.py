"""The port, and the choice of its adapter."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, Protocol
from urllib.parse import urlsplit

Handler = Callable[[dict[str, Any]], Awaitable[None]]
"""Gets an event as it stands on the wire (`messaging.envelope.from_wire` reads it)."""


class Subscription(Protocol):
    """A live feed of events."""

    async def cancel(self) -> None:
        """Stop it. Doing so twice does no harm."""


class Bus(Protocol):
    """Calls to services and events to everyone. Reconnects by itself; see `messaging.bus.errors`."""

    @property
    def connected(self) -> bool:
        """Whether a call made now would be sent."""

    async def call(
        self,
        service: str,
        method: str,
        kwargs: Mapping[str, Any],
        *,
        timeout: float,
        correlation_id: str | None = None,
    ) -> Any:
        """Return the method's answer within `timeout` seconds, after which the service will not begin it either.

        Raises `BrokerAway` (at once: nothing was sent), `DeadlinePassed`, `RemoteFault`.
        """

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float = 5.0
    ) -> None:
        """Return when the event is safe with all who must get it. Many may be in flight at once.

        Raises `BrokerAway`, `Unroutable`, `Unconfirmed`.
        """

    async def subscribe(
        self, exchange: str, keys: Sequence[str], handler: Handler, *, established: Callable[[], None] | None = None
    ) -> Subscription:
        """Feed `handler` with what is published from now on, one event after the other.

        For copies that can be refetched: what is published while the connection is down is missed. `established` is
        called each time the feed (re)starts, so that the copy can close the gap.
        """

    async def close(self) -> None:
        """Let go of the connection; calls in flight raise `AnswerLost`."""


async def connect(url: str, *, name: str) -> Bus:
    """Return a bus. `name` shows in the broker's list of connections.

    A broker that is away is no error: the bus says so (`connected`) and goes on trying.
    """
    if urlsplit(url).scheme == "embedded":
        from messaging.bus.embedded import EmbeddedBus

        return EmbeddedBus.connect(url, name=name)
    from messaging.bus.amqp import AmqpBus

    return await AmqpBus.connect(url, name=name)
