"""What staff send about an appointment's day."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.access import StaffAccess
from booking.domain.audit import LONGEST_REASON, Actor
from booking.domain.booking import NO_FEE, OWED, WAIVED
from booking.domain.ids import BookingId
from booking.schemas.base import Command, Text, optional, required_id


class Staff(Command):
    """Who of staff asks, and why."""

    actor = Text(required=True, longest=100)
    reason = optional(Text, longest=LONGEST_REASON)


class StaffBooking(Staff):
    """The same about one booking."""

    booking_id = required_id()
    if_revision = fields.Integer(load_default=None, allow_none=True, strict=True)


class Reasoned(StaffBooking):
    """The same, with why."""

    reason = fields.String(required=True, validate=validate.Length(min=1, max=LONGEST_REASON))


class _NoShow(StaffBooking):
    waive_fee = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _Waive(Reasoned):
    guest = fields.Integer(load_default=None, allow_none=True, strict=True)


class _Cancel(Reasoned):
    fee = fields.String(load_default=NO_FEE, validate=validate.OneOf([NO_FEE, OWED, WAIVED]))


STEP = StaffBooking()
REASONED = Reasoned()
MISS = _NoShow()
WAIVE = _Waive()
CANCEL = _Cancel()


def staff_access(message: Mapping[str, Any]) -> StaffAccess:
    """Return which booking is meant, and who of staff acts."""
    return StaffAccess(
        booking_id=BookingId(message["booking_id"]),
        actor=Actor(message["actor"]),
        reason=message["reason"],
        revision=message["if_revision"],
    )
