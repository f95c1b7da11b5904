"""What all schemas of one direction have in common."""

from marshmallow import EXCLUDE, RAISE, Schema

_BODY = {"unknown": "is not a known field", "type": "must be a JSON object"}
_PARAMETERS = {"unknown": "is not a known parameter"}


class Request(Schema):
    """What a client sends: nothing that we do not know, so that a typing error never passes for an option."""

    error_messages = _BODY

    class Meta:
        unknown = RAISE


class Query(Schema):
    """What a client asks for in the address."""

    error_messages = _PARAMETERS

    class Meta:
        unknown = RAISE


class Answer(Schema):
    """What we answer. Clients must ignore what they do not know: answers grow."""

    class Meta:
        unknown = EXCLUDE
