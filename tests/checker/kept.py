"""Do the bookings stand as their guests were told? Lost, doubled, made for nobody, or blocking a slot for nothing."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from tests.checker.account import Account, Finding
from tests.checker.offers import offers_kept
from tests.checker.overlaps import overlaps
from tests.checker.reading import rows

TOLD_OF_BOOKINGS = """
    SELECT body->>'aggregate_id', (body->>'version')::int FROM outbox WHERE body->'data' ? 'booking_id'
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A booking as the database has it."""

    id: str
    state: str
    revision: int
    email: str
    active: int


def booking_rows(database: str) -> list[Row]:
    """Return every booking with the number of its active allocations."""
    return [
        Row(id=identity, state=state, revision=revision, email=email or "", active=active)
        for identity, state, revision, email, active in rows(
            database,
            "SELECT b.id::text, b.state, b.revision, b.guest_email, count(a.id) FILTER (WHERE a.active)"
            " FROM bookings b LEFT JOIN allocations a ON a.booking_id = b.id GROUP BY b.id",
        )
    ]


def bookings_kept(account: Account, databases: Mapping[str, str]) -> list[Finding]:
    """Hold the clients' account against booking's database."""
    made = booking_rows(databases["booking"])
    return [
        *_overlapping(databases["booking"]),
        *_lost(account, made),
        *_doubled(account, made),
        *_for_nobody(account, made),
        *_blocking(made),
        *_untold(databases["booking"], made),
        *offers_kept(databases["booking"]),
        *(Finding("surprise", each) for each in account.surprises),
    ]


def _overlapping(database: str) -> list[Finding]:
    return [
        Finding("overlap", first.booking, f"and {second.booking} share {first.resource} at {second.begin}")
        for first, second in overlaps(database)
    ]


def _lost(account: Account, made: Sequence[Row]) -> list[Finding]:
    by_id = {row.id: row for row in made}
    found = []
    for visit in account.visits:
        expected = visit.expected()
        for booking_id in visit.booking_ids:
            row = by_id.get(booking_id)
            if row is None:
                found.append(Finding("lost", booking_id, "was acknowledged and is not there"))
            elif expected is not None and row.state != expected:
                found.append(Finding("lost", booking_id, f"was acknowledged as {expected} and is {row.state}"))
            elif row.state == "confirmed" and row.active < 2:
                found.append(Finding("lost", booking_id, f"stands with {row.active} resources of its own"))
    return found


def _doubled(account: Account, made: Sequence[Row]) -> list[Finding]:
    of_guest: dict[str, set[str]] = defaultdict(set)
    for row in made:
        of_guest[row.email].add(row.id)
    for visit in account.visits:
        of_guest[visit.email] |= visit.booking_ids
    return [
        Finding("doubled", email, f"asked once and has {len(booking_ids)} bookings")
        for email, booking_ids in of_guest.items()
        if len(booking_ids) > 1
    ]


def _for_nobody(account: Account, made: Sequence[Row]) -> list[Finding]:
    asked = {visit.email: visit for visit in account.visits if visit.asked}
    found = []
    for row in made:
        visit = asked.get(row.email)
        if visit is None:
            found.append(Finding("ghost", row.id, "was asked for by nobody"))
        elif visit.refused and not visit.booking_ids:
            found.append(Finding("ghost", row.id, f"stands although its guest was told {visit.refused}"))
    return found


def _blocking(made: Sequence[Row]) -> list[Finding]:
    return [
        Finding("blocked", row.id, f"is {row.state} and keeps {row.active} resources")
        for row in made
        if row.state in {"cancelled", "no_show"} and row.active
    ]


def _untold(database: str, made: Sequence[Row]) -> list[Finding]:
    """Each revision has its event, and each event its revision."""
    told: dict[str, set[int]] = defaultdict(set)
    for booking_id, version in rows(database, TOLD_OF_BOOKINGS):
        told[booking_id].add(version)
    found = [
        Finding("lost", row.id, f"has no event for its revisions {sorted(missing)}")
        for row in made
        if (missing := set(range(1, row.revision + 1)) - told.pop(row.id, set()))
    ]
    return found + [Finding("ghost", booking_id, "has events and no booking") for booking_id in told]
