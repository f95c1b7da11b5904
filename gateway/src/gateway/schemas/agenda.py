"""What staff see and block: bookings by day, one booking's story, blocks."""

from marshmallow import ValidationError, fields, validate, validates_schema

from gateway.schemas.attendance import reason
from gateway.schemas.base import Answer, Query, Request
from gateway.schemas.bookings import Booking
from gateway.schemas.fields import Date, Id, Instant, InstantInQuery, Text, WholeInQuery
from gateway.schemas.messages import Message
from gateway.schemas.values import Person, identifier, instant, text


class _Span(Query):
    """A location, and a day of its or a span."""

    location_id = Id(required=True)
    date = Date(metadata={"description": "A day on the location's calendar", "example": "2026-12-01"})
    since = InstantInQuery(data_key="from", metadata={"description": "Or from this moment on"})
    until = InstantInQuery(data_key="to", metadata={"description": "until just before this one, at most 62 days"})

    @validates_schema
    def _one_of_both(self, data: dict[str, object], **_: object) -> None:
        span = {"since", "until"} & set(data)
        if ("date" in data) == bool(span) or len(span) == 1:
            raise ValidationError("is needed, or else `from` and `to`, and not both", "date")


class FindBookings(_Span):
    """Which bookings."""

    limit = WholeInQuery(least=1, most=100, load_default=50, metadata={"description": "How many at most"})
    cursor = Text(most=200, pattern="^[A-Za-z0-9_-]+$", metadata={"description": "`next_cursor` of the page before"})


class FindBlocks(_Span):
    """Which blocks."""


class BookingForStaff(Booking):
    """A booking with the rooms and the equipment that it claims."""

    rooms = fields.List(fields.Nested(Person), required=True)


class BookingsForStaff(Answer):
    """One page of bookings."""

    items = fields.List(fields.Nested(BookingForStaff), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class Deed(Answer):
    """One thing that was done to a booking."""

    at = instant()
    actor = text(description="`guest`, or who of staff", example="admin")
    action = text(example="check_in")
    reason = fields.String(required=True, allow_none=True)
    detail = fields.Raw(required=True, metadata={"type": "object", "description": "Ids, times, states"})


class Story(Answer):
    """A booking, what was done to it, and what its guest was told."""

    booking = fields.Nested(BookingForStaff, required=True)
    timeline = fields.List(fields.Nested(Deed), required=True)
    messages = fields.List(
        fields.Nested(Message),
        required=True,
        allow_none=True,
        metadata={"description": "As in GET /v1/bookings/{id}/messages; null while that cannot be asked"},
    )


class MakeBlock(Request):
    """Time to be kept from guests."""

    location_id = Id(required=True)
    resource_ids = fields.List(
        Id(),
        required=True,
        validate=validate.Length(min=1, max=50, error="must have 1 to 50 ids"),
        error_messages={"required": "is missing", "null": "must not be null", "invalid": "must be a list of ids"},
        metadata={"description": "Practitioners, rooms, equipment"},
    )
    since = Instant(required=True, data_key="from")
    until = Instant(required=True, data_key="to")
    reason = reason(allow_none=True)


class Block(Answer):
    """Time that is kept from guests."""

    id = identifier()
    location_id = identifier()
    resources = fields.List(fields.Nested(Person), required=True)
    since = fields.String(required=True, data_key="from", metadata={"format": "date-time"})
    until = fields.String(required=True, data_key="to", metadata={"format": "date-time"})
    reason = fields.String(required=True, allow_none=True)
    made_by = text(example="admin")
    made_at = instant()


class Blocks(Answer):
    """The blocks, by start."""

    items = fields.List(fields.Nested(Block), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
