"""The catalog document: what its author may write, and how it becomes a draft.

A document is JSON-like data (the command line reads it from YAML). Unknown fields are refused everywhere: a
typing error must not pass for an option that does nothing.
"""

from collections.abc import Mapping
from typing import Any, ClassVar

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validates_schema

from catalog import fields as written
from catalog.domain.hours import Span, Validity, WeeklyHours
from catalog.domain.location import Address, Closure
from catalog.domain.practitioner import Licence
from catalog.domain.schedule import Shift, TimeOff
from catalog.domain.service import (
    CancellationPolicy,
    Channel,
    Duration,
    Modality,
    Money,
    Offer,
    PractitionersNeeded,
    Question,
    RoomNeeded,
    Screening,
)

UNREADABLE = {"unknown": "is not a known field", "type": "is not an object"}


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

    key = written.Word(r"[a-z0-9]+(-[a-z0-9]+)*", like="deep-tissue", longest=60, required=False)
    id = fields.UUID(error_messages={"invalid_uuid": "is not a UUID"})

    @validates_schema
    def _is_named(self, data: Mapping[str, Any], **_: Any) -> None:
        if ("key" in data) == ("id" in data):
            raise ValidationError("needs a key or an id, and only one of them", "key")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        data.pop("key", None)
        data.pop("id", None)
        return data


class SpanSchema(Strict):
    makes = Span
    start = written.WallTime(data_key="from")
    end = written.WallTime(data_key="to")


class WeeklyHoursSchema(Strict):
    days = written.Days()
    start = written.WallTime(data_key="from")
    end = written.WallTime(data_key="to")

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return WeeklyHours(days=data["days"], span=Span(start=data["start"], end=data["end"]))


class AddressSchema(Strict):
    makes = Address
    street = written.Text()
    postal_code = written.Text(longest=20)
    city = written.Text()
    country = written.Word(r"[A-Z]{2}", like="FR")


class ClosureSchema(Strict):
    makes = Closure
    first = written.Day(data_key="from_date")
    last = written.Day(data_key="to_date")
    reason = written.Text()


class LocationSchema(EntrySchema):
    name = written.Text()
    zone = written.Text()
    region = written.Word(r"[A-Z]{2}", like="FR")
    phone = written.Phone()
    emergency_number = written.Word(r"\d{2,6}", like="112")
    address = written.Part(AddressSchema)
    currency = written.Word(r"[A-Z]{3}", like="EUR")
    opening_hours = written.Several(fields.Nested(WeeklyHoursSchema), least=1)
    closures = written.Several(fields.Nested(ClosureSchema))


class QuestionSchema(Strict):
    makes = Question
    id = written.Skill()
    text = written.Text(longest=300)


class ScreeningSchema(Strict):
    makes = Screening
    version = written.Count(1, 100_000)
    questions = written.Several(fields.Nested(QuestionSchema), least=1)


class CancellationSchema(Strict):
    makes = CancellationPolicy
    free_until_hours = written.Count(0, 24 * 60)
    fee_percent = written.Count(0, 100)


class PractitionersNeededSchema(Strict):
    makes = PractitionersNeeded
    skill = written.Skill()
    count = written.Count(1, 20, load_default=1)


class RoomNeededSchema(Strict):
    makes = RoomNeeded
    room_kind = written.Skill()
    capacity = written.Count(1, 100, load_default=1)


class Requirement(written.Written[Any]):
    """What one booking claims; its `kind` decides which further fields it has."""

    schemas: ClassVar[dict[str, type[Schema]]] = {
        "practitioner": PractitionersNeededSchema,
        "room": RoomNeededSchema,
    }

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("is not an object")
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in self.schemas:
            raise ValidationError({"kind": [f"is not one of: {', '.join(self.schemas)}"]})
        return self.schemas[kind]().load({key: inner for key, inner in value.items() if key != "kind"})


class MoneySchema(Strict):
    makes = Money
    amount = written.Amount()
    currency = written.Word(r"[A-Z]{3}", like="EUR")


class DurationSchema(Strict):
    makes = Duration
    minutes = written.Count(5, 24 * 60)
    price = written.Part(MoneySchema)


class OfferSchema(Strict):
    makes = Offer
    location_id = written.Reference("location", data_key="location")
    channel = written.Choice(Channel, load_default=Channel.ONLINE)
    minimum_notice_minutes = written.Count(0, 60 * 24 * 60, load_default=120)
    horizon_days = written.Count(1, 730, load_default=90)
    start_grid_minutes = written.Count(5, 24 * 60, load_default=15)
    durations = written.Several(fields.Nested(DurationSchema), least=1)


class ServiceSchema(EntrySchema):
    modality = written.Choice(Modality)
    name = written.Text()
    discreet_name = written.Text()
    summary = written.Text(longest=400)
    techniques = written.Several(written.Text(), least=1)
    best_for = written.Several(written.Text(), least=1)
    set_up_minutes = written.Count(0, 240, load_default=0)
    clean_up_minutes = written.Count(0, 240, load_default=0)
    requirements = written.Several(Requirement(), least=1)
    screening = written.Part(ScreeningSchema, load_default=None, allow_none=True)
    cancellation = written.Part(CancellationSchema)
    offers = written.Several(fields.Nested(OfferSchema))


class LicenceSchema(Strict):
    makes = Licence
    number = written.Text(longest=60)
    region = written.Word(r"[A-Z]{2}(-[A-Z0-9]{1,3})?", like="FR or US-NY")
    expires_on = written.Day()


class ShiftSchema(WeeklyHoursSchema):
    location_id = written.Reference("location", data_key="location")
    breaks = written.Several(fields.Nested(SpanSchema))
    valid_from = written.Day(load_default=None, allow_none=True)
    valid_to = written.Day(load_default=None, allow_none=True)

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return Shift(
            location_id=data["location_id"],
            hours=WeeklyHours(days=data["days"], span=Span(start=data["start"], end=data["end"])),
            breaks=data["breaks"],
            validity=Validity(first=data["valid_from"], last=data["valid_to"]),
        )


class TimeOffSchema(Strict):
    makes = TimeOff
    start = written.Instant(data_key="from")
    end = written.Instant(data_key="to")


class PractitionerSchema(EntrySchema):
    name = written.Text()
    title = written.Text()
    skills = written.Several(written.Skill(), least=1)
    languages = written.Several(written.Word(r"[a-z]{2,3}", like="fr"), least=1)
    location_ids = written.Several(written.Reference("location"), least=1, data_key="locations")
    licence = written.Part(LicenceSchema, load_default=None, allow_none=True)
    weekly = written.Several(fields.Nested(ShiftSchema))
    time_off = written.Several(fields.Nested(TimeOffSchema))


class RoomSchema(EntrySchema):
    location_id = written.Reference("location", data_key="location")
    name = written.Text()
    room_kind = written.Skill()
    capacity = written.Count(1, 100, load_default=1)


class EquipmentSchema(EntrySchema):
    location_id = written.Reference("location", data_key="location")
    name = written.Text()
