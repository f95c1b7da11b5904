"""A guest as the columns that bookings and waitlist entries keep of them, and back."""

from collections.abc import Mapping
from typing import Any

from booking.domain.guest import Guest


def guest_columns(guest: Guest) -> dict[str, Any]:
    """Return the columns of a guest."""
    return {
        "guest_name": guest.name,
        "guest_email": guest.email,
        "guest_phone": guest.phone,
        "guest_phone_typed": guest.phone_typed,
        "guest_locale": guest.locale,
        "guest_zone": guest.zone,
    }


def guest_of(row: Mapping[Any, Any]) -> Guest:
    """Return the guest whom a row keeps."""
    return Guest(
        name=row["guest_name"],
        email=row["guest_email"],
        phone=row["guest_phone"],
        phone_typed=row["guest_phone_typed"],
        locale=row["guest_locale"],
        zone=row["guest_zone"],
    )
