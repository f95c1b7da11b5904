"""What staff send to take over bookings from elsewhere."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.domain.errors import Refused
from booking.domain.sheet import Row, Unreadable, rows
from booking.schemas.base import Command, Text

_LONGEST_SHEET = 4_000_000


class _Import(Command):
    actor = Text(required=True, longest=100)
    csv = fields.String(required=True, validate=validate.Length(max=_LONGEST_SHEET))
    dry_run = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    from_line = fields.Integer(load_default=1, strict=True, validate=validate.Range(1))


IMPORT = _Import()


def sheet(message: Mapping[str, Any]) -> list[tuple[int, Row]]:
    """Return the rows of the sheet with their lines, or refuse `csv_unreadable`."""
    try:
        return rows(message["csv"])
    except Unreadable as why:
        raise Refused("csv_unreadable", f"This file cannot be used: {why}.") from why
