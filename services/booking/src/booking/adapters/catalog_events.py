"""The catalog's entities on the wire, as far as booking reads them; what it does not name is ignored."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from marshmallow import Schema, ValidationError, fields, validate

from booking.adapters.service_events import ServiceView, View, service, unit_kind
from booking.domain.clinic import (
    Address,
    DailyHours,
    Entity,
    Licence,
    Location,
    Practitioner,
    Room,
    Schedule,
    Shift,
)
from booking.domain.ids import LocationId, PractitionerId, RoomId
from booking.domain.limits import within_a_day_of
from booking.domain.ranges import merged
from booking.domain.zones import day_number, instant


def _wall_time(**options: Any) -> fields.Time:
    return fields.Time(format="%H:%M", required=True, **options)


def _known_zone(name: str) -> None:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValidationError(f"{name!r} is no time zone") from error


class _Hours(View):
    weekday = fields.Integer(required=True, validate=validate.Range(0, 6))
    since = _wall_time(data_key="from")
    until = _wall_time(data_key="to")


class _Closure(View):
    first = fields.Date(required=True, data_key="from_date")
    last = fields.Date(required=True, data_key="to_date")


class _Address(View):
    street = fields.String(required=True)
    postal_code = fields.String(required=True)
    city = fields.String(required=True)
    country = fields.String(required=True)


class _Location(View):
    id = fields.String(required=True, data_key="location_id")
    deleted = fields.Boolean(required=True)
    name = fields.String(required=True)
    zone = fields.String(required=True, validate=_known_zone)
    region = fields.String(required=True)
    phone = fields.String(required=True)
    address = fields.Nested(_Address, required=True)
    opening_hours = fields.List(fields.Nested(_Hours), required=True)
    closures = fields.List(fields.Nested(_Closure), required=True)


class _Licence(View):
    region = fields.String(required=True)
    expires_on = fields.Date(required=True)


class _Practitioner(View):
    id = fields.String(required=True, data_key="practitioner_id")
    deleted = fields.Boolean(required=True)
    name = fields.String(required=True)
    skills = fields.List(fields.String(), required=True)
    location_ids = fields.List(fields.String(), required=True)
    licence = fields.Nested(_Licence, required=True, allow_none=True)
    licences = fields.List(fields.Nested(_Licence), load_default=[])  # none in what was said before there could be two
    gender = fields.String(load_default=None, allow_none=True)
    languages = fields.List(fields.String(), load_default=[])


class _Resource(View):
    id = fields.String(required=True, data_key="resource_id")
    deleted = fields.Boolean(required=True)
    location_id = fields.String(required=True)
    name = fields.String(required=True)
    kind = fields.String(required=True)
    room_kind = fields.String(required=True, allow_none=True)
    unit_kind = fields.String(load_default=None, allow_none=True)
    capacity = fields.Integer(required=True)


class _Break(View):
    since = _wall_time(data_key="from")
    until = _wall_time(data_key="to")


class _Shift(_Hours):
    location_id = fields.String(required=True)
    breaks = fields.List(fields.Nested(_Break), required=True)
    valid_from = fields.Date(required=True, allow_none=True)
    valid_to = fields.Date(required=True, allow_none=True)


class _Alternating(_Shift):
    every_weeks = fields.Integer(required=True, validate=validate.Range(min=1))
    from_week_of = fields.Date(required=True)


class _OneOff(View):
    location_id = fields.String(required=True)
    day = fields.Date(required=True, data_key="date")
    since = _wall_time(data_key="from")
    until = _wall_time(data_key="to")
    breaks = fields.List(fields.Nested(_Break), required=True)


class _TimeOff(View):
    since = fields.AwareDateTime(required=True, data_key="from")
    until = fields.AwareDateTime(required=True, data_key="to")


class _Schedule(View):
    id = fields.String(required=True, data_key="practitioner_id")
    deleted = fields.Boolean(required=True)
    weekly = fields.List(fields.Nested(_Shift), required=True)
    alternating = fields.List(fields.Nested(_Alternating), load_default=[])
    one_off = fields.List(fields.Nested(_OneOff), load_default=[])
    time_off = fields.List(fields.Nested(_TimeOff), required=True)
    daily_hands_on_minutes = fields.Integer(load_default=None, allow_none=True)


_SCHEMAS: Mapping[str, Schema] = {
    "location": _Location(),
    "service": ServiceView(),
    "practitioner": _Practitioner(),
    "resource": _Resource(),
    "schedule": _Schedule(),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One entity as an event or a snapshot tells it, its whole state checked."""

    kind: str
    id: str
    version: int
    data: Mapping[str, Any]


