"""Search by time first: how to ask, and the answer."""

from datetime import timedelta

from marshmallow import fields

from gateway.schemas.availability import in_order
from gateway.schemas.base import Answer, Request
from gateway.schemas.catalog import MODALITIES
from gateway.schemas.fields import Choice, Id, Instant, Whole
from gateway.schemas.values import Money, identifier, instant, text, whole
from gateway.schemas.visits import Visits

WIDEST = timedelta(days=1)


class SearchByTime(Request):
    """Who wants to come, and when: to what starts in `[from, to)`."""

    location_id = Id(required=True)
    since = Instant(required=True, data_key="from", metadata={"example": "2026-12-01T17:00:00+01:00"})
    until = Instant(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-02T00:00:00+01:00", "description": "At most a day after `from`"},
    )
    guests = Whole(
        required=True, least=1, most=1000, metadata={"description": "How many come together, 1 to 4", "example": 2}
    )
    modality = Choice(*MODALITIES, allow_none=True, metadata={"description": "Either trade if left out"})

    _range = in_order(WIDEST)


class TimeOffer(Answer):
    """A service that can be had at that time, at its shortest."""

    service_id = identifier()
    duration_minutes = whole()
    price = fields.Nested(Money, required=True, metadata={"description": "All guests together"})
    end = instant()
    practitioner_ids = fields.List(identifier(), required=True)


class OfferedTime(Answer):
    """A time, and everything that can be had then."""

    start = instant()
    offers = fields.List(fields.Nested(TimeOffer), required=True)


class Elsewhere(Answer):
    """What another branch has within the same hours."""

    location_id = identifier()
    zone = text(example="Europe/Paris")
    times = fields.List(fields.Nested(OfferedTime), required=True)


class Instead(Answer):
    """What comes nearest."""

    elsewhere = fields.List(fields.Nested(Elsewhere), required=True, metadata={"description": "Other branches"})
    at_once = fields.List(
        fields.Nested(Visits),
        required=True,
        metadata={"description": "For several: rooms of their own at the same time; booked by `POST /v1/visits`"},
    )
    waitlist_service_ids = fields.List(
        identifier(), required=True, metadata={"description": "What is to be had there at other times"}
    )


class TimesFound(Answer):
    """What can be had, time by time."""

    location_id = identifier()
    zone = text(example="Europe/Paris")
    times = fields.List(fields.Nested(OfferedTime), required=True)
    instead = fields.Nested(
        Instead, required=True, allow_none=True, metadata={"description": "What else, where there is no time at all"}
    )
