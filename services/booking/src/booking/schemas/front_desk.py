"""What staff send to book and rearrange, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.book_as_staff import StaffBook
from booking.application.rearrange import Rearranged
from booking.domain.audit import Actor
from booking.domain.booking import NO_FEE, OWED, WAIVED
from booking.domain.ids import PractitionerId, ResourceId
from booking.domain.liberties import Liberties
from booking.schemas import bookings, looking
from booking.schemas.attendance import Reasoned, Staff
from booking.schemas.base import Command, Id, IdempotencyKey, idempotency, optional


def _minutes() -> fields.Integer:
    return fields.Integer(load_default=None, allow_none=True, strict=True)


def _moment() -> fields.AwareDateTime:
    return fields.AwareDateTime(load_default=None, allow_none=True, format="iso")


class _Liberties(Command):
    outside_hours = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    set_up_minutes = _minutes()
    clean_up_minutes = _minutes()


class _Book(Staff, looking.SoughtFields, bookings.PapersFields, _Liberties):
    start = _moment()
    guest = fields.Nested(bookings.GuestFields, required=True)
    screening = fields.Nested(bookings.ScreeningFields, load_default=None, allow_none=True)
    idempotency = fields.Nested(IdempotencyKey, load_default=None, allow_none=True)


class _Rearrange(Reasoned, _Liberties):
    start = _moment()
    duration_minutes = _minutes()
    practitioner_id = optional(Id)
    room_id = optional(Id)
    fee = fields.String(load_default=NO_FEE, validate=validate.OneOf([NO_FEE, OWED, WAIVED]))


BOOK = _Book()
REARRANGE = _Rearrange()


def book(message: Mapping[str, Any]) -> StaffBook:
    """Return what staff want for a guest."""
    return StaffBook(
        sought=looking.sought(message),
        start=message["start"],
        contact=bookings.contact(message),
        actor=Actor(message["actor"]),
        reason=message["reason"],
        liberties=_liberties(message),
        screening=bookings.answers(message),
        papers=bookings.papers(message),
        idempotency=idempotency(message),
    )


def rearranged(message: Mapping[str, Any]) -> Rearranged:
    """Return what is to be otherwise."""
    practitioner, room = message["practitioner_id"], message["room_id"]
    return Rearranged(
        start=message["start"],
        minutes=message["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        room_id=ResourceId(room) if room else None,
        liberties=_liberties(message),
        fee=message["fee"],
    )


def _liberties(message: Mapping[str, Any]) -> Liberties:
    return Liberties(
        outside_hours=message["outside_hours"],
        set_up_minutes=message["set_up_minutes"],
        clean_up_minutes=message["clean_up_minutes"],
    )
