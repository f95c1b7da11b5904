"""What callers send about practitioners' calendars."""

from booking.schemas.base import Command, Text, required_id


class _FeedLink(Command):
    practitioner_id = required_id()


class _Feed(_FeedLink):
    token = Text(required=True)


FEED = _Feed()
FEED_LINK = _FeedLink()
