"""Entries and leases as rows, and back."""

from collections.abc import Iterable, Mapping
from dataclasses import asdict
from typing import Any

from sqlalchemy.dialects.postgresql import Range as Span

from booking.adapters.guest_rows import guest_columns, guest_of
from booking.domain.guest import Guest
from booking.domain.hold import claim_facts, claim_told, part_facts, part_told
from booking.domain.money import Money
from booking.domain.part import GuestSought
from booking.domain.preference import from_words, in_words
from booking.domain.waitlist import Entry, Lease, WaitingGuest, Wanted
from booking.domain.zones import instant, utc

_NO_LENGTH = 1440
"""Stands for the length of a party, whose guests say their own: a release that knows no parties offers it nothing."""


def row_of(entry: Entry) -> dict[str, Any]:
    """Return the columns of an entry."""
    wanted = entry.wanted
    return {
        "id": entry.id,
        "generation": entry.generation,
        "state": entry.state,
        "location_id": entry.location_id,
        "service_id": entry.service_id,
        "minutes": _NO_LENGTH if entry.party else entry.minutes,
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
        "party": _party(entry),
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
        "party": {
            "shorter": [claim_facts(each) for each in lease.shorter],
            "parts": [part_facts(each) for each in lease.parts],
        }
        if lease.parts
        else None,
    }


def entry_of(row: Mapping[Any, Any], leases: Iterable[Mapping[Any, Any]]) -> Entry:
    """Return the entry that a row holds, with its leases in the order in which they were made."""
    party = row["party"] or {"minutes": row["minutes"], "guests": ()}
    return Entry(
        id=row["id"],
        generation=row["generation"],
        state=row["state"],
        location_id=row["location_id"],
        service_id=row["service_id"],
        minutes=party["minutes"],
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
        party=tuple(_waiting(each) for each in party["guests"]),
    )


def _party(entry: Entry) -> dict[str, Any] | None:
    if not entry.party:
        return None
    return {"minutes": entry.minutes, "guests": [_guest(each) for each in entry.party]}


def _guest(waiting: WaitingGuest) -> dict[str, Any]:
    sought = waiting.sought
    return {
        "who": asdict(waiting.guest) if waiting.guest is not None else None,
        "duration_minutes": sought.duration_minutes,
        "practitioner_id": sought.practitioner_id,
        "add_on_ids": list(sought.add_on_ids),
        "preference": in_words(sought.preference),
    }


def _waiting(told: Mapping[str, Any]) -> WaitingGuest:
    return WaitingGuest(
        guest=Guest(**told["who"]) if told["who"] is not None else None,
        sought=GuestSought(
            duration_minutes=told["duration_minutes"],
            practitioner_id=told["practitioner_id"],
            add_on_ids=tuple(told["add_on_ids"]),
            preference=from_words(told["preference"]),
        ),
    )


def _lease_of(row: Mapping[Any, Any]) -> Lease:
    party = row["party"] or {"shorter": (), "parts": ()}
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
        shorter=tuple(claim_told(each) for each in party["shorter"]),
        parts=tuple(part_told(each) for each in party["parts"]),
    )
