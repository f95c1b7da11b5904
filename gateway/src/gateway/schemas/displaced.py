"""Bookings that a change of the clinic left without what they need."""

from marshmallow import fields, validate

from gateway.schemas.attendance import reason
from gateway.schemas.base import Answer, Request
from gateway.schemas.bookings import Booking
from gateway.schemas.fields import WholeInQuery
from gateway.schemas.paging import Page
from gateway.schemas.values import Person, instant, whole

REASONS = (
    "location_withdrawn",
    "closure",
    "outside_opening_hours",
    "service_withdrawn",
    "practitioner_withdrawn",
    "time_off",
    "outside_working_hours",
    "not_licensed",
    "resource_withdrawn",
    "not_suitable",
)


class FindDisplaced(Page):
    """Which part of the list."""

    limit = WholeInQuery(least=1, most=50, load_default=20, metadata={"description": "How many at most"})


class WhatIsWrong(Answer):
    """One reason, and with whom or what."""

    reason = fields.String(required=True, validate=validate.OneOf(REASONS))
    resource_id = fields.String(required=True, allow_none=True, metadata={"format": "uuid"})
    name = fields.String(
        required=True,
        allow_none=True,
        metadata={"description": "The practitioner's, the room's; null: place or service"},
    )


class Change(Answer):
    """What to send to POST /v1/admin/bookings/{booking_id}/reschedule, with a reason. What is left out stays."""

    start = fields.String(metadata={"format": "date-time"})
    practitioner_id = fields.String(metadata={"format": "uuid"})
    room_id = fields.String(metadata={"format": "uuid"})


class Proposal(Answer):
    """A way to serve it after all. It is free now; nobody keeps it."""

    kind = fields.String(
        required=True,
        validate=validate.OneOf(["room", "practitioner", "time"]),
        metadata={"description": "What changes. Another room alone is not told to the guest"},
    )
    start = instant()
    end = instant()
    practitioners = fields.List(fields.Nested(Person), required=True)
    change = fields.Nested(Change, required=True)


class Displaced(Answer):
    """A booking as it stands, what is wrong, and what could be done."""

    booking = fields.Nested(Booking, required=True)
    since = instant()
    reasons = fields.List(fields.Nested(WhatIsWrong), required=True)
    proposals = fields.List(fields.Nested(Proposal), required=True)


class DisplacedBookings(Answer):
    """One page, by start. A page may be shorter than asked for, and yet not the last."""

    items = fields.List(fields.Nested(Displaced), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class WouldDisplace(Answer):
    """The bookings that a change would displace. They would stand as they are: staff decide about each."""

    count = whole(description="How many")
    items = fields.List(
        fields.Nested(Displaced), required=True, metadata={"description": "The first 20 of them, by start"}
    )


class DryRun(Answer):
    """What a change would do to bookings; nothing was changed."""

    displaced = fields.Nested(WouldDisplace, required=True)


class LetStand(Request):
    """How it takes place all the same."""

    reason = reason(required=True)
