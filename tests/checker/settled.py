"""What is still under way? After the faults it must come to an end by itself; what does not is stuck."""

from collections.abc import Mapping
from datetime import datetime

from tests.checker.account import Finding
from tests.checker.offers import unanswered
from tests.checker.reading import rows

TELLING, HEARING = ("booking", "catalog"), ("notifications", "booking")
ROUTES = (("booking", "booking", "notifications"), ("catalog", "catalog", "booking"))
"""Who tells, by which names, and who must have heard."""


def pending(databases: Mapping[str, str], clinic_now: datetime) -> list[Finding]:
    """Return everything that should have come to an end when nothing is wrong any more."""
    booking, notifications = databases["booking"], databases["notifications"]
    found = [
        Finding("stuck", f"event {event}", f"{name} is not published: {error or 'no error noted'}")
        for owner in TELLING
        for event, name, error in rows(
            databases[owner], "SELECT id::text, name, error FROM outbox WHERE published_at IS NULL ORDER BY seq"
        )
    ]
    for teller, prefix, hearer in ROUTES:
        heard = set(rows(databases[hearer], "SELECT id::text FROM inbox WHERE handled_at IS NOT NULL"))
        found += [
            Finding("stuck", f"event {event}", f"{name} of {about} was published and never handled")
            for event, name, about in rows(
                databases[teller],
                "SELECT id::text, name, body->>'aggregate_id' FROM outbox"
                " WHERE published_at IS NOT NULL AND name LIKE %s ORDER BY seq",
                [f"{prefix}.%"],
            )
            if (event,) not in heard
        ]
    found += [
        Finding("stuck", f"event {event}", f"{name} waits in the inbox after {attempts} attempts: {error}")
        for owner in HEARING
        for event, name, attempts, error in rows(
            databases[owner], "SELECT id::text, name, attempts, error FROM inbox WHERE handled_at IS NULL"
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
