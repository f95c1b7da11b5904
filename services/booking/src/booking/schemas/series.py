"""What callers send about series, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.book_series import BookSeries
from booking.application.book_visit import BookVisit, VisitPart
from booking.application.plan_series import Wanted
from booking.application.plan_visit import VisitSought
from booking.application.repair_series import Repair
from booking.application.show_series import SeriesAccess
from booking.domain.ids import LocationId, PractitionerId, SeriesId, ServiceId
from booking.domain.screening import Answers
from booking.domain.series import IN_TURN, MODES, ORDERS, Cadence, Part
from booking.domain.together import ARRANGEMENTS
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


class _VisitSought(Command):
    service_id = required_id()
    duration_minutes = optional(fields.Integer, strict=True)
    practitioner_id = optional(Id)
    preferences = preferences_field()
    add_on_ids = fields.List(Text(longest=100), load_default=[])


class _VisitPart(_VisitSought):
    screening = fields.Nested(ScreeningFields, load_default=None, allow_none=True)
    name = optional(Text)


class _Visit(Command):
    location_id = required_id()
    arrangement = fields.String(required=True, validate=validate.OneOf(ARRANGEMENTS))


class _FindVisits(_Visit):
    parts = fields.List(fields.Nested(_VisitSought), required=True)
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")


class _BookVisit(_Visit, PapersFields):
    parts = fields.List(fields.Nested(_VisitPart), required=True)
    start = fields.AwareDateTime(required=True, format="iso")
    guest = fields.Nested(GuestFields, required=True)
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
FIND_VISITS = _FindVisits()
BOOK_VISIT = _BookVisit()
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


def visit(message: Mapping[str, Any]) -> VisitSought:
    """Return the visit that is looked for."""
    location = LocationId(message["location_id"])
    parts = tuple(_sought(each, location) for each in message["parts"])
    return VisitSought(location_id=location, arrangement=message["arrangement"], parts=parts)


def book_visit(message: Mapping[str, Any]) -> BookVisit:
    """Return the wish to book it."""
    location = LocationId(message["location_id"])
    return BookVisit(
        location_id=location,
        arrangement=message["arrangement"],
        start=message["start"],
        parts=tuple(
            VisitPart(sought=_sought(each, location), screening=answers(each), name=each["name"])
            for each in message["parts"]
        ),
        contact=contact(message),
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
    return Part(sought=_sought(message, location), sessions=message["sessions"])


def _sought(message: Mapping[str, Any], location: LocationId) -> Sought:
    practitioner = message["practitioner_id"]
    return Sought(
        location_id=location,
        service_id=ServiceId(message["service_id"]),
        duration_minutes=message["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        add_on_ids=tuple(message.get("add_on_ids", ())),
        preference=wished(message),
    )