def told(name: str, data: Mapping[str, Any]) -> Told | None:
    """Return what an event of that name tells, None for one that booking has no use for.

    Raises marshmallow's ValidationError for data that booking could not read.
    """
    kind = name.removeprefix("catalog.").removesuffix("_changed.v1")
    if kind not in _SCHEMAS:
        return None
    read(kind, data)
    id_field = _SCHEMAS[kind].fields["id"].data_key
    return Told(kind=kind, id=str(data[str(id_field)]), version=int(data["version"]), data=data)


def read(kind: str, data: Mapping[str, Any]) -> Entity:
    """Return the domain's view of an entity's data."""
    loaded = _SCHEMAS[kind].load(data)
    return _READERS[kind](loaded)


def _location(data: dict[str, Any]) -> Location:
    return Location(
        id=LocationId(data["id"]),
        deleted=data["deleted"],
        name=data["name"],
        zone=data["zone"],
        region=data["region"],
        phone=data["phone"],
        address=Address(**data["address"]),
        opening_hours=tuple(_hours(each) for each in data["opening_hours"]),
        closures=tuple((day_number(each["first"]), day_number(each["last"])) for each in data["closures"]),
    )


def _practitioner(data: dict[str, Any]) -> Practitioner:
    licences = data["licences"] or ([data["licence"]] if data["licence"] else [])
    return Practitioner(
        id=PractitionerId(data["id"]),
        deleted=data["deleted"],
        name=data["name"],
        skills=frozenset(data["skills"]),
        location_ids=frozenset(data["location_ids"]),
        licences=tuple(Licence(region=each["region"], last_day=day_number(each["expires_on"])) for each in licences),
        gender=data["gender"],
        languages=frozenset(data["languages"]),
    )


def _resource(data: dict[str, Any]) -> Room:
    return Room(
        id=RoomId(data["id"]),
        deleted=data["deleted"],
        location_id=LocationId(data["location_id"]),
        name=data["name"],
        room_kind=data["room_kind"] or unit_kind(data["kind"], data["unit_kind"]),
        capacity=data["capacity"],
    )


def _schedule(data: dict[str, Any]) -> Schedule:
    if data["deleted"]:
        return Schedule(shifts=())
    shifts = [_shift(each) for each in (*data["weekly"], *data["alternating"])]
    shifts += [_shift(_as_weekly(each)) for each in data["one_off"]]
    return Schedule(
        shifts=within_a_day_of(data["daily_hands_on_minutes"], shifts),
        time_off=tuple(merged((instant(each["since"]), _rounded_up(each["until"])) for each in data["time_off"])),
    )


def _shift(data: dict[str, Any]) -> Shift:
    hours = _hours(data)
    return Shift(
        location_id=LocationId(data["location_id"]),
        hours=hours,
        breaks=tuple(_break(each, hours.start) for each in data["breaks"]),
        first_day=_day(data["valid_from"]),
        last_day=_day(data["valid_to"]),
        every_weeks=data.get("every_weeks", 1),
        counted_from=_day(data.get("from_week_of")) or 0,
    )


def _as_weekly(data: dict[str, Any]) -> dict[str, Any]:
    """Hours of one day as weekly ones that hold on that day alone."""
    return {**data, "weekday": data["day"].weekday(), "valid_from": data["day"], "valid_to": data["day"]}


def _hours(data: dict[str, Any]) -> DailyHours:
    start, end = _minutes(data["since"]), _minutes(data["until"])
    return DailyHours(weekday=data["weekday"], start=start, end=end if end > start else end + 24 * 60)


def _break(data: dict[str, Any], shift_start: int) -> tuple[int, int]:
    start, end = _minutes(data["since"]), _minutes(data["until"])
    if start < shift_start:  # after the midnight that the shift runs past
        start += 24 * 60
    while end <= start:
        end += 24 * 60
    return start, end


def _minutes(at: time) -> int:
    return at.hour * 60 + at.minute


def _day(day: date | None) -> int | None:
    return day_number(day) if day is not None else None


def _rounded_up(moment: datetime) -> int:
    at = instant(moment)
    return at if moment.timestamp() == at else at + 1


_READERS: Mapping[str, Callable[[dict[str, Any]], Entity]] = {
    "location": _location,
    "service": service,
    "practitioner": _practitioner,
    "resource": _resource,
    "schedule": _schedule,
}
