"""How practitioners and desks are written to: what staff send and read."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer, Request
from gateway.schemas.fields import Choice, Id, Text
from gateway.schemas.values import text

KINDS = ("practitioner", "desk")
_LANGUAGES = ("en", "fr", "es")


class Contact(Request):
    """At what address, in which language."""

    name = Text(most=200, required=True)
    email = Text(most=254, allow_none=True, pattern=r"^[^@\s]+@[^@\s]+\.[^@\s]+$")
    phone = Text(most=16, allow_none=True, pattern=r"^\+[1-9][0-9]{6,14}$", metadata={"description": "E.164"})
    language = Choice(*_LANGUAGES, required=True)


class SaveContact(Request):
    """Reach one of staff so from now on; without `contact` not at all."""

    kind = Choice(*KINDS, required=True)
    subject_id = Id(required=True, metadata={"description": "the practitioner's id, or the location's of the desk"})
    contact = fields.Nested(Contact, allow_none=True)


class StaffContact(Answer):
    """How one of staff is reached."""

    kind = fields.String(required=True, validate=validate.OneOf(KINDS))
    subject_id = text()
    name = text()
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)
    language = text()


class StaffContacts(Answer):
    """Everybody, desks first."""

    items = fields.List(fields.Nested(StaffContact), required=True)
