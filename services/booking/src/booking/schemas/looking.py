"""What callers send to look for free times, and how it turns into the use cases' words."""

from collections.abc import Mapping
from typing import Any

from marshmallow import fields, validate

from booking.application.access import GuestAccess, StaffAccess
from booking.application.availability import OwnHold
from booking.application.by_time import MODALITIES, ByTime
from booking.domain.audit import Actor
from booking.domain.ids import BookingId, HoldId, LocationId, PractitionerId, ServiceId
from booking.domain.part import GuestSought
from booking.domain.preference import ANYONE, GENDERS, WISHES, Preference, preference
from booking.domain.wish import Sought
from booking.schemas.base import Command, Id, Text, optional, required_id

_LONGEST_ADD_ON = 100


class _OwnHold(Command):
    id = required_id()
    token = Text(required=True, longest=4000)


class _OwnBooking(Command):
    id = required_id()
    manage_token = Text(required=True)


class _Preferences(Command):
    gender = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(GENDERS))
    languages = fields.List(
        fields.String(validate=validate.Regexp(r"[a-z]{2,3}\Z")), load_default=[], validate=validate.Length(max=10)
    )
    soft = fields.List(fields.String(validate=validate.OneOf(WISHES)), load_default=[], validate=validate.Length(max=2))


def preferences_field() -> fields.Nested:
    """What may be wished of whoever treats a guest."""
    return fields.Nested(_Preferences, load_default=None, allow_none=True)


class SoughtFields(Command):
    """A service at a location, for how long, by whom."""

    location_id = required_id()
    service_id = required_id()
    duration_minutes = fields.Integer(load_default=None, allow_none=True, strict=True)
    practitioner_id = optional(Id)
    preferences = preferences_field()


class _GuestSought(Command):
    duration_minutes = fields.Integer(load_default=None, allow_none=True, strict=True)
    practitioner_id = optional(Id)
    preferences = preferences_field()
    add_on_ids = fields.List(Text(longest=_LONGEST_ADD_ON), load_default=[])


class PartyFields(SoughtFields):
    """What all guests want alike, or what each wants of their own."""

    add_on_ids = fields.List(Text(longest=_LONGEST_ADD_ON), load_default=[])
    guests = fields.List(fields.Nested(_GuestSought), load_default=None, allow_none=True)


class _Search(PartyFields):
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")
    hold = fields.Nested(_OwnHold, load_default=None, allow_none=True)


class _Availability(SoughtFields):
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")
    hold = fields.Nested(_OwnHold, load_default=None, allow_none=True)
    booking = fields.Nested(_OwnBooking, load_default=None, allow_none=True)


class _Explain(PartyFields):
    start = fields.AwareDateTime(required=True, format="iso")
    booking = fields.Nested(_OwnBooking, load_default=None, allow_none=True)


class _MovedBooking(Command):
    id = required_id()
    actor = Text(required=True, longest=100)


class _ExplainToStaff(_Explain):
    booking = fields.Nested(_MovedBooking, load_default=None, allow_none=True)


class _ByTime(Command):
    location_id = required_id()
    guests = fields.Integer(required=True, strict=True)
    modality = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(MODALITIES))
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")


AVAILABILITY = _Availability()
SEARCH = _Search()
BY_TIME = _ByTime()
EXPLAIN = _Explain()
EXPLAIN_TO_STAFF = _ExplainToStaff()


def sought(message: Mapping[str, Any]) -> Sought:
    """Return what is asked for."""
    practitioner, guests = message["practitioner_id"], message.get("guests")
    return Sought(
        location_id=LocationId(message["location_id"]),
        service_id=ServiceId(message["service_id"]),
        duration_minutes=message["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        add_on_ids=tuple(message.get("add_on_ids", ())),
        preference=wished(message),
        guests=tuple(_guest(each) for each in guests) if guests is not None else None,
    )


def by_time(message: Mapping[str, Any]) -> ByTime:
    """Return who wants to come."""
    return ByTime(
        location_id=LocationId(message["location_id"]), guests=message["guests"], modality=message["modality"]
    )


def _guest(asked: Mapping[str, Any]) -> GuestSought:
    practitioner = asked["practitioner_id"]
    return GuestSought(
        duration_minutes=asked["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
        add_on_ids=tuple(asked["add_on_ids"]),
        preference=wished(asked),
    )


def wished(message: Mapping[str, Any]) -> Preference:
    """Return what is wished of whoever treats the guest."""
    given = message.get("preferences")
    return preference(**given) if given else ANYONE


def own_hold(message: Mapping[str, Any]) -> OwnHold | None:
    """Return the hold of the guest who looks, if they have one."""
    own = message["hold"]
    return OwnHold(id=HoldId(own["id"]), token=own["token"]) if own else None


def own_booking(message: Mapping[str, Any]) -> GuestAccess | None:
    """Return the booking that the guest who looks wants to move, if there is one."""
    own = message["booking"]
    return GuestAccess(booking_id=BookingId(own["id"]), token=own["manage_token"]) if own else None


def moved_booking(message: Mapping[str, Any]) -> StaffAccess | None:
    """Return the booking that staff want to move, if there is one."""
    moved = message["booking"]
    return StaffAccess(booking_id=BookingId(moved["id"]), actor=Actor(moved["actor"])) if moved else None
