"""Entries and leases as rows, and back."""

from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy.dialects.postgresql import Range as Span

from booking.adapters.guest_rows import guest_columns, guest_of
from booking.domain.money import Money
from booking.domain.preference import from_words, in_words
from booking.domain.waitlist import Entry, Lease, Wanted
from booking.domain.zones import instant, utc


def row_of(entry: Entry) -> dict[str, Any]:
    """Return the columns of an entry."""
    wanted = entry.wanted
    return {
        "id": entry.id,
        "generation": entry.generation,
        "state": entry.state,
        "location_id": entry.location_id,
        "service_id": entry.service_id,
        "minutes": entry.minutes,
        "practitioner_id": entry.practitioner_id,
        "since": wanted.since,
        "until": wanted.until,
        "weekdays": sorted(wanted.weekdays) if wanted.weekdays is not None else None,
        "earliest": wanted.earliest,
        "latest": wanted.latest,
        **guest_columns(entry.guest),
        "body_hash": entry.body_hash,
        "made_at": entry.made_at,
        "turn_at": entry.turn_at,
        "lapses": entry.lapses,
        "ended_at": entry.ended_at,
        "preference": in_words(entry.preference),
    }


def lease_row_of(lease: Lease) -> dict[str, Any]:
    """Return the columns of a lease."""
    return {
        "id": lease.id,
        "entry_id": lease.entry_id,
        "state": lease.state,
        "location_id": lease.location_id,
        "service_id": lease.service_id,
        "practitioner_ids": list(lease.practitioner_ids),
        "resource_ids": list(lease.resource_ids),
        "starts_at": lease.start,
        "minutes": lease.minutes,
        "during": Span(utc(lease.claim[0]), utc(lease.claim[1])),
        "price": lease.price.amount,
        "currency": lease.price.currency,
        "made_at": lease.made_at,
        "deadline": lease.deadline,
        "ended_at": lease.ended_at,
    }


def entry_of(row: Mapping[Any, Any], leases: Iterable[Mapping[Any, Any]]) -> Entry:
    """Return the entry that a row holds, with its leases in the order in which they were made."""
    return Entry(
        id=row["id"],
        generation=row["generation"],
        state=row["state"],
        location_id=row["location_id"],
        service_id=row["service_id"],
        minutes=row["minutes"],
        practitioner_id=row["practitioner_id"],
        wanted=Wanted(
            since=row["since"],
            until=row["until"],
            weekdays=frozenset(row["weekdays"]) if row["weekdays"] is not None else None,
            earliest=row["earliest"],
            latest=row["latest"],
        ),
        guest=guest_of(row),
        body_hash=row["body_hash"],
        made_at=row["made_at"],
        turn_at=row["turn_at"],
        lapses=row["lapses"],
        ended_at=row["ended_at"],
        leases=tuple(_lease_of(each) for each in leases),
        preference=from_words(row["preference"]),
    )


def _lease_of(row: Mapping[Any, Any]) -> Lease:
    return Lease(
        id=row["id"],
        entry_id=row["entry_id"],
        state=row["state"],
        location_id=row["location_id"],
        service_id=row["service_id"],
        practitioner_ids=tuple(row["practitioner_ids"]),
        resource_ids=tuple(row["resource_ids"]),
        start=row["starts_at"],
        minutes=row["minutes"],
        claim=(instant(row["during"].lower), instant(row["during"].upper)),
        price=Money(amount=row["price"], currency=row["currency"]),
        made_at=row["made_at"],
        deadline=row["deadline"],
        ended_at=row["ended_at"],
    )
