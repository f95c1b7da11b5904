"""What callers send about series, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.book_series import BookSeries
from booking.application.plan_series import Wanted
from booking.application.repair_series import Repair
from booking.application.show_series import SeriesAccess
from booking.domain.ids import LocationId, PractitionerId, SeriesId, ServiceId
from booking.domain.screening import Answers
from booking.domain.series import IN_TURN, MODES, ORDERS, Cadence, Part
from booking.domain.wish import Sought
from booking.schemas.base import Command, Id, IdempotencyKey, Text, idempotency, optional, required_id
from booking.schemas.bookings import GuestFields, PapersFields, ScreeningFields, answers, contact, papers
from booking.schemas.looking import preferences_field, wished

_UNITS = {"days": 1, "weeks": 7}


class _Part(Command):
    service_id = required_id()
    duration_minutes = optional(fields.Integer, strict=True)
    practitioner_id = optional(Id)
    preferences = preferences_field()
    sessions = fields.Integer(required=True, strict=True, validate=validate.Range(min=1))


class _Cadence(Command):
    every = fields.Integer(required=True, strict=True)
    unit = fields.String(required=True, validate=validate.OneOf(list(_UNITS)))
    within_days = fields.Integer(load_default=0, strict=True)
    within_minutes = fields.Integer(load_default=60, strict=True)
    weekdays = fields.List(fields.Integer(strict=True), load_default=None, allow_none=True)


class _Plan(Command):
    location_id = required_id()
    parts = fields.List(fields.Nested(_Part), required=True, validate=validate.Length(min=1, max=4))
    cadence = fields.Nested(_Cadence, required=True)
    starting = fields.AwareDateTime(required=True, format="iso")
    order = fields.String(load_default=IN_TURN, validate=validate.OneOf(ORDERS))


class _ServiceScreening(ScreeningFields):
    service_id = required_id()


class _Book(_Plan, PapersFields):
    mode = fields.String(required=True, validate=validate.OneOf(MODES))
    guest = fields.Nested(GuestFields, required=True)
    screening = fields.List(fields.Nested(_ServiceScreening), load_default=list)
    idempotency = fields.Nested(IdempotencyKey, load_default=None, allow_none=True)


class _SeriesToken(Command):
    series_id = required_id()
    token = Text(required=True)


class _Place(_SeriesToken):
    session = fields.Integer(required=True, strict=True)


class _Repair(_Place):
    start = fields.AwareDateTime(required=True, format="iso")
    practitioner_id = optional(Id)
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)


class _Cancel(_SeriesToken):
    accept_fee = fields.Boolean(load_default=False, truthy={True}, falsy={False})


PLAN = _Plan()
BOOK = _Book()
SERIES_TOKEN = _SeriesToken()
PLACE = _Place()
REPAIR = _Repair()
CANCEL = _Cancel()


def wanted(message: Mapping[str, Any]) -> Wanted:
    """Return the series that is wished for."""
    location, rhythm = LocationId(message["location_id"]), message["cadence"]
    return Wanted(
        location_id=location,
        parts=tuple(_part(each, location) for each in message["parts"]),
        cadence=Cadence(
            every_days=rhythm["every"] * _UNITS[rhythm["unit"]],
            within_days=rhythm["within_days"],
            within_minutes=rhythm["within_minutes"],
            weekdays=frozenset(rhythm["weekdays"]) if rhythm["weekdays"] is not None else None,
        ),
        starting=message["starting"],
        order=message["order"],
    )


def book_series(message: Mapping[str, Any]) -> BookSeries:
    """Return the wish to book it."""
    return BookSeries(
        wanted=wanted(message),
        mode=message["mode"],
        contact=contact(message),
        screening={
            ServiceId(each["service_id"]): Answers(version=each["version"], all_clear=each["all_clear"])
            for each in message["screening"]
        },
        papers=papers(message),
        idempotency=idempotency(message),
    )


def access(message: Mapping[str, Any]) -> SeriesAccess:
    """Return which series is meant, and what opens it."""
    return SeriesAccess(series_id=SeriesId(message["series_id"]), token=message["token"])


def repair(message: Mapping[str, Any]) -> Repair:
    """Return the wish to fill a place."""
    practitioner = message["practitioner_id"]
    return Repair(
        access=access(message),
        position=message["session"],
        start=message["start"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        screening=answers(message),
    )


def _part(message: Mapping[str, Any], location: LocationId) -> Part:
    practitioner = message["practitioner_id"]
    sought = Sought(
        location_id=location,
        service_id=ServiceId(message["service_id"]),
        duration_minutes=message["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        preference=wished(message),
    )
    return Part(sought=sought, sessions=message["sessions"])
