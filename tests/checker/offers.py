"""Does every offer to a guest who waits hold its time while it stands, and nothing afterwards, and was it told once?"""

from collections import Counter
from datetime import datetime

from tests.checker.account import Finding
from tests.checker.reading import rows

OFFERS = """
    SELECT l.id::text, l.state, cardinality(l.resource_ids), count(a.id) FILTER (WHERE a.active),
           (SELECT count(*) FROM bookings b WHERE b.hold_id = l.id)
    FROM leases l LEFT JOIN allocations a ON a.lease_id = l.id GROUP BY l.id
"""
TOLD = "SELECT body->>'aggregate_id' FROM outbox WHERE name = 'booking.waitlist_offered.v1'"
LATE = "SELECT id::text, deadline FROM leases WHERE state = 'offered' AND deadline < %s - interval '1 minute'"


def offers_kept(database: str) -> list[Finding]:
    """Hold the leases of booking's database against its allocations, its bookings and what was told."""
    told = Counter(offer for (offer,) in rows(database, TOLD))
    found = []
    for offer, state, wanted, held, booked in rows(database, OFFERS):
        if state == "offered" and held != wanted:
            found.append(Finding("lost", offer, f"is offered and holds {held} of {wanted} resources"))
        if state != "offered" and held:
            found.append(Finding("blocked", offer, f"is {state} and keeps {held} resources"))
        if booked != (state == "accepted"):
            found.append(Finding("doubled" if booked else "lost", offer, f"is {state} and has {booked} bookings"))
        if told[offer] != 1:
            found.append(Finding("doubled" if told[offer] else "lost", offer, f"was told {told[offer]} times"))
    return found


def unanswered(database: str, clinic_now: datetime) -> list[Finding]:
    """Return the offers whose deadline passed and that nobody ended."""
    return [
        Finding("stuck", offer, f"is offered, and its deadline was {deadline}")
        for offer, deadline in rows(database, LATE, [clinic_now])
    ]
