"""What callers send about practitioners' calendars and days."""

from collections.abc import Mapping, Sequence
from typing import Any

from marshmallow import fields, validate

from booking.application.days import MOST_AT_ONCE, DayAsked
from booking.domain.ids import LocationId, PractitionerId
from booking.schemas.base import Command, Text, required_id


class _FeedLink(Command):
    practitioner_id = required_id()


class _Feed(_FeedLink):
    token = Text(required=True)


class _Day(Command):
    id = required_id()
    practitioner_id = required_id()
    location_id = required_id()
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")


class _Days(Command):
    days = fields.List(fields.Nested(_Day), required=True, validate=validate.Length(max=MOST_AT_ONCE))


FEED = _Feed()
FEED_LINK = _FeedLink()
DAYS = _Days()


def days(message: Mapping[str, Any]) -> Sequence[DayAsked]:
    """Return which days are asked for."""
    return [
        DayAsked(
            id=each["id"],
            practitioner_id=PractitionerId(each["practitioner_id"]),
            location_id=LocationId(each["location_id"]),
            since=each["since"],
            until=each["until"],
        )
        for each in message["days"]
    ]
