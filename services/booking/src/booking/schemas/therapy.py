"""What staff send about needs and documents, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.documents import Add, Paper, Whose
from booking.domain.audit import Actor
from booking.domain.documents import DOCUMENTS, UNITS, VISITS, DocumentId, Terms
from booking.domain.errors import Problem, Refused
from booking.domain.ids import BookingId, LocationId
from booking.domain.needs import AS_SELF_PAY, BY_DOCUMENT, BY_RELEASE
from booking.schemas.attendance import Staff, StaffBooking
from booking.schemas.base import Command, Id, Text, optional, required_id
from booking.schemas.bookings import GuestFields, contact

_KIND = validate.OneOf(DOCUMENTS)
_PAGE = validate.Range(min=1, max=101)


class _Resolve(StaffBooking):
    need_id = required_id()
    how = fields.String(required=True, validate=validate.OneOf([BY_DOCUMENT, AS_SELF_PAY, BY_RELEASE]))


class _OpenNeeds(Command):
    after = optional(Id)
    limit = fields.Integer(load_default=100, strict=True, validate=_PAGE)


class _RunningOut(Staff):
    after = optional(Id)
    limit = fields.Integer(load_default=100, strict=True, validate=_PAGE)


class _Documents(Staff):
    kind = fields.String(required=True, validate=_KIND)
    booking_id = optional(Id)
    after = optional(Id)
    limit = fields.Integer(load_default=100, strict=True, validate=_PAGE)


class _Add(Staff):
    kind = fields.String(required=True, validate=_KIND)
    document_id = optional(Id)
    body_hash = optional(Text, longest=64)
    booking_id = optional(Id)
    location_id = optional(Id)
    guest = fields.Nested(GuestFields, load_default=None, allow_none=True)
    issuer = Text(required=True, longest=200)
    number = optional(Text, longest=80)
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    visits = fields.Integer(load_default=None, allow_none=True, strict=True)
    units = fields.Integer(load_default=None, allow_none=True, strict=True)
    verified = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _Paper(Staff):
    kind = fields.String(required=True, validate=_KIND)
    document_id = required_id()


class _Reduce(_Paper):
    to = fields.Integer(required=True, strict=True)


RESOLVE = _Resolve()
OPEN_NEEDS = _OpenNeeds()
RUNNING_OUT = _RunningOut()
DOCUMENT_LIST = _Documents()
ADD = _Add()
PAPER = _Paper()
REDUCE = _Reduce()


def paper(message: Mapping[str, Any]) -> Paper:
    """Return which document is meant, and who of staff acts."""
    return Paper(
        document_id=DocumentId(message["document_id"]),
        kind=message["kind"],
        actor=Actor(message["actor"]),
        reason=message["reason"],
    )


def adding(message: Mapping[str, Any]) -> Add:
    """Return the document to write down. Said in both, it counts in units."""
    units = message["units"]
    return Add(
        whose=_whose(message),
        kind=message["kind"],
        terms=Terms(
            issuer=message["issuer"],
            number=message["number"],
            issued_on=message["issued_on"],
            expires_on=message["expires_on"],
            allowance=units if units is not None else message["visits"],
            counted_in=UNITS if units is not None else VISITS,
        ),
        verified=message["verified"],
        actor=Actor(message["actor"]),
        document_id=DocumentId(message["document_id"]) if message["document_id"] else None,
        body_hash=message["body_hash"],
    )


def _whose(message: Mapping[str, Any]) -> BookingId | Whose:
    if message["booking_id"]:
        return BookingId(message["booking_id"])
    missing = [name for name in ("location_id", "guest") if not message[name]]
    if missing:
        problems = [Problem(field=name, problem="Give a booking, or a guest and a location.") for name in missing]
        raise Refused("invalid_request", "Nobody says whose document this is.", fields=problems)
    return Whose(location_id=LocationId(message["location_id"]), contact=contact(message))
