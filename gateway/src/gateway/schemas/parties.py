"""Several guests in one booking: what each asks for, and what each gets."""

from marshmallow import fields, validate

from gateway.schemas.availability import in_order
from gateway.schemas.base import Answer, Request
from gateway.schemas.fields import REQUIRED, Id, Instant, Messages, Text, Truth, Whole
from gateway.schemas.preferences import preferences, preferred
from gateway.schemas.values import Money, Person, Screening, identifier, instant, text, whole

NESTED: Messages = {**REQUIRED, "type": "must be a JSON object"}
LISTED: Messages = {**REQUIRED, "type": "must be a JSON array"}
MOST_GUESTS = 100
"""Beyond that a list is not read at all; how many a service is for, booking says."""


def add_on_ids(description: str) -> fields.List[str]:
    """Which add-ons are wanted."""
    return fields.List(
        Text(required=True, most=100),
        validate=validate.Length(max=50, error="must have at most 50 entries"),
        error_messages=LISTED,
        metadata={"description": description, "example": ["hot_stones"]},
    )


class GuestWanted(Request):
    """What one guest of a party wants."""

    practitioner_id = Id(allow_none=True, metadata={"description": "By whom; by anyone if left out"})
    duration_minutes = Whole(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    add_on_ids = add_on_ids("What this guest has with it")
    preferences = preferences()


def guests_wanted() -> fields.List[dict[str, object]]:
    """What each guest wants, in the order in which they will be named."""
    return fields.List(
        fields.Nested(GuestWanted, required=True, error_messages=NESTED),
        validate=validate.Length(max=MOST_GUESTS, error=f"must have at most {MOST_GUESTS} entries"),
        error_messages=LISTED,
        metadata={"description": "One entry a guest; all alike if left out"},
    )


class Search(Request):
    """For whom times are looked for: those that start in `[from, to)`."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    since = Instant(required=True, data_key="from", metadata={"example": "2026-12-01T00:00:00+01:00"})
    until = Instant(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-08T00:00:00+01:00", "description": "At most 62 days after `from`"},
    )
    guests = guests_wanted()
    preferences = preferences("What all guests wish alike; where `guests` are named, each has their own")

    _range = in_order()


class AddOnGot(Answer):
    """An add-on, by name."""

    id = text(example="hot_stones")
    name = text(example="Hot stones")


class GuestPart(Answer):
    """What one guest gets."""

    duration_minutes = whole(description="Add-ons included")
    price = fields.Nested(Money, required=True)
    add_ons = fields.List(fields.Nested(AddOnGot), required=True)


class WhoCould(Answer):
    """Who could serve one guest, while somebody is left for everyone else."""

    practitioner_ids = fields.List(identifier(), required=True)


class Combination(Answer):
    """A time at which all can be served at once."""

    start = instant()
    end = instant(description="When the last of them is done")
    guests = fields.List(fields.Nested(WhoCould), required=True, metadata={"description": "In the guests' order"})


class Combinations(Answer):
    """The times at which all guests can be served at once, in order."""

    location_id = identifier()
    service_id = identifier()
    zone = text(example="Europe/Paris")
    duration_minutes = whole(description="The longest of the treatments")
    price = fields.Nested(Money, required=True, metadata={"description": "All guests together"})
    guests = fields.List(fields.Nested(GuestPart), required=True)
    slots = fields.List(fields.Nested(Combination), required=True)


class HeldGuest(GuestPart):
    """What is held for one guest, and what they will be asked."""

    practitioner = fields.Nested(Person, required=True, allow_none=True)
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask them, or null"}
    )
    preferences = preferred()


class BookedPart(GuestPart):
    """One guest of a booking, with their own part."""

    name = text(example="Luc Moreau")
    practitioner = fields.Nested(Person, required=True, allow_none=True)
    preferences = preferred()
    state = fields.String(
        required=True,
        validate=validate.OneOf(["coming", "kept_free", "withdrawn"]),
        metadata={"description": "`kept_free`: the place waits for another name until `free_until`"},
    )
    fee = fields.Nested(
        Money,
        required=True,
        allow_none=True,
        metadata={"description": "What withdrawing costs; of a place kept free, if nobody is named in time"},
    )
    fee_waived = fields.Boolean(required=True, metadata={"description": "Staff have let them off it"})


class ScreeningOutcome(Request):
    """What the safety questions came to. The answers themselves are never sent."""

    version = Whole(required=True, least=0, most=2_147_483_647)
    all_clear = Truth(required=True, metadata={"description": "True if every question was answered with no"})


class Companion(Request):
    """Someone who comes along. The one who books is written to, so no contact is needed."""

    name = Text(required=True, most=200, metadata={"example": "Luc Moreau"})
    email = Text(most=254, allow_none=True, metadata={"format": "email", "example": "luc@example.com"})
    phone = Text(most=40, allow_none=True, metadata={"example": "+33 1 99 00 12 35"})
    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=NESTED)


class CancelGuest(Request):
    """Who does not come, and what then."""

    guest = Whole(required=True, least=1, most=MOST_GUESTS, metadata={"description": "Their place, from 1"})
    then = fields.String(
        required=True,
        validate=validate.OneOf(["single", "keep_place"], error="must be single or keep_place"),
        error_messages={**REQUIRED, "invalid": "must be a string"},
        metadata={
            "description": "`single`: go on with one guest, who keeps practitioner and time; "
            "`keep_place`: keep the place for whoever is named until `free_until`"
        },
    )
    accept_fee = Truth(
        load_default=False,
        metadata={"description": "Go on even if it is no longer free of charge", "default": False},
    )
    screening = fields.Nested(
        ScreeningOutcome,
        allow_none=True,
        error_messages=NESTED,
        metadata={"description": "Of the one who stays, if the service for one asks more"},
    )


class NameGuest(Request):
    """Who comes instead."""

    guest = Whole(required=True, least=1, most=MOST_GUESTS, metadata={"description": "Their place, from 1"})
    who = fields.Nested(Companion, required=True, error_messages=NESTED)
