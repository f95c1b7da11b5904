"""What can go wrong on the bus.

BusError
├── BrokerAway         nothing was sent, nothing happened; known at once
│   └── ServiceAway    the broker is there, but nobody has ever served this name
├── DeadlinePassed     no answer in time: whether it was done is unknown
│   └── AnswerLost     the connection broke while we waited: unknown too, but known to be so at once
├── RemoteFault        the service answered with an exception
├── Unroutable         no queue takes this event; it was not kept
└── Unconfirmed        the broker did not confirm the event in time or refused it; it may arrive all the same
"""

from messaging import deadline


class BusError(Exception):
    """The root of all errors of the bus."""


class BrokerAway(BusError):
    """There is no connection to the broker. Nothing was sent."""


class ServiceAway(BrokerAway):
    """No queue takes calls for this service. Nothing was done."""


class DeadlinePassed(BusError, deadline.DeadlinePassed):
    """No answer came in time. Whether the call was served is unknown."""


class AnswerLost(DeadlinePassed):
    """The connection broke before the answer came. Whether the call was served is unknown."""


class RemoteFault(BusError):
    """The service raised. `kind` is the name of the exception's class; the message stays in the service's log."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind}: {detail}" if detail else kind)
        self.kind = kind
        self.detail = detail


class Unroutable(BusError):
    """The exchange is missing or no queue is bound for this routing key."""


class Unconfirmed(BusError):
    """No confirm came in time, or the broker refused. The event may have been kept; publish it again."""
