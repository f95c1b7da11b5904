"""What physical therapy needs: what guests and staff send, and the answers."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from gateway.application.errors import Refused, WrongField
from gateway.schemas.attendance import reason
from gateway.schemas.base import Answer, Request
from gateway.schemas.fields import Choice, Date, Id, Text, Truth, Whole
from gateway.schemas.paging import Page
from gateway.schemas.parties import NESTED
from gateway.schemas.values import identifier, instant, text, whole

MOST = 1000
_STATES = ["stated", "received", "verified", "revoked"]


class Referral(Request):
    """A doctor's referral, as its paper says."""

    issuer = Text(required=True, most=200, metadata={"example": "Dr. Petit", "description": "Who issued it"})
    issued_on = Date(required=True, metadata={"example": "2026-11-16"})
    expires_on = Date(allow_none=True, metadata={"example": "2027-02-16", "description": "Its last good day"})
    visits = Whole(least=1, most=MOST, allow_none=True, metadata={"description": "For how many; left out: no limit"})


def referral() -> fields.Nested:
    """A referral that a guest has."""
    return fields.Nested(
        Referral,
        allow_none=True,
        error_messages=NESTED,
        metadata={"description": "For physical therapy: a doctor's referral that the guest has"},
    )


def payer() -> Choice:
    """Who pays."""
    return Choice(
        "self_pay",
        "public_insurance",
        "private_insurance",
        allow_none=True,
        metadata={"description": "Who pays for physical therapy; left out: the guest"},
    )


class AddReferral(Referral):
    """A referral that was handed in, of the guest of a booking."""

    booking_id = Id(required=True, metadata={"description": "A booking of the patient's"})
    verified = Truth(load_default=False, metadata={"description": "Checked already", "default": False})


class AddAuthorization(AddReferral):
    """An insurer's authorization. It counts visits or units of a quarter of an hour."""

    number = Text(required=True, most=80, metadata={"example": "A-2026-778"})
    units = Whole(least=1, most=MOST, allow_none=True, metadata={"description": "For how many quarters of an hour"})


class ClearedGuest(Request):
    """Who was cleared, as they will give themselves when they book."""

    name = Text(required=True, most=200, metadata={"example": "Camille Durand"})
    email = Text(most=254, allow_none=True, metadata={"format": "email", "example": "camille@example.com"})
    phone = Text(most=40, allow_none=True, metadata={"example": "01 99 00 12 34"})


class AddClearance(Request):
    """A clearance that a clinician gave, of the guest of a booking or of one who has none yet."""

    issuer = Text(required=True, most=200, metadata={"example": "Dr. Petit", "description": "Which clinician gave it"})
    issued_on = Date(required=True, metadata={"example": "2026-11-16"})
    expires_on = Date(allow_none=True, metadata={"example": "2027-02-16", "description": "Its last good day"})
    booking_id = Id(metadata={"description": "A booking of the guest's; without one, `guest` and `location_id`"})
    guest = fields.Nested(ClearedGuest, error_messages=NESTED)
    location_id = Id(metadata={"description": "With `guest`: the branch that wrote it down"})
    verified = Truth(load_default=True, metadata={"description": "Checked already", "default": True})

    @validates_schema
    def _whose(self, data: dict[str, Any], **_: Any) -> None:
        if ("booking_id" in data) == ("guest" in data) or ("guest" in data) != ("location_id" in data):
            wrong = WrongField(field="booking_id", problem="give this, or else both guest and location_id")
            raise Refused(code="invalid_request", detail="Say once whose clearance it is.", fields=[wrong])


class WhyDocument(Request):
    """Why, for the record."""

    reason = reason(allow_none=True)


class RevokeDocument(Request):
    """Why it is good no longer."""

    reason = reason(required=True)


class ReduceDocument(RevokeDocument):
    """To how many visits or units, and why."""

    to = Whole(required=True, least=0, most=MOST)


class ResolveNeed(Request):
    """What staff do about it."""

    how = Choice(
        "verified",
        "self_pay",
        "release",
        required=True,
        metadata={
            "description": (
                "`verified`: seen, or not needed after all; `self_pay`: the guest pays, so that only what every payer "
                "needs is left; `release`: the booking is cancelled by the house"
            )
        },
    )
    reason = reason(required=True)


class FindDocuments(Page):
    """Whose documents."""

    booking_id = Id(metadata={"description": "Only those of this booking's guest"})


class Reason(Answer):
    """A rule's reason."""

    en = text()
    fr = text()
    es = text()


class Need(Answer):
    """What a booking needs. It keeps its time while a need is open."""

    id = identifier()
    kind = fields.String(
        required=True, validate=validate.OneOf(["evaluation", "referral", "authorization", "clearance"])
    )
    state = fields.String(required=True, validate=validate.OneOf(["open", "met", "waived", "released"]))
    due = instant(description="Until when")
    rule = text(example="referral.fr.public")
    rules_version = whole()
    reason = fields.Nested(Reason, required=True)


class OpenNeed(Need):
    """An open need, for the desk."""

    booking_id = identifier()
    start = instant(description="Of the appointment")
    overdue = fields.Boolean(
        required=True, metadata={"description": "Staff must decide; nothing is released by itself"}
    )


class OpenNeeds(Answer):
    """Open needs, the soonest due first."""

    items = fields.List(fields.Nested(OpenNeed), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class EndingDocument(Answer):
    """A document that runs out, for the desk. Who issued it stands with the document."""

    id = identifier()
    kind = text()
    expires_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    left = fields.Integer(required=True, allow_none=True, metadata={"description": "Not used yet; null: no limit"})
    counted_in = fields.String(required=True, validate=validate.OneOf(["visits", "units"]))
    booking_id = identifier()
    start = instant(description="Of the next booking that relies on it")


class RunningOut(Answer):
    """Documents that run out, by the next booking that relies on them."""

    items = fields.List(fields.Nested(EndingDocument), required=True)
    next_cursor = fields.String(required=True, allow_none=True)


class PatientSeen(Answer):
    """Whom it is about."""

    name = text()
    email = fields.String(required=True, allow_none=True)
    phone = fields.String(required=True, allow_none=True)


class Document(Answer):
    """A referral, an authorization or a clearance."""

    id = identifier()
    kind = text()
    state = fields.String(required=True, validate=validate.OneOf(_STATES))
    issuer = text()
    number = fields.String(required=True, allow_none=True)
    issued_on = fields.String(required=True, metadata={"format": "date"})
    expires_on = fields.String(required=True, allow_none=True, metadata={"format": "date"})
    counted_in = fields.String(required=True, validate=validate.OneOf(["visits", "units"]))
    allowance = fields.Integer(required=True, allow_none=True, metadata={"description": "null: no limit"})
    reserved = whole(description="By sessions to come")
    used = whole(description="By sessions attended")
    left = fields.Integer(required=True, allow_none=True, metadata={"description": "Below 0 after a reduction"})
    patient = fields.Nested(PatientSeen, required=True)
    stated_at = instant()
    changed_at = instant()
    changed_by = text()


class Documents(Answer):
    """Documents, the newest first."""

    items = fields.List(fields.Nested(Document), required=True)
    next_cursor = fields.String(required=True, allow_none=True)
