"""What staff send about displaced bookings."""

from collections.abc import Mapping
from typing import Any

from marshmallow import ValidationError, fields, validate

from booking.adapters.catalog_events import read, told
from booking.domain.clinic import Entity
from booking.domain.errors import Problem, Refused
from booking.schemas.base import Command, Id, Text, optional


class _List(Command):
    limit = fields.Integer(required=True, strict=True, validate=validate.Range(1, 100))
    after = optional(Id)


class _Change(Command):
    name = Text(required=True)
    data = fields.Dict(required=True)


class _Preview(Command):
    changes = fields.List(fields.Nested(_Change), required=True)


LIST = _List()
PREVIEW = _Preview()


def changes(message: Mapping[str, Any]) -> list[tuple[str, Entity]]:
    """Return the entities as the catalog would tell them, by their ids; what booking has no use for is left out."""
    found: list[tuple[str, Entity]] = []
    for at, each in enumerate(message["changes"]):
        try:
            entity = told(each["name"], each["data"])
        except ValidationError as error:
            wrong = Problem(field=f"changes[{at}]", problem=str(error))
            raise Refused("invalid_request", "A change cannot be read.", fields=[wrong]) from error
        if entity is not None:
            found.append((entity.id, read(entity.kind, entity.data)))
    return found
