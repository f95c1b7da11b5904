"""What became of the messages about a booking."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer

_INSTANT = {"format": "date-time"}
CHANNELS = ("email", "sms")
RECIPIENTS = ("guest", "practitioner", "desk")
STATES = ("due", "sending", "sent", "delivered", "skipped", "failed", "uncertain")


class Message(Answer):
    """One message that was owed. `reason` says why it was not sent, or not in the plain way."""

    rule = fields.String(required=True, metadata={"description": "what owed it, such as `first_reminder`"})
    revision = fields.Integer(required=True, metadata={"description": "the booking's revision that owed it"})
    channel = fields.String(required=True, validate=validate.OneOf(CHANNELS))
    recipient = fields.String(required=True, validate=validate.OneOf(RECIPIENTS), metadata={"description": "for whom"})
    state = fields.String(
        required=True,
        validate=validate.OneOf(STATES),
        metadata={
            "description": "`delivered` is what its provider says; `uncertain` that nobody knows whether it arrived"
        },
    )
    reason = fields.String(required=True, allow_none=True)
    due_at = fields.String(required=True, metadata=_INSTANT)
    sent_at = fields.String(required=True, allow_none=True, metadata=_INSTANT)
    receipt_at = fields.String(
        required=True, allow_none=True, metadata={**_INSTANT, "description": "when its provider last told of it"}
    )
    attempts = fields.Integer(required=True)


class Confirmed(Answer):
    """That the guest answered C to a text."""

    revision = fields.Integer(required=True)
    confirmed_at = fields.String(required=True, metadata=_INSTANT)


class Messages(Answer):
    """Every message about one booking, in the order of its times."""

    items = fields.List(fields.Nested(Message), required=True)
    confirmed = fields.List(fields.Nested(Confirmed), required=True)
