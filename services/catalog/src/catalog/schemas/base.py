"""What all entries of the document share, and the hours in it."""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from catalog import fields as written
from catalog.domain.hours import Span, WeeklyHours

REGION = r"[A-Z]{2}(-[A-Z0-9]{1,3})?"
"""A country (ISO 3166-1), or a part of one that has rules of its own (ISO 3166-2)."""
UNREADABLE = {"unknown": "is not a known field", "type": "is not an object"}


def told(text: str, **more: Any) -> dict[str, Any]:
    """What the manual says of a field; the rest are the field's own options."""
    return {"metadata": {"help": text}, **more}


def optional(text: str, **more: Any) -> dict[str, Any]:
    return told(text, load_default=None, allow_none=True, **more)


class Strict(Schema):
    """Refuses what it does not know, and makes the value that it is named for."""

    makes: ClassVar[Any] = None
    error_messages = UNREADABLE

    class Meta:
        unknown = RAISE

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return data if self.makes is None else self.makes(**data)


class EntrySchema(Strict):
    """An entry names itself by a key or brings an id; the draft reads them before the rest."""

    key = written.Word(
        r"[a-z0-9]+(-[a-z0-9]+)*",
        like="deep-tissue",
        longest=60,
        required=False,
        **told("A short word of your own; its id is derived from it, so never rename it."),
    )
    id = fields.UUID(
        error_messages={"invalid_uuid": "is not a UUID"},
        **told("Instead of a key: the id that the entry already has."),
    )

    @validates_schema
    def _is_named(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("key" in data) == ("id" in data):
            raise ValidationError("needs a key or an id, and only one of them", "key")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        data.setdefault("key", None)
        data.pop("id", None)
        return data


class SpanSchema(Strict):
    """From one time of day to another; an end at or before the start is past midnight."""

    makes = Span
    start = written.WallTime(data_key="from", **told("When it begins, on the branch's clock."))
    end = written.WallTime(data_key="to", **told("When it ends; at or before `from` it is past midnight."))


class WeeklyHoursSchema(SpanSchema):
    """The same hours on several days of the week."""

    days = written.Days(**told("`[monday, …]`, or `every day`, `weekdays`, `weekend`."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return WeeklyHours(days=data["days"], span=Span(start=data["start"], end=data["end"]))
