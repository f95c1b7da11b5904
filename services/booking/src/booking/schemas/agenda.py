"""What staff send to see a day and to keep time from guests."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from marshmallow import fields, validate

from booking.application.ports import Place
from booking.domain.audit import Actor
from booking.domain.block import Block
from booking.domain.ids import BlockId, BookingId, LocationId, ResourceId
from booking.domain.zones import instant, utc
from booking.schemas.attendance import Staff
from booking.schemas.base import Command, Id, required_id


class _Span(Command):
    location_id = required_id()
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")


class _Place(Command):
    start = fields.AwareDateTime(required=True, format="iso")
    id = required_id()


class _Agenda(_Span):
    after = fields.Nested(_Place, load_default=None, allow_none=True)
    limit = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))


class _Story(Command):
    booking_id = required_id()


class _Block(Staff, _Span):
    block_id = required_id()
    resource_ids = fields.List(Id(), required=True, validate=validate.Length(max=100))


class _Unblock(Staff):
    block_id = required_id()


AGENDA = _Agenda()
STORY = _Story()
BLOCK = _Block()
BLOCKS = _Span()
UNBLOCK = _Unblock()


def place(message: Mapping[str, Any]) -> Place | None:
    """Return where the list has come to."""
    after = message["after"]
    return Place(start=after["start"], id=BookingId(after["id"])) if after else None


def block(message: Mapping[str, Any], *, now: datetime) -> Block:
    """Return the block that is wished."""
    return Block(
        id=BlockId(message["block_id"]),
        location_id=LocationId(message["location_id"]),
        resource_ids=tuple(sorted({ResourceId(each) for each in message["resource_ids"]})),
        start=utc(instant(message["since"])),
        end=utc(instant(message["until"])),
        reason=message["reason"],
        made_by=Actor(message["actor"]),
        made_at=now,
    )
