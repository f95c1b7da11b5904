"""What callers get: domain values as JSON. Times carry the location's offset.

Written by hand and not by a schema: an answer may list a thousand slots, and this is on the way of every page.
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from booking.application.availability import Availability
from booking.application.hold import Held
from booking.application.keep_hold import Described
from booking.domain.booking import CANCELLED, Booking, ManageToken
from booking.domain.clinic import Clinic, Screening, names
from booking.domain.errors import Refused
from booking.domain.money import Money
from booking.domain.ranges import Instant
from booking.domain.zones import local, utc


def availability(found: Availability) -> dict[str, Any]:
    """Return slots with what they are of."""
    asked = found.asked
    zone = asked.location.zone
    return {
        "location_id": asked.location.id,
        "service_id": asked.service.id,
        "zone": asked.location.zone,
        "duration_minutes": asked.minutes,
        "price": money(asked.duration.price),
        "slots": [
            {
                "start": _written(slot.start, zone),
                "end": _written(slot.end, zone),
                "practitioner_ids": slot.practitioner_ids,
            }
            for slot in found.slots
        ],
    }


def hold(answer: Held, clinic: Clinic) -> dict[str, Any]:
    """Return a hold with its token, what it holds, and what the guest will be asked."""
    held = answer.hold
    location, service = clinic.locations[held.location_id], clinic.services[held.service_id]
    zone = ZoneInfo(location.zone)
    return {
        "id": held.id,
        "token": answer.token,
        "expires_at": _iso(utc(held.expires_at), zone),
        "extendable_until": _iso(utc(held.extendable_until), zone),
        "exclusive": answer.exclusive,
        "location_id": held.location_id,
        "service_id": held.service_id,
        "start": _iso(utc(held.start), zone),
        "end": _iso(utc(held.end), zone),
        "zone": location.zone,
        "duration_minutes": held.minutes,
        "price": money(held.price),
        "practitioner_ids": list(held.practitioner_ids),
        "practitioners": [{"id": who, "name": name} for who, name in names(clinic, held.practitioner_ids)],
        "screening": screening(service.screening),
        "phone": location.phone,
        "replayed": answer.replayed,
    }


def described(answer: Described, clinic: Clinic) -> dict[str, Any]:
    """Return a hold and what became of it."""
    return {**hold(answer.held, clinic), "state": answer.state.value, "booking_id": answer.booking_id}


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
        "start": _iso(made.start, zone),
        "end": _iso(made.end, zone),
        "duration_minutes": made.minutes,
        "price": money(made.price),
        "guest": {"name": made.guest.name, "email": made.guest.email, "phone": made.guest.phone},
        "free_until": _iso(made.free_until, zone),
        "fee": money(fee) if fee is not None else None,
        "undo_until": _iso(made.undo_until, zone) if made.undo_until else None,
        "made_at": _iso(made.made_at, zone),
        "cancelled_at": _iso(made.cancelled_at, zone) if made.cancelled_at else None,
    }


def facts(made: Booking, token: ManageToken, clinic: Clinic) -> dict[str, Any]:
    """Return a booking as the one who writes to its guest needs it."""
    view = booking(made, clinic)
    guest = {**view["guest"], "locale": made.guest.locale, "zone": made.guest.zone}
    return {**view, "guest": guest, "channels": list(made.guest.channels), "manage_token": token}


def refusal(refused: Refused) -> dict[str, Any]:
    """Return a refusal as it crosses the wire."""
    answer: dict[str, Any] = {"code": refused.code, "detail": refused.detail}
    if refused.fields:
        answer["fields"] = [{"field": each.field, "problem": each.problem} for each in refused.fields]
    if refused.extra:
        answer["extra"] = {name: _plain(value) for name, value in refused.extra.items()}
    return answer


def money(value: Money) -> dict[str, str]:
    """Return an amount with its currency."""
    return {"amount": str(value.amount), "currency": value.currency}


def screening(asked: Screening | None) -> dict[str, Any] | None:
    """Return the safety questions."""
    if asked is None:
        return None
    return {"version": asked.version, "questions": [{"id": each, "text": text} for each, text in asked.questions]}


@lru_cache(maxsize=65_536)  # the same starts are shown to everyone who looks
def _written(at: Instant, zone: str) -> str:
    return local(at, zone).isoformat()


def _plain(value: object) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Money():
            return money(value)
        case Screening():
            return screening(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case Sequence() if not isinstance(value, str):
            return [_plain(each) for each in value]
    if isinstance(value, str | int | None):
        return value
    raise TypeError(f"a refusal cannot carry {type(value).__name__}")


def _iso(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(UTC).astimezone(zone).isoformat()
