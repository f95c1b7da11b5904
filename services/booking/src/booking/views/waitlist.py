"""The waitlist and unmet demand as JSON."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from booking.application.waiting import Seen
from booking.application.waitlist_ports import Unmet
from booking.domain.clinic import Clinic, names
from booking.domain.waitlist import Entry, Lease
from booking.views.bookings import place, reached, treatment, written_to
from booking.views.parties import waiting_guests
from booking.views.values import iso, money, preferences, screening


def seen(found: Seen, clinic: Clinic) -> dict[str, Any]:
    """Return an entry as its guest sees it."""
    booking = found.booking.id if found.booking is not None else None
    return {**entry(found.entry, clinic, offer=found.offer), "booking_id": booking}


def entry(waiting: Entry, clinic: Clinic, *, offer: Lease | None) -> dict[str, Any]:
    """Return an entry with the names its guest knows; `offer` is the one that stands."""
    location, service = clinic.locations[waiting.location_id], clinic.services[waiting.service_id]
    zone, wanted = ZoneInfo(location.zone), waiting.wanted
    who = [waiting.practitioner_id] if waiting.practitioner_id is not None else []
    people = [{"id": each, "name": name} for each, name in names(clinic, who)]
    guests = waiting_guests(waiting, offer, clinic)
    return {
        "id": waiting.id,
        "state": waiting.state,
        "location": place(location, location.zone),
        "service": treatment(service),
        "duration_minutes": waiting.minutes,
        "practitioner": people[0] if people else None,
        "preferences": preferences(waiting.preference),
        "from": iso(wanted.since, zone),
        "to": iso(wanted.until, zone),
        "weekdays": sorted(wanted.weekdays) if wanted.weekdays is not None else None,
        "earliest": _on_the_wall(wanted.earliest),
        "latest": _on_the_wall(wanted.latest),
        "guest": reached(waiting.guest),
        "made_at": iso(waiting.made_at, zone),
        "ended_at": iso(waiting.ended_at, zone) if waiting.ended_at is not None else None,
        "offer": _offer(offer, clinic) if offer is not None else None,
        "screening": guests[0]["screening"] if guests else screening(service.screening),
        "guests": guests,
    }


def facts(waiting: Entry, lease: Lease, token: str, clinic: Clinic) -> dict[str, Any]:
    """Return an offer as the one who writes to its guest needs it: like a booking, with what the offer adds."""
    location, service = clinic.locations[lease.location_id], clinic.services[lease.service_id]
    zone = ZoneInfo(location.zone)
    return {
        **_offer(lease, clinic),
        "revision": 1,
        "state": lease.state,
        "location": place(location, location.zone),
        "service": treatment(service),
        "duration_minutes": lease.minutes,
        "guest": written_to(waiting.guest),
        "channels": list(waiting.guest.channels),
        "fee": None,
        "free_until": iso(lease.start, zone),
        "manage_token": token,
        "offer": {"entry_id": waiting.id, "deadline": iso(lease.deadline, zone)},
    }


def waits(entry: Entry, token: str, clinic: Clinic) -> dict[str, Any]:
    """Return a place on the waitlist as the one who writes to its guest needs it: from `start` to `end` they wait."""
    location, service = clinic.locations[entry.location_id], clinic.services[entry.service_id]
    zone = ZoneInfo(location.zone)
    since, until = iso(entry.wanted.since, zone), iso(entry.wanted.until, zone)
    asked = [entry.practitioner_id, *(each.sought.practitioner_id for each in entry.party)]
    who = [each for each in asked if each is not None]
    return {
        "id": entry.id,
        "revision": 1,
        "state": entry.state,
        "location": place(location, location.zone),
        "service": treatment(service),
        "practitioners": [{"id": each, "name": name} for each, name in names(clinic, who)],
        "start": since,
        "end": until,
        "duration_minutes": entry.minutes,
        "price": None,
        "fee": None,
        "free_until": until,
        "guest": written_to(entry.guest),
        "channels": list(entry.guest.channels),
        "manage_token": token,
        "offer": {"entry_id": entry.id, "deadline": until},
    }


def unmet(counted: Sequence[Unmet]) -> list[dict[str, Any]]:
    """Return the counts of unmet demand."""
    return [
        {
            "hour": each.hour.isoformat(),
            "location_id": each.location_id,
            "service_id": each.service_id,
            "searches": each.searches,
            "entries": each.entries,
        }
        for each in counted
    ]


def _on_the_wall(minutes: int | None) -> str | None:
    return f"{minutes // 60:02}:{minutes % 60:02}" if minutes is not None else None


def _offer(lease: Lease, clinic: Clinic) -> dict[str, Any]:
    zone = ZoneInfo(clinic.locations[lease.location_id].zone)
    return {
        "id": lease.id,
        "start": iso(lease.start, zone),
        "end": iso(lease.end, zone),
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, lease.practitioner_ids)],
        "price": money(lease.price),
        "deadline": iso(lease.deadline, zone),
    }
