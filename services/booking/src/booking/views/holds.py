"""Holds as JSON."""

from typing import Any
from zoneinfo import ZoneInfo

from booking.application.hold import Held
from booking.application.keep_hold import Described
from booking.domain.clinic import Clinic, names
from booking.domain.zones import utc
from booking.views.parties import held_guests
from booking.views.values import iso, money, preferences, screening


def hold(answer: Held, clinic: Clinic) -> dict[str, Any]:
    """Return a hold with its token, what it holds, and what the guest will be asked."""
    held = answer.hold
    location, service = clinic.locations[held.location_id], clinic.services[held.service_id]
    zone, guests = ZoneInfo(location.zone), held_guests(held, clinic)
    return {
        "id": held.id,
        "token": answer.token,
        "expires_at": iso(utc(held.expires_at), zone),
        "extendable_until": iso(utc(held.extendable_until), zone),
        "exclusive": answer.exclusive,
        "location_id": held.location_id,
        "service_id": held.service_id,
        "start": iso(utc(held.start), zone),
        "end": iso(utc(held.end), zone),
        "zone": location.zone,
        "duration_minutes": held.minutes,
        "price": money(held.price),
        "practitioner_ids": list(held.practitioner_ids),
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, held.practitioner_ids)],
        "screening": guests[0]["screening"] if guests else screening(service.screening),
        "guests": guests,
        "preferences": preferences(held.preference),
        "phone": location.phone,
        "replayed": answer.replayed,
    }


def described(answer: Described, clinic: Clinic) -> dict[str, Any]:
    """Return a hold and what became of it."""
    return {**hold(answer.held, clinic), "state": answer.state.value, "booking_id": answer.booking_id}
