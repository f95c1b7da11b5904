"""What is still under way? After the faults it must come to an end by itself; what does not is stuck."""

from collections.abc import Mapping
from datetime import datetime

from tests.checker.account import Finding
from tests.checker.offers import unanswered
from tests.checker.reading import rows


def pending(databases: Mapping[str, str], clinic_now: datetime) -> list[Finding]:
    """Return everything that should have come to an end when nothing is wrong any more."""
    booking, notifications = databases["booking"], databases["notifications"]
    found = [
        Finding("stuck", f"event {event}", f"{name} is not published: {error or 'no error noted'}")
        for event, name, error in rows(
            booking, "SELECT id::text, name, error FROM outbox WHERE published_at IS NULL ORDER BY seq"
        )
    ]
    heard = set(rows(notifications, "SELECT id::text FROM inbox WHERE handled_at IS NOT NULL"))
    found += [
        Finding("stuck", f"event {event}", f"{name} of {booking_id} was published and never handled")
        for event, name, booking_id in rows(
            booking,
            "SELECT id::text, name, body->>'aggregate_id' FROM outbox"
            " WHERE published_at IS NOT NULL AND name LIKE 'booking.%%' ORDER BY seq",
        )
        if (event,) not in heard
    ]
    found += [
        Finding("stuck", f"event {event}", f"{name} waits in the inbox after {attempts} attempts: {error}")
        for event, name, attempts, error in rows(
            notifications, "SELECT id::text, name, attempts, error FROM inbox WHERE handled_at IS NULL"
        )
    ]
    found += [
        Finding("stuck", f"message {key}", f"is {state} after {attempts} attempts")
        for key, state, attempts in rows(
            notifications,
            "SELECT concat_ws(':', booking_id, revision, rule, channel), state, attempts FROM messages"
            " WHERE state = 'sending' OR (state = 'due' AND due_at <= %s) ORDER BY id",
            [clinic_now],
        )
    ]
    return found + unanswered(booking, clinic_now)
