"""A refusal on the wire: RFC 9457, with a stable `code`."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer
from gateway.schemas.therapy import Reason
from gateway.schemas.values import Money, Screening, Slot, identifier, text, whole


class WrongField(Answer):
    """One thing that is wrong with the request."""

    field = text(description="Dotted name of the field, or the name of the parameter or header", example="guest.phone")
    place = fields.String(
        required=True,
        data_key="in",
        validate=validate.OneOf(["body", "query", "path", "header"]),
        metadata={"description": "Where it stands"},
    )
    pointer = fields.String(metadata={"description": "JSON pointer into the body", "example": "#/guest/phone"})
    problem = text(example="must not be blank")


class InTheWay(Answer):
    """A claim that stands where another was asked for. Told to staff alone."""

    kind = fields.String(required=True, validate=validate.OneOf(["booking", "block", "lease", "hold"]))
    id = fields.String(
        required=True,
        allow_none=True,
        metadata={"format": "uuid", "description": "None of what a guest holds just now"},
    )
    resource_id = identifier(description="The practitioner, the room or the equipment")
    name = text(description="Of the resource")
    since = fields.String(required=True, data_key="from", metadata={"format": "date-time"})
    until = fields.String(required=True, data_key="to", metadata={"format": "date-time"})


class MissingSession(Answer):
    """A session of a series that has no time."""

    session = whole(description="From 1")
    wanted = fields.String(required=True, metadata={"format": "date-time"})
    alternatives = fields.List(fields.Nested(Slot), required=True)


class Problem(Answer):
    """What happened, where, and how to mend it. Which of the last members are there depends on `code`."""

    type = text(format="uri", description="Where the code is explained")
    title = text(description="What happened, the same for every problem of this code")
    status = whole()
    detail = text(description="What happened this time")
    code = text(description="For programs: never changes its meaning", example="slot_taken")
    mend = text(description="What to do about it")
    correlation_id = text(description="Names this request in our logs")
    fields_ = fields.List(
        fields.Nested(WrongField), data_key="fields", metadata={"description": "What is wrong, place by place"}
    )
    alternatives = fields.List(fields.Nested(Slot), metadata={"description": "Free times near the one asked for"})
    deadline = fields.String(metadata={"format": "date-time", "description": "Until when it was free of charge"})
    fee = fields.Nested(Money, metadata={"description": "What it costs now"})
    phone = fields.String(metadata={"description": "The branch's number, E.164"})
    nearest = fields.List(fields.Nested(Slot), metadata={"description": "The free times nearest to the one asked for"})
    durations = fields.List(fields.Integer(), metadata={"description": "The lengths on offer, in minutes"})
    revision = fields.Integer(metadata={"description": "What the booking's revision is now"})
    earliest = fields.String(metadata={"format": "date-time"})
    latest = fields.String(metadata={"format": "date-time"})
    state = fields.String(metadata={"description": "What the booking is now", "example": "confirmed"})
    in_the_way = fields.List(fields.Nested(InTheWay), metadata={"description": "What is there, buffers included"})
    bends = fields.List(
        fields.String(), metadata={"description": "The guests' rules that this bends: notice, horizon, hours, buffers"}
    )
    guests = fields.Integer(metadata={"description": "How many guests it is for"})
    guest = fields.Integer(metadata={"description": "Which guest of a party, from 1"})
    part = fields.Integer(metadata={"description": "Which part of a visit, from 1"})
    add_ons = fields.List(fields.String(), metadata={"description": "The add-ons that are to be had, by id"})
    sessions = fields.List(
        fields.Nested(MissingSession),
        metadata={"description": "The sessions without a time, and what comes nearest"},
    )
    rule = fields.String(metadata={"description": "The id of the rule that refuses", "example": "evaluation.first"})
    reason = fields.Nested(Reason, metadata={"description": "Why, in each language"})
    screening = fields.Nested(Screening, metadata={"description": "The questions to ask"})
