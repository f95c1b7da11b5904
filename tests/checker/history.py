"""Holds the clients' own account against the database."""

from collections.abc import Iterable

from tests.checker.reading import rows


def bookings(database: str) -> dict[str, str]:
    """Return the state of every booking by its id."""
    return dict(rows(database, "SELECT id::text, state FROM bookings"))


def lost(database: str, acknowledged: Iterable[str]) -> list[str]:
    """Return the acknowledged bookings that do not stand, confirmed, with allocations of their own."""
    standing = {
        booking
        for (booking,) in rows(
            database,
            "SELECT b.id::text FROM bookings b WHERE b.state = 'confirmed'"
            " AND EXISTS (SELECT FROM allocations a WHERE a.booking_id = b.id AND a.active)",
        )
    }
    return [booking for booking in acknowledged if booking not in standing]


def unpublished(database: str) -> int:
    """Return how many events wait in the outbox."""
    found: int = rows(database, "SELECT count(*) FROM outbox WHERE published_at IS NULL")[0][0]
    return found


def constraint_names(database: str) -> list[str]:
    """Return the exclusion constraints that guard the allocations."""
    found = rows(
        database,
        "SELECT conname FROM pg_constraint WHERE contype = 'x' AND conrelid = 'allocations'::regclass",
    )
    return [name for (name,) in found]
