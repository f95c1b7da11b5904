"""What everything on the wire shares: instants, zones, and objects that may grow."""

from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import EXCLUDE, Schema, ValidationError, fields


def is_zone(name: str) -> bool:
    """Whether this machine knows the IANA zone."""
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True


class Loose(Schema):
    """An object of which what is not read is ignored, so that events and answers may grow."""

    class Meta:
        unknown = EXCLUDE


def instant(**options: Any) -> fields.AwareDateTime:
    """A point in time with its offset."""
    return fields.AwareDateTime(format="iso", **options)


def zone() -> fields.String:
    """An IANA zone that this machine knows."""
    return fields.String(required=True, validate=_known_zone)


def _known_zone(name: str) -> None:
    if not is_zone(name):
        raise ValidationError("not a time zone that this machine knows")


def utc(moment: datetime) -> datetime:
    """The same instant in UTC."""
    return moment.astimezone(UTC)


def zulu(moment: datetime) -> str:
    """An instant in UTC with a Z."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")
