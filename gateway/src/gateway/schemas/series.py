"""Series of sessions: how to ask, and the answers."""

from typing import Any

from marshmallow import fields, validate, validates_schema

from gateway.application.errors import Refused, WrongField
from gateway.schemas import therapy
from gateway.schemas.base import Answer, Request
from gateway.schemas.bookings import BookedLocation, BookedService, Guest, NewBooking
from gateway.schemas.fields import REQUIRED, Choice, Id, Instant, Messages, Truth, Whole
from gateway.schemas.parties import ScreeningOutcome
from gateway.schemas.preferences import preferences
from gateway.schemas.values import Money, Screening, Slot, identifier, instant, text, whole

MOST = 30
_NESTED: Messages = {**REQUIRED, "type": "must be a JSON object"}


class SeriesPart(Request):
    """So many sessions of one service."""

    service_id = Id(required=True)
    duration_minutes = Whole(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(allow_none=True, metadata={"description": "Only with this practitioner; anyone if left out"})
    preferences = preferences()
    sessions = Whole(
        required=True,
        least=1,
        most=MOST,
        metadata={"description": "A series has 2 to 30 in all its parts", "example": 6},
    )


class CadenceFields(Request):
    """How often: one session every so many days or weeks, at the local time of the first."""

    every = Whole(required=True, least=1, most=56, metadata={"description": "At most 56 days", "example": 1})
    unit = Choice("days", "weeks", required=True)
    within_days = Whole(
        least=0,
        most=27,
        load_default=0,
        metadata={"description": "By how many days a session may miss its day", "default": 0},
    )
    within_minutes = Whole(
        least=0,
        most=720,
        load_default=60,
        metadata={"description": "By how many minutes a session may miss the time of day", "default": 60},
    )
    weekdays = fields.List(
        Whole(least=0, most=6),
        allow_none=True,
        validate=validate.Length(min=1, max=7, error="must name one to seven days"),
        metadata={"description": "Only on these days, 0 for Monday; any if left out", "example": [1, 3]},
    )


class ServiceScreening(ScreeningOutcome):
    """What the safety questions of one service came to."""

    service_id = Id(required=True)


class MakeSeries(Request):
    """A series, to be looked at (`dry_run`) or booked."""

    location_id = Id(required=True)
    parts = fields.List(
        fields.Nested(SeriesPart, error_messages=_NESTED),
        required=True,
        validate=validate.Length(min=1, max=4, error="must have one to four parts"),
    )
    cadence = fields.Nested(CadenceFields, required=True, error_messages=_NESTED)
    starting = Instant(
        required=True,
        metadata={"example": "2026-12-01T10:30:00+01:00", "description": "When the first session should start"},
    )
    order = Choice(
        "in_turn",
        "one_after_another",
        load_default="in_turn",
        metadata={"description": "How several parts follow each other", "default": "in_turn"},
    )
    mode = Choice(
        "all_or_nothing",
        "best_effort",
        load_default="all_or_nothing",
        metadata={"description": "What to do if a session has no time", "default": "all_or_nothing"},
    )
    dry_run = Truth(load_default=False, metadata={"description": "Only propose the times", "default": False})
    guest = fields.Nested(
        Guest, error_messages=_NESTED, metadata={"description": "Who comes; needed to book, not to look"}
    )
    screening = fields.List(
        fields.Nested(ServiceScreening, error_messages=_NESTED),
        load_default=list,
        validate=validate.Length(max=4, error="must have at most four entries"),
        metadata={"description": "One for each service that asks safety questions"},
    )
    referral = therapy.referral()
    payer = therapy.payer()

    @validates_schema
    def _who(self, data: dict[str, Any], **_: Any) -> None:
        if not data["dry_run"] and "guest" not in data:
            wrong = WrongField(field="guest", problem="is needed to book; leave it out only with dry_run: true")
            raise Refused(code="invalid_request", detail="The guest is missing.", fields=[wrong])


class RepairSeries(Request):
    """The place to fill and, to book it, the time chosen."""

    session = Whole(required=True, least=1, most=MOST, metadata={"description": "Which session, from 1"})
    start = Instant(metadata={"description": "One of the proposals; left out, the proposals are the answer"})
    practitioner_id = Id(
        allow_none=True, metadata={"description": "With whom; if left out whom the series knows, or else anyone free"}
    )
    screening = fields.Nested(ScreeningOutcome, allow_none=True, error_messages=_NESTED)


class _Place(Answer):
    session = whole(description="From 1")
    service = fields.Nested(BookedService, required=True)
    wanted = instant(description="When the cadence wants it")


class PlannedSession(_Place):
    """A session, and the time that it would get."""

    duration_minutes = whole()
    price = fields.Nested(Money, required=True)
    slot = fields.Nested(
        Slot, required=True, allow_none=True, metadata={"description": "Null if no free time keeps the cadence"}
    )
    alternatives = fields.List(
        fields.Nested(Slot), required=True, metadata={"description": "Without a slot: what comes nearest"}
    )


class AskedService(Answer):
    """The safety questions of one of the services."""

    service_id = identifier()
    screening = fields.Nested(Screening, required=True)


class SeriesPlan(Answer):
    """The times that a series would get, if it were booked now. Nothing is held."""

    location = fields.Nested(BookedLocation, required=True)
    complete = fields.Boolean(required=True, metadata={"description": "Whether every session has a time"})
    sessions = fields.List(fields.Nested(PlannedSession), required=True)
    screening = fields.List(fields.Nested(AskedService), required=True)


class Cadence(Answer):
    """How often."""

    every_days = whole()
    within_days = whole()
    within_minutes = whole()
    weekdays = fields.List(fields.Integer(), required=True, allow_none=True)


class SeriesSession(_Place):
    """A session of a series, and the booking that fills it."""

    state = fields.String(
        required=True,
        validate=validate.OneOf(["open", "confirmed", "checked_in", "completed", "cancelled", "no_show"]),
        metadata={"description": "`open` if it was never booked; `open` and `cancelled` sessions can be repaired"},
    )
    displaced = fields.Boolean(
        required=True,
        metadata={
            "description": "The clinic cannot keep its time: it stands until it is moved, by a repair or by staff"
        },
    )
    booking = fields.Nested(
        NewBooking, required=True, allow_none=True, metadata={"description": "An ordinary booking, with its token"}
    )
    alternatives = fields.List(
        fields.Nested(Slot), required=True, metadata={"description": "Right after booking: what came nearest"}
    )


class Series(Answer):
    """Sessions that were booked as one wish."""

    id = identifier()
    mode = fields.String(required=True, validate=validate.OneOf(["all_or_nothing", "best_effort"]))
    location = fields.Nested(BookedLocation, required=True)
    arrangement = fields.String(
        required=True,
        allow_none=True,
        validate=validate.OneOf(["one_after_another", "at_once"]),
        metadata={"description": "How the parts of one visit stand together; null of sessions with a rhythm"},
    )
    cadence = fields.Nested(Cadence, required=True, allow_none=True, metadata={"description": "Null of a visit"})
    made_at = instant()
    sessions = fields.List(fields.Nested(SeriesSession), required=True)


class NewSeries(Series):
    """A series that was just booked, with the token that opens it."""

    token = text(description="Opens this series: see, repair, cancel. Keep it from others")


class RepairProposals(_Place):
    """The times that would fill a place, best first."""

    duration_minutes = whole()
    price = fields.Nested(Money, required=True)
    proposals = fields.List(fields.Nested(Slot), required=True)
    screening = fields.Nested(
        Screening, required=True, allow_none=True, metadata={"description": "Safety questions to ask, or null"}
    )
