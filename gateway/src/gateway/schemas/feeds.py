"""Practitioners' calendars to subscribe to."""

from marshmallow import fields

from gateway.schemas.base import Answer, Query
from gateway.schemas.fields import Text


class FeedToken(Query):
    """What the calendar's address carries: calendar programs send no headers of ours."""

    token = Text(required=True, most=200, metadata={"description": "From the address that staff handed out."})


class FeedLink(Answer):
    """Where a calendar program subscribes."""

    url = fields.String(
        required=True,
        metadata={"format": "uri", "description": "Whoever has it can read the calendar."},
    )
