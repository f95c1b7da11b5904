"""A service on the wire, as far as booking reads it: what it claims, asks and costs, and what may be had with it."""

from typing import Any

from marshmallow import EXCLUDE, Schema, fields, validate

from booking.domain.clinic import (
    AddOn,
    AddOnPrice,
    CancellationPolicy,
    Duration,
    Offer,
    PractitionerNeed,
    RoomNeed,
    Screening,
    Service,
)
from booking.domain.ids import LocationId, ServiceId
from booking.domain.money import Money


class View(Schema):
    """What booking reads of an entity; what it does not name is ignored."""

    class Meta:
        unknown = EXCLUDE


class _Money(View):
    amount = fields.Decimal(required=True)
    currency = fields.String(required=True)


class _Duration(View):
    minutes = fields.Integer(required=True, validate=validate.Range(min=1))
    price = fields.Nested(_Money, required=True)


class _AddOnPrice(View):
    id = fields.String(required=True)
    price = fields.Nested(_Money, required=True)


class _Offer(View):
    location_id = fields.String(required=True)
    channel = fields.String(required=True)
    minimum_notice_minutes = fields.Integer(required=True, validate=validate.Range(min=0))
    horizon_days = fields.Integer(required=True, validate=validate.Range(min=0))
    start_grid_minutes = fields.Integer(required=True, validate=validate.Range(min=1))
    durations = fields.List(fields.Nested(_Duration), required=True)
    add_ons = fields.List(fields.Nested(_AddOnPrice), load_default=[])


class _Requirement(View):
    kind = fields.String(required=True, validate=validate.OneOf(("practitioner", "room", "equipment", "place")))
    count = fields.Integer(load_default=1, validate=validate.Range(min=1))
    skill = fields.String(load_default="")
    licensed = fields.Boolean(load_default=False)
    room_kind = fields.String(load_default="")
    unit_kind = fields.String(load_default="")
    capacity = fields.Integer(load_default=1)


class _Question(View):
    id = fields.String(required=True)
    text = fields.String(required=True)


class _Screening(View):
    version = fields.Integer(required=True)
    questions = fields.List(fields.Nested(_Question), required=True)


class _AddOn(View):
    id = fields.String(required=True)
    name = fields.String(required=True)
    minutes = fields.Integer(required=True, validate=validate.Range(min=0))
    channel = fields.String(required=True)
    requirements = fields.List(fields.Nested(_Requirement), required=True)
    questions = fields.List(fields.Nested(_Question), required=True)


class _Cancellation(View):
    free_until_hours = fields.Integer(required=True)
    fee_percent = fields.Integer(required=True)
    no_show_fee_percent = fields.Integer(load_default=None, allow_none=True)


class _Said(View):
    path = fields.String(required=True)
    language = fields.String(required=True)
    text = fields.String(required=True)


class ServiceView(View):
    """A service."""

    id = fields.String(required=True, data_key="service_id")
    deleted = fields.Boolean(required=True)
    modality = fields.String(required=True)
    name = fields.String(required=True)
    discreet_name = fields.String(required=True)
    set_up_minutes = fields.Integer(required=True)
    clean_up_minutes = fields.Integer(required=True)
    requirements = fields.List(fields.Nested(_Requirement), required=True)
    screening = fields.Nested(_Screening, required=True, allow_none=True)
    cancellation = fields.Nested(_Cancellation, required=True)
    offers = fields.List(fields.Nested(_Offer), required=True)
    add_ons = fields.List(fields.Nested(_AddOn), load_default=[])
    language = fields.String(load_default=None, allow_none=True)
    preparation = fields.String(load_default=None, allow_none=True)
    aftercare = fields.String(load_default=None, allow_none=True)
    texts = fields.List(fields.Nested(_Said), load_default=[])


def service(data: dict[str, Any]) -> Service:
    """Return the domain's view of what `ServiceView` loaded."""
    needs = data["requirements"]
    return Service(
        id=ServiceId(data["id"]),
        deleted=data["deleted"],
        modality=data["modality"],
        name=data["name"],
        discreet_name=data["discreet_name"],
        set_up_minutes=data["set_up_minutes"],
        clean_up_minutes=data["clean_up_minutes"],
        practitioner_needs=_practitioner_needs(needs),
        room_needs=_room_needs(needs),
        screening=_screening(data["screening"]),
        cancellation=CancellationPolicy(**data["cancellation"]),
        offers=tuple(_offer(each) for each in data["offers"]),
        add_ons=tuple(_add_on(each) for each in data["add_ons"]),
        preparation=_said(data, "preparation"),
        aftercare=_said(data, "aftercare"),
    )


def _said(data: dict[str, Any], path: str) -> tuple[tuple[str, str], ...]:
    """A text by language, the service's own first: that one stands where the reader's is missing."""
    own = data[path]
    if not own:
        return ()
    others = [(each["language"], each["text"]) for each in data["texts"] if each["path"] == path]
    return ((data["language"] or "", own), *(each for each in others if each[0] != data["language"]))


def _add_on(data: dict[str, Any]) -> AddOn:
    return AddOn(
        id=data["id"],
        name=data["name"],
        minutes=data["minutes"],
        channel=data["channel"],
        practitioner_needs=_practitioner_needs(data["requirements"]),
        room_needs=_room_needs(data["requirements"]),
        questions=_questions(data["questions"]),
    )


def _practitioner_needs(needs: list[dict[str, Any]]) -> tuple[PractitionerNeed, ...]:
    return tuple(
        PractitionerNeed(skill=each["skill"], count=each["count"], licensed=each["licensed"])
        for each in needs
        if each["kind"] == "practitioner"
    )


def _room_needs(needs: list[dict[str, Any]]) -> tuple[RoomNeed, ...]:
    return tuple(
        RoomNeed(room_kind=each["room_kind"], capacity=each["capacity"])
        if each["kind"] == "room"
        else RoomNeed(room_kind=unit_kind(each["kind"], each["unit_kind"]), capacity=1)
        for each in needs
        if each["kind"] != "practitioner"
        for _ in range(1 if each["kind"] == "room" else each["count"])
    )


def _screening(data: dict[str, Any] | None) -> Screening | None:
    if data is None:
        return None
    return Screening(version=data["version"], questions=_questions(data["questions"]))


def _questions(asked: list[dict[str, Any]]) -> tuple[tuple[str, str], ...]:
    return tuple((each["id"], each["text"]) for each in asked)


def _offer(data: dict[str, Any]) -> Offer:
    durations = tuple(Duration(minutes=each["minutes"], price=Money(**each["price"])) for each in data["durations"])
    add_ons = tuple(AddOnPrice(id=each["id"], price=Money(**each["price"])) for each in data["add_ons"])
    where = LocationId(data["location_id"])
    return Offer(**{**data, "location_id": where, "durations": durations, "add_ons": add_ons})


def unit_kind(kind: str, unit_kind: str | None) -> str:
    """Equipment and places are claimed as rooms are; the colon keeps their kinds apart from those of rooms."""
    return f"{kind}:{unit_kind or ''}"
