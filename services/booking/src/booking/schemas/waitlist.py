"""What callers send about the waitlist and unmet demand, and how it turns into the use cases' words."""

import re
from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from booking.application.join_waitlist import Join
from booking.application.waiting import Waiter
from booking.application.waitlist_ports import Which
from booking.domain.guest import Contact
from booking.domain.ids import EntryId, LocationId
from booking.domain.waitlist import STATES, Wanted
from booking.schemas.base import Command, Id, IdempotencyKey, Text, idempotency, optional, required_id
from booking.schemas.bookings import GuestFields, PapersFields, ScreeningFields, contact
from booking.schemas.looking import PartyFields, sought

_ON_THE_WALL = re.compile(r"(?P<hours>\d\d):(?P<minutes>[0-5]\d)", re.ASCII)


class TimeOfDay(fields.Field[int]):
    """A time on the wall such as 09:30, up to 24:00, as minutes after midnight."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **_: Any) -> int:  # noqa: ARG002 - marshmallow's
        found = _ON_THE_WALL.fullmatch(value) if isinstance(value, str) else None
        minutes = int(found["hours"]) * 60 + int(found["minutes"]) if found is not None else -1
        if not 0 <= minutes <= 24 * 60:
            raise ValidationError("Give a time of day such as 09:30.")
        return minutes


class _WhoComesAlong(Command):
    name = Text(required=True)
    email = optional(Text)
    phone = optional(Text, longest=60)


class _Join(PartyFields):
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")
    weekdays = fields.List(
        fields.Integer(strict=True, validate=validate.Range(min=0, max=6)),
        load_default=None,
        allow_none=True,
        validate=validate.Length(max=7),
    )
    earliest = optional(TimeOfDay)
    latest = optional(TimeOfDay)
    guest = fields.Nested(GuestFields, required=True)
    companions = fields.List(fields.Nested(_WhoComesAlong), load_default=[])
    idempotency = fields.Nested(IdempotencyKey, load_default=None, allow_none=True)


class _EntryToken(Command):
    entry_id = required_id()
    token = Text(required=True)


class _Answered(Command):
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)


class _Accept(_EntryToken, PapersFields):
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)
    guests = fields.List(fields.Nested(_Answered), load_default=[])


class _List(Command):
    location_id = optional(Id)
    state = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(STATES))
    after = optional(Id)
    limit = fields.Integer(load_default=100, strict=True, validate=validate.Range(min=1, max=101))


class _Unmet(Command):
    location_id = optional(Id)
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")


JOIN = _Join()
ENTRY_TOKEN = _EntryToken()
ACCEPT = _Accept()
LIST = _List()
UNMET = _Unmet()


def join(message: Mapping[str, Any]) -> Join:
    """Return the wish to wait."""
    days = message["weekdays"]
    return Join(
        sought=sought(message),
        wanted=Wanted(
            since=message["since"],
            until=message["until"],
            weekdays=frozenset(days) if days is not None else None,
            earliest=message["earliest"],
            latest=message["latest"],
        ),
        contact=contact(message),
        companions=tuple(Contact(**each) for each in message["companions"]),
        idempotency=idempotency(message),
    )


def waiter(message: Mapping[str, Any]) -> Waiter:
    """Return which entry is meant, and what opens it."""
    return Waiter(entry_id=EntryId(message["entry_id"]), token=message["token"])


def which(message: Mapping[str, Any]) -> Which:
    """Return which entries to list."""
    location, after = message["location_id"], message["after"]
    return Which(
        location_id=LocationId(location) if location else None,
        state=message["state"],
        after=EntryId(after) if after else None,
        limit=message["limit"],
    )
