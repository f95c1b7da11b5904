"""The answers to providers' callbacks."""

from marshmallow import fields

from gateway.schemas.base import Answer, Query
from gateway.schemas.fields import Text


class Heard(Answer):
    """What to answer the guest; null for nothing."""

    reply = fields.String(required=True, allow_none=True)


class Taken(Answer):
    """It was taken, and there is nothing to say."""


class ReceiptKey(Query):
    """Our own name for the message, given back."""

    key = Text(most=200)
