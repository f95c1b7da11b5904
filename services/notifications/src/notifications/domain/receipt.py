"""What a provider says became of a message that it took, beside what we know of handing it over."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from notifications.domain.values import Key, Reason, State


class Fate(StrEnum):
    """How far it came, by its provider. Each is worth more than those before it, whatever order they come in."""

    ACCEPTED = "accepted"
    UNDELIVERED = "undelivered"
    DELIVERED = "delivered"  # networks correct an "undelivered", never this


ORDER = tuple(Fate)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One receipt, its signature proved. `key` is our own name for the message, if the provider gave it back.

    `gone` says that nothing will ever arrive at that address.
    """

    provider: str
    provider_id: str
    key: Key | None
    fate: Fate
    problem: str | None = None
    cost: Decimal | None = None
    currency: str | None = None
    gone: bool = False


def stands(state: State, reason: Reason | None, fate: Fate | None) -> tuple[State, Reason | None]:
    """Where a message stands when both are known: what we did, and what its provider says."""
    if state not in (State.SENDING, State.SENT, State.UNCERTAIN):
        return state, reason
    match fate:
        case Fate.DELIVERED:
            return State.DELIVERED, reason if state is State.SENT else None
        case Fate.UNDELIVERED:
            return State.FAILED, Reason.UNDELIVERED
        case Fate.ACCEPTED if state is State.UNCERTAIN:
            return State.SENT, None
    return state, reason
