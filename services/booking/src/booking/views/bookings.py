"""Bookings as JSON."""

from collections.abc import Sequence
from typing import Any
from zoneinfo import ZoneInfo

from booking.domain.booking import CANCELLED, Booking, ManageToken
from booking.domain.clinic import Clinic, Location, Service, names
from booking.domain.fee import LATE_CANCELLATION
from booking.domain.guest import Guest
from booking.domain.money import Money
from booking.domain.need_rules import EVALUATION
from booking.domain.needs import OPEN, Need
from booking.views.parties import party
from booking.views.values import iso, money, preferences


def booking(made: Booking, clinic: Clinic) -> dict[str, Any]:
    """Return a booking with the names its guest knows.

    `fee` is what cancelling after `free_until` costs; of a cancelled booking, what is owed for it (null: nothing).
    `fee_owed` is what is owed for a late cancellation, a late move or for not coming, if anything ever was.
    """
    zone = ZoneInfo(made.zone)
    fee = _owed_for_cancelling(made) if made.state == CANCELLED else made.late_fee
    return {
        "id": made.id,
        "state": made.state,
        "revision": made.revision,
        "location": place(clinic.locations[made.location_id], made.zone),
        "service": treatment(clinic.services[made.service_id]),
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, made.practitioner_ids)],
        "start": iso(made.start, zone),
        "end": iso(made.end, zone),
        "duration_minutes": made.minutes,
        "price": money(made.price),
        "guest": reached(made.guest),
        "guests": party(made, clinic),
        "preferences": preferences(made.preference),
        "free_until": iso(made.free_until, zone),
        "fee": money(fee) if fee is not None else None,
        "no_show_fee": money(made.no_show_fee),
        "fee_owed": (
            {
                "cause": made.owed.cause,
                "amount": money(made.owed.amount),
                "waived": made.owed.waived_at is not None,
            }
            if made.owed is not None
            else None
        ),
        "undo_until": iso(made.undo_until, zone) if made.undo_until else None,
        "made_at": iso(made.made_at, zone),
        "cancelled_at": iso(made.cancelled_at, zone) if made.cancelled_at else None,
    }


def place(location: Location, zone: str) -> dict[str, Any]:
    """Return where something takes place."""
    address = location.address
    return {
        "id": location.id,
        "name": location.name,
        "zone": zone,
        "phone": location.phone,
        "address": {
            "street": address.street,
            "postal_code": address.postal_code,
            "city": address.city,
            "country": address.country,
        },
    }


def treatment(service: Service) -> dict[str, Any]:
    """Return what is given."""
    return {
        "id": service.id,
        "name": service.name,
        "discreet_name": service.discreet_name,
        "modality": service.modality,
    }


def reached(guest: Guest) -> dict[str, Any]:
    """Return who comes, and how to reach them."""
    return {"name": guest.name, "email": guest.email, "phone": guest.phone}


def written_to(guest: Guest) -> dict[str, Any]:
    """Return the same for one who writes to them."""
    return {**reached(guest), "locale": guest.locale, "zone": guest.zone}


def _owed_for_cancelling(made: Booking) -> Money | None:
    if made.owed is None or made.owed.cause != LATE_CANCELLATION:
        return made.fee_accepted  # cancelled before fees were kept by themselves
    return made.owed.amount if made.owed.waived_at is None else None


def facts(
    made: Booking,
    token: ManageToken,
    clinic: Clinic,
    lacking: Sequence[Need],
    *,
    ending: bool,
    displaced: bool,
    follows: bool,
) -> dict[str, Any]:
    """Return a booking as the one who writes to its guest needs it. Of what it lacks only until when.

    `ending` says that it relies on a document that runs out, of which nothing more is told; `follows` that it is a
    later part of a visit.
    """
    view = booking(made, clinic)
    due = min((each.due for each in lacking if each.state == OPEN and each.kind != EVALUATION), default=None)
    return {
        **view,
        "guest": written_to(made.guest),
        "channels": list(made.guest.channels),
        "document_due": iso(due, ZoneInfo(made.zone)) if due is not None else None,
        "document_ending": ending,
        "displaced": displaced,
        "follows": follows,
        "preparation": dict(clinic.services[made.service_id].preparation),
        "aftercare": dict(clinic.services[made.service_id].aftercare),
        "manage_token": token,
    }
