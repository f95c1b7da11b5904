"""What staff send to change bookings, whatever the rules for guests say."""

from typing import Any

from marshmallow import fields

from gateway.schemas import therapy
from gateway.schemas.attendance import reason
from gateway.schemas.base import Request
from gateway.schemas.bookings import Guest
from gateway.schemas.fields import Choice, Id, Instant, Truth, Whole
from gateway.schemas.parties import MOST_GUESTS, NESTED, ScreeningOutcome
from gateway.schemas.preferences import preferences

_BUFFER = "In minutes, at most the service's own; left out: as it is"


def _minutes(**more: Any) -> Whole:
    return Whole(least=0, most=1440, allow_none=True, **more)


class Liberties(Request):
    """What staff may do that guests may not."""

    outside_hours = Truth(
        load_default=False,
        metadata={"description": "Even if whoever serves is not at work, or the house is closed", "default": False},
    )
    set_up_minutes = _minutes(metadata={"description": _BUFFER})
    clean_up_minutes = _minutes(metadata={"description": _BUFFER})


class BookAsStaff(Liberties):
    """What a guest wants who has called, or has just come in."""

    location_id = Id(required=True)
    service_id = Id(required=True)
    start = Instant(
        allow_none=True,
        metadata={"description": "Left out: from this minute on", "example": "2026-12-01T10:30:00+01:00"},
    )
    duration_minutes = Whole(least=1, most=1440, allow_none=True)
    practitioner_id = Id(allow_none=True)
    preferences = preferences()
    guest = fields.Nested(Guest, required=True, error_messages=NESTED)
    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=NESTED)
    referral = therapy.referral()
    payer = therapy.payer()
    reason = reason(allow_none=True)


class Rearrange(Liberties):
    """What is to be otherwise; what is left out stays."""

    start = Instant(allow_none=True, metadata={"example": "2026-12-01T10:50:00+01:00"})
    duration_minutes = Whole(least=1, most=1440, allow_none=True)
    practitioner_id = Id(allow_none=True)
    room_id = Id(allow_none=True)
    reason = reason(required=True)
    fee = Choice(
        "none",
        "owed",
        "waived",
        metadata={
            "description": (
                "Of moving it later than it could be cancelled free of charge: `owed` or `waived` if the guest wishes "
                "it, `none` (and when left out) if the house does"
            ),
        },
    )


class WaiveFee(Request):
    """Why the guest is let off, and who of several."""

    reason = reason(required=True)
    guest = Whole(
        least=1,
        most=MOST_GUESTS,
        metadata={"description": "Of a party: the place, from 1, of the guest who owes a fee of their own"},
    )


class CancelAsStaff(Request):
    """Why it is cancelled, and what of the fee."""

    reason = reason(required=True)
    fee = Choice(
        "none",
        "owed",
        "waived",
        load_default="none",
        metadata={
            "description": (
                "Of a late cancellation: `owed` or `waived` if it is the guest who cancels, `none` if it is the house"
            ),
            "default": "none",
        },
    )
