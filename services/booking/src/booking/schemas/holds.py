"""What callers send about holds."""

from marshmallow import fields

from booking.schemas.base import Command, IdempotencyKey, Text, required_id
from booking.schemas.looking import PartyFields


class _Hold(PartyFields):
    start = fields.AwareDateTime(required=True, format="iso")
    idempotency = fields.Nested(IdempotencyKey, load_default=None, allow_none=True)


class _HoldToken(Command):
    hold_id = required_id()
    token = Text(required=True, longest=4000)


HOLD = _Hold()
HOLD_TOKEN = _HoldToken()
