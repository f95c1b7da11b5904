"""Bookings as JSON."""

from typing import Any
from zoneinfo import ZoneInfo

from booking.domain.booking import CANCELLED, Booking, ManageToken
from booking.domain.clinic import Clinic, names
from booking.views.values import iso, money


def booking(made: Booking, clinic: Clinic) -> dict[str, Any]:
    """Return a booking with the names its guest knows.

    `fee` is what cancelling after `free_until` costs; of a cancelled booking, what was accepted (null: nothing).
    """
    location, service = clinic.locations[made.location_id], clinic.services[made.service_id]
    zone = ZoneInfo(made.zone)
    address = location.address
    fee = made.fee_accepted if made.state == CANCELLED else made.late_fee
    return {
        "id": made.id,
        "state": made.state,
        "revision": made.revision,
        "location": {
            "id": location.id,
            "name": location.name,
            "zone": made.zone,
            "phone": location.phone,
            "address": {
                "street": address.street,
                "postal_code": address.postal_code,
                "city": address.city,
                "country": address.country,
            },
        },
        "service": {
            "id": service.id,
            "name": service.name,
            "discreet_name": service.discreet_name,
            "modality": service.modality,
        },
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, made.practitioner_ids)],
        "start": iso(made.start, zone),
        "end": iso(made.end, zone),
        "duration_minutes": made.minutes,
        "price": money(made.price),
        "guest": {"name": made.guest.name, "email": made.guest.email, "phone": made.guest.phone},
        "free_until": iso(made.free_until, zone),
        "fee": money(fee) if fee is not None else None,
        "undo_until": iso(made.undo_until, zone) if made.undo_until else None,
        "made_at": iso(made.made_at, zone),
        "cancelled_at": iso(made.cancelled_at, zone) if made.cancelled_at else None,
    }


def facts(made: Booking, token: ManageToken, clinic: Clinic) -> dict[str, Any]:
    """Return a booking as the one who writes to its guest needs it."""
    view = booking(made, clinic)
    guest = {**view["guest"], "locale": made.guest.locale, "zone": made.guest.zone}
    return {**view, "guest": guest, "channels": list(made.guest.channels), "manage_token": token}
