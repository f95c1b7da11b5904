"""Several services in one visit: how to look for the times, how to book, and the answers."""

from datetime import timedelta
from typing import Any

from marshmallow import fields, validate

from gateway.schemas import therapy
from gateway.schemas.availability import in_order
from gateway.schemas.base import Answer, Request
from gateway.schemas.bookings import Guest
from gateway.schemas.fields import Choice, Id, Instant, Text, Whole
from gateway.schemas.parties import LISTED, NESTED, ScreeningOutcome, add_on_ids
from gateway.schemas.preferences import preferences
from gateway.schemas.values import Money, Screening, identifier, instant, text, whole

MOST_PARTS = 50
"""Beyond that a list is not read at all; how many parts a visit has, booking says."""
WIDEST = timedelta(days=14)
ARRANGEMENTS = ("one_after_another", "at_once")


def arrangement() -> Choice:
    """How the parts stand together."""
    return Choice(
        *ARRANGEMENTS,
        required=True,
        metadata={
            "description": "`one_after_another`: one guest has all parts, with at most 30 minutes between two; "
            "`at_once`: several guests begin together, each with a service for one, the first part for whoever books"
        },
    )


def parts(of: type[Request]) -> fields.List[Any]:
    """The parts, in order."""
    return fields.List(
        fields.Nested(of, required=True, error_messages=NESTED),
        required=True,
        validate=validate.Length(max=MOST_PARTS, error=f"must have at most {MOST_PARTS} entries"),
        error_messages=LISTED,
        metadata={"description": "2 to 4 of them, in order"},
    )


class PartWanted(Request):
    """One part: a service for one guest."""

    service_id = Id(required=True)
    duration_minutes = Whole(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(allow_none=True, metadata={"description": "By whom; by anyone if left out"})
    add_on_ids = add_on_ids("What the guest has with it")
    preferences = preferences()


class PartBooked(PartWanted):
    """The same, with what is needed to book it."""

    screening = fields.Nested(
        ScreeningOutcome,
        allow_none=True,
        error_messages=NESTED,
        metadata={"description": "What the safety questions of this very service came to"},
    )
    name = Text(
        most=200,
        allow_none=True,
        metadata={"description": "At once: who has this part; needed of all but the first", "example": "Luc Moreau"},
    )


class FindVisits(Request):
    """Which visits: those that begin in `[from, to)`."""

    location_id = Id(required=True)
    arrangement = arrangement()
    parts = parts(PartWanted)
    since = Instant(required=True, data_key="from", metadata={"example": "2026-12-01T00:00:00+01:00"})
    until = Instant(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-08T00:00:00+01:00", "description": "At most 14 days after `from`"},
    )

    _range = in_order(WIDEST)


class MakeVisit(Request):
    """A visit to be booked: all of its parts, or nothing."""

    location_id = Id(required=True)
    arrangement = arrangement()
    start = Instant(
        required=True, metadata={"example": "2026-12-01T10:30:00+01:00", "description": "When the first part starts"}
    )
    parts = parts(PartBooked)
    guest = fields.Nested(Guest, required=True, error_messages=NESTED)
    referral = therapy.referral()
    payer = therapy.payer()


class VisitPart(Answer):
    """What one part is."""

    service_id = identifier()
    duration_minutes = whole(description="Add-ons included")
    price = fields.Nested(Money, required=True)
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask, or null"}
    )


class VisitSlotPart(Answer):
    """One part at its time."""

    start = instant()
    end = instant()
    practitioner_ids = fields.List(
        identifier(), required=True, metadata={"description": "Who would serve it if it were booked now"}
    )


class VisitSlot(Answer):
    """A time at which all parts can be had."""

    start = instant()
    end = instant(description="When the last part ends")
    parts = fields.List(fields.Nested(VisitSlotPart), required=True)


class Visits(Answer):
    """The times at which a visit can begin, in order; its parts are as early as they can be had together."""

    location_id = identifier()
    zone = text(example="Europe/Paris")
    arrangement = fields.String(required=True, validate=validate.OneOf(ARRANGEMENTS))
    price = fields.Nested(Money, required=True, metadata={"description": "All parts together"})
    parts = fields.List(fields.Nested(VisitPart), required=True)
    visits = fields.List(fields.Nested(VisitSlot), required=True)
