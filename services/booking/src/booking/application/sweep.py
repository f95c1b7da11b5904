"""Forget what need not be kept: idempotency keys after 48 hours, who waited once a month after they did."""

from dataclasses import dataclass
from datetime import timedelta

from booking.application.ports import Desk
from booking.domain.waitlist import KEPT_FOR

KEYS_KEPT_FOR = timedelta(hours=48)


@dataclass(frozen=True, slots=True, kw_only=True)
class Swept:
    """How much was forgotten."""

    keys: int
    entries: int


def sweep(*, desk: Desk) -> Swept:
    """Forget what is too old."""
    now = desk.clock.now()
    return Swept(
        keys=desk.bookings.sweep(before=now - KEYS_KEPT_FOR),
        entries=desk.waitlist.erase(ended_before=now - KEPT_FOR),
    )
