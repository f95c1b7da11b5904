"""Free times: how to ask for them, and the answer."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from marshmallow import Schema, fields, validates_schema

from gateway.application.errors import Refused
from gateway.schemas.base import Answer, Query
from gateway.schemas.fields import Id, InstantInQuery, WholeInQuery
from gateway.schemas.preferences import PreferencesInQuery
from gateway.schemas.values import Money, Slot, identifier, text, whole

WIDEST = timedelta(days=62)


def in_order(most: timedelta = WIDEST) -> Callable[..., None]:
    """Refuse a range that ends before it begins, or is wider than `most`, in a schema with `since` and `until`."""
    said = "a day" if most == timedelta(days=1) else f"{most.days} days"

    @validates_schema
    def check(_: Schema, data: dict[str, Any], **__: Any) -> None:
        if data["until"] <= data["since"]:
            raise Refused(code="range_inverted", detail="`to` is not later than `from`.")
        if data["until"] - data["since"] > most:
            raise Refused(code="range_too_wide", detail=f"`to` is more than {said} after `from`.")

    return check


class FindSlots(PreferencesInQuery, Query):
    """Which free times: those that start in `[from, to)`."""

    service_id = Id(required=True)
    location_id = Id(required=True)
    since = InstantInQuery(required=True, data_key="from", metadata={"example": "2026-12-01T00:00:00+01:00"})
    until = InstantInQuery(
        required=True,
        data_key="to",
        metadata={"example": "2026-12-08T00:00:00+01:00", "description": "At most 62 days after `from`"},
    )
    duration_minutes = WholeInQuery(
        least=1, most=1440, metadata={"description": "One of the lengths on offer; the first of them if left out"}
    )
    practitioner_id = Id(metadata={"description": "Only this practitioner's times; anyone's if left out"})

    booking_id = Id(
        metadata={
            "description": "The booking that is to be moved: its own time counts as free, and what was wished of "
            "whoever treats its guest stays wished. "
            "Send its token as Authorization: Bearer <manage token>"
        }
    )

    _range = in_order()


class Availability(Answer):
    """The free times of one service at one branch, in order."""

    location_id = identifier()
    service_id = identifier()
    zone = text(example="Europe/Paris")
    duration_minutes = whole()
    price = fields.Nested(Money, required=True)
    slots = fields.List(fields.Nested(Slot), required=True)
