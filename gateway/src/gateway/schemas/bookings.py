"""Bookings: how to make and change one, and the answer."""

from marshmallow import fields, validate

from gateway.schemas import therapy
from gateway.schemas.base import Answer, Request
from gateway.schemas.catalog import MODALITIES
from gateway.schemas.fields import Id, Instant, Text, Truth, Zone
from gateway.schemas.parties import LISTED, MOST_GUESTS, NESTED, BookedPart, Companion, ScreeningOutcome
from gateway.schemas.preferences import preferred
from gateway.schemas.therapy import Need
from gateway.schemas.values import Address, Money, Person, identifier, instant, text, whole

_TOKEN = r"^[A-Za-z0-9._~+/=:-]+$"  # noqa: S105  # a pattern, not a token


class Guest(Request):
    """Who comes. An e-mail address or a phone number is needed."""

    name = Text(required=True, most=200, metadata={"example": "Ana Moreau"})
    email = Text(most=254, allow_none=True, metadata={"format": "email", "example": "ana@example.com"})
    phone = Text(
        most=40,
        allow_none=True,
        metadata={
            "example": "+33 1 99 00 12 34",
            "description": "As dialled at the branch, or with + and the country",
        },
    )
    locale = Text(
        most=35,
        allow_none=True,
        pattern=r"^[A-Za-z]{2,3}(-[A-Za-z0-9]{1,8})*$",
        metadata={"example": "fr", "description": "The language for messages, BCP 47"},
    )
    zone = Zone(allow_none=True, metadata={"description": "The guest's own time zone", "example": "Europe/London"})


class MakeBooking(Request):
    """A hold that becomes a booking."""

    hold_id = Id(required=True)
    hold_token = Text(required=True, most=4000, pattern=_TOKEN)
    guest = fields.Nested(Guest, required=True, error_messages=NESTED)
    guests = fields.List(
        fields.Nested(Companion, required=True, error_messages=NESTED),
        validate=validate.Length(max=MOST_GUESTS, error=f"must have at most {MOST_GUESTS} entries"),
        error_messages=LISTED,
        metadata={"description": "Everyone else of a party, in the order in which they were held"},
    )
    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=NESTED)
    referral = therapy.referral()
    payer = therapy.payer()


class Cancel(Request):
    """How to cancel."""

    accept_fee = Truth(
        load_default=False, metadata={"description": "Cancel even if it is no longer free of charge", "default": False}
    )


class Reschedule(Request):
    """Where to move it."""

    start = Instant(required=True, metadata={"example": "2026-12-02T14:00:00+01:00"})
    practitioner_id = Id(
        allow_none=True,
        metadata={"description": "With whom; if left out with whom it was, or else with anyone who is free"},
    )
    screening = fields.Nested(
        ScreeningOutcome,
        allow_none=True,
        error_messages=NESTED,
        metadata={"description": "Needed if the service asks other safety questions than when it was booked"},
    )


class BookedLocation(Answer):
    """Where it takes place."""

    id = identifier()
    name = text(example="La Belle Paris")
    zone = text(example="Europe/Paris")
    phone = text(example="+33199001010")
    address = fields.Nested(Address, required=True)


class BookedService(Answer):
    """What was booked, as it was called then."""

    id = identifier()
    name = text(example="Deep tissue massage")
    discreet_name = text(description="For calendars and messages that others may see")
    modality = fields.String(required=True, validate=validate.OneOf(MODALITIES))


class BookedGuest(Answer):
    """Who comes, as stored."""

    name = text()
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True, metadata={"description": "E.164"})


class FeeOwed(Answer):
    """A fee that is written down; no payment is taken."""

    cause = fields.String(required=True, validate=validate.OneOf(["late_cancellation", "late_move", "no_show"]))
    amount = fields.Nested(Money, required=True)
    waived = fields.Boolean(required=True, metadata={"description": "Staff have let the guest off"})


class Booking(Answer):
    """An appointment."""

    id = identifier()
    state = fields.String(
        required=True,
        validate=validate.OneOf(["confirmed", "checked_in", "completed", "cancelled", "no_show"]),
    )
    revision = whole(description="Grows with each change; also the ETag")
    location = fields.Nested(BookedLocation, required=True)
    service = fields.Nested(BookedService, required=True)
    practitioners = fields.List(fields.Nested(Person), required=True)
    start = instant()
    end = instant()
    duration_minutes = whole()
    price = fields.Nested(Money, required=True)
    guest = fields.Nested(BookedGuest, required=True)
    guests = fields.List(
        fields.Nested(BookedPart),
        required=True,
        metadata={"description": "Each guest's part, where they are several or have add-ons; otherwise empty"},
    )
    preferences = preferred()
    free_until = instant(description="Cancelling is free of charge until then")
    fee = fields.Nested(
        Money, required=True, allow_none=True, metadata={"description": "What a later cancellation costs"}
    )
    no_show_fee = fields.Nested(Money, required=True, metadata={"description": "What not coming costs"})
    fee_owed = fields.Nested(
        FeeOwed,
        required=True,
        allow_none=True,
        metadata={"description": "What is owed for a late cancellation or for not coming, if anything ever was"},
    )
    needs = fields.List(
        fields.Nested(Need),
        metadata={"description": "What physical therapy needs beforehand, met or open; empty for a massage"},
    )
    undo_until = instant(nullable=True, description="Until then a cancellation can be taken back")
    made_at = instant()
    cancelled_at = instant(nullable=True)


class NewBooking(Booking):
    """An appointment that was just made, with the token that opens it."""

    manage_token = text(description="Opens this booking: read, cancel. It stands in the guest's messages too")
