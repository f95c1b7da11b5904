"""Holds: how to ask for one, and the answer."""

from marshmallow import fields

from gateway.schemas.base import Answer, Request
from gateway.schemas.fields import Id, Instant, Whole
from gateway.schemas.parties import HeldGuest, add_on_ids, guests_wanted
from gateway.schemas.preferences import preferences, preferred
from gateway.schemas.values import Money, Person, Screening, identifier, instant, text, whole


class MakeHold(Request):
    """The time that is wanted."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    start = Instant(required=True, metadata={"example": "2026-12-01T10:30:00+01:00"})
    duration_minutes = Whole(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(allow_none=True, metadata={"description": "Whom the guest asks for; anyone if left out"})
    add_on_ids = add_on_ids("What is had with it; of several guests, by each of them")
    guests = guests_wanted()
    preferences = preferences("What all guests wish alike; where `guests` are named, each has their own")


class Empty(Request):
    """Nothing needs to be said."""


class Hold(Answer):
    """A time that nobody else can take until `expires_at`."""

    id = identifier()
    token = text(description="Opens this hold; keep it from others")
    expires_at = instant()
    extendable_until = instant(description="It can be extended up to this moment and no further")
    exclusive = fields.Boolean(
        required=True,
        metadata={
            "description": "False while holds cannot be kept exclusively: the time is promised to whoever books first"
        },
    )
    location_id = identifier()
    service_id = identifier()
    start = instant()
    end = instant()
    zone = text(example="Europe/Paris")
    duration_minutes = whole()
    price = fields.Nested(Money, required=True)
    practitioner_ids = fields.List(identifier(), required=True)
    practitioners = fields.List(fields.Nested(Person), required=True)
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask, or null"}
    )
    guests = fields.List(
        fields.Nested(HeldGuest),
        required=True,
        metadata={"description": "Each guest's part, where they are several or have add-ons; otherwise empty"},
    )
    preferences = preferred()
    phone = text(description="The branch's number")
