"""Forget what need not be kept: idempotency keys after 48 hours."""

from datetime import timedelta

from booking.application.ports import Desk

KEYS_KEPT_FOR = timedelta(hours=48)


def sweep(*, desk: Desk) -> int:
    """Forget what is too old; return how much that was."""
    return desk.bookings.sweep(before=desk.clock.now() - KEYS_KEPT_FOR)
