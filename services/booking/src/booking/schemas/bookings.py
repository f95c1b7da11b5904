"""What callers send about bookings, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.access import GuestAccess
from booking.application.book import Companion
from booking.application.needs import Papers
from booking.application.reschedule import To
from booking.domain.documents import Terms
from booking.domain.guest import Contact
from booking.domain.ids import BookingId, PractitionerId
from booking.domain.need_rules import SELF_PAY
from booking.domain.screening import Answers
from booking.schemas.base import Command, Id, IdempotencyKey, Text, optional, required_id


class GuestFields(Command):
    """Who comes."""

    """Who comes, and how to reach them."""

    name = Text(required=True)
    email = optional(Text)
    phone = optional(Text, longest=60)
    locale = optional(Text, longest=40)
    zone = optional(Text, longest=60)


class ScreeningFields(Command):
    """What the safety questions came to."""

    """What the safety questions came to."""

    version = fields.Integer(required=True, strict=True)
    all_clear = fields.Boolean(required=True, truthy={True}, falsy={False})


class _Companion(Command):
    name = Text(required=True)
    email = optional(Text)
    phone = optional(Text, longest=60)
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)


class ReferralFields(Command):
    """A doctor's referral, as the guest reads it out."""

    issuer = Text(required=True, longest=200)
    issued_on = fields.Date(required=True)
    expires_on = fields.Date(load_default=None, allow_none=True)
    visits = fields.Integer(load_default=None, allow_none=True, strict=True)


class PapersFields(Command):
    """Who pays for physical therapy, and the referral that the guest has."""

    referral = fields.Nested(ReferralFields, load_default=None, allow_none=True)
    payer = optional(Text, longest=40)


class _Book(PapersFields):
    hold_id = required_id()
    hold_token = Text(required=True, longest=4000)
    guest = fields.Nested(GuestFields, required=True)
    guests = fields.List(fields.Nested(_Companion), load_default=[])
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)
    idempotency = fields.Nested(IdempotencyKey, load_default=None, allow_none=True)


class _BookingToken(Command):
    booking_id = required_id()
    manage_token = Text(required=True)


class _UndoCancel(_BookingToken):
    if_revision = fields.Integer(load_default=None, allow_none=True, strict=True)


class _Cancel(_UndoCancel):
    accept_fee = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _CancelGuest(_Cancel):
    guest = fields.Integer(required=True, strict=True)
    then = fields.String(required=True, validate=validate.OneOf(("keep_place", "single")))
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)


class _NameGuest(_UndoCancel):
    guest = fields.Integer(required=True, strict=True)
    who = fields.Nested(_Companion, required=True)


class _Reschedule(_UndoCancel):
    start = fields.AwareDateTime(required=True, format="iso")
    practitioner_id = optional(Id)
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)


class _Facts(Command):
    booking_ids = fields.List(Id(), required=True, validate=validate.Length(max=500))


BOOK = _Book()
SHOW = _BookingToken()
CANCEL = _Cancel()
UNDO_CANCEL = _UndoCancel()
CANCEL_GUEST = _CancelGuest()
NAME_GUEST = _NameGuest()
RESCHEDULE = _Reschedule()
FACTS = _Facts()


def access(message: Mapping[str, Any]) -> GuestAccess:
    """Return which booking is meant, and what opens it."""
    return GuestAccess(
        booking_id=BookingId(message["booking_id"]), token=message["manage_token"], revision=message["if_revision"]
    )


def move(message: Mapping[str, Any]) -> To:
    """Return where to move a booking."""
    practitioner = message["practitioner_id"]
    return To(
        start=message["start"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        screening=answers(message),
    )


def contact(message: Mapping[str, Any]) -> Contact:
    """Return what the guest typed."""
    return Contact(**message["guest"])


def companion(given: Mapping[str, Any]) -> Companion:
    """Return someone who comes along."""
    contact = Contact(name=given["name"], email=given["email"], phone=given["phone"])
    return Companion(contact=contact, screening=answers(given))


def papers(message: Mapping[str, Any]) -> Papers:
    """Return who pays, and the guest's referral, if given."""
    said = message["referral"]
    return Papers(
        payer=message["payer"] or SELF_PAY,
        referral=Terms(
            issuer=said["issuer"],
            issued_on=said["issued_on"],
            expires_on=said["expires_on"],
            allowance=said["visits"],
        )
        if said
        else None,
    )


def answers(message: Mapping[str, Any]) -> Answers | None:
    """Return the guest's answers to the safety questions, if given."""
    return Answers(**message["screening"]) if message["screening"] else None
