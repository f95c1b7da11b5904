"""What guests do without: messages of one kind, on every channel."""

from collections.abc import Callable
from dataclasses import dataclass

from notifications.domain.facts import Guest


@dataclass(frozen=True, slots=True)
class Declined:
    """One kind of messages that whoever reads one address can do without; `recipient` is the address's digest."""

    recipient: bytes
    kind: str


def declinable(kind: str, guest: Guest, *, digest: Callable[[str], bytes]) -> frozenset[Declined]:
    """What a guest declines who wants no more of a kind: wherever they read it, and however the address is spelled."""
    addresses = (guest.email.lower() if guest.email else None, guest.phone)
    return frozenset(Declined(digest(address), kind) for address in addresses if address)
