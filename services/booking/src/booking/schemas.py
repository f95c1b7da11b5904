"""What callers send: checked, and turned into the use cases' words. Unknown fields are refused."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from booking.application.access import Access
from booking.application.availability import OwnHold
from booking.application.ports import Idempotency
from booking.application.reschedule import To
from booking.domain.errors import Problem, Refused
from booking.domain.guest import Contact
from booking.domain.ids import BookingId, HoldId, LocationId, PractitionerId, ServiceId
from booking.domain.screening import Answers
from booking.domain.wish import Sought

_LONGEST = 500


class _Command(Schema):
    class Meta:
        unknown = RAISE


class _Id(fields.UUID):
    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))


class _Text(fields.String):
    def __init__(self, *, longest: int = _LONGEST, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("Leave out the NUL character.")
        return text


def _optional(field: type[fields.Field[Any]], **options: Any) -> Any:
    return field(load_default=None, allow_none=True, **options)


def _id(**options: Any) -> _Id:
    return _Id(required=True, **options)


class _OwnHold(_Command):
    id = _id()
    token = _Text(required=True, longest=4000)


class _OwnBooking(_Command):
    id = _id()
    manage_token = _Text(required=True)


class _Idempotency(_Command):
    scope = _Text(required=True, longest=4000)
    key = _Text(required=True, longest=255)
    body_hash = _Text(required=True)


class _Guest(_Command):
    name = _Text(required=True)
    email = _optional(_Text)
    phone = _optional(_Text, longest=60)
    locale = _optional(_Text, longest=40)
    zone = _optional(_Text, longest=60)


class _Screening(_Command):
    version = fields.Integer(required=True, strict=True)
    all_clear = fields.Boolean(required=True, truthy={True}, falsy={False})


class _Sought(_Command):
    location_id = _id()
    service_id = _id()
    duration_minutes = fields.Integer(load_default=None, allow_none=True, strict=True)
    practitioner_id = _optional(_Id)


class _Availability(_Sought):
    since = fields.AwareDateTime(required=True, format="iso")
    until = fields.AwareDateTime(required=True, format="iso")
    hold = fields.Nested(_OwnHold, load_default=None, allow_none=True)
    booking = fields.Nested(_OwnBooking, load_default=None, allow_none=True)


class _Hold(_Sought):
    start = fields.AwareDateTime(required=True, format="iso")
    idempotency = fields.Nested(_Idempotency, load_default=None, allow_none=True)


class _HoldToken(_Command):
    hold_id = _id()
    token = _Text(required=True, longest=4000)


class _Book(_Command):
    hold_id = _id()
    hold_token = _Text(required=True, longest=4000)
    guest = fields.Nested(_Guest, required=True)
    screening = fields.Nested(_Screening, load_default=None, allow_none=True)
    idempotency = fields.Nested(_Idempotency, load_default=None, allow_none=True)


class _BookingToken(_Command):
    booking_id = _id()
    manage_token = _Text(required=True)


class _UndoCancel(_BookingToken):
    if_revision = fields.Integer(load_default=None, allow_none=True, strict=True)


class _Cancel(_UndoCancel):
    accept_fee = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class _Reschedule(_UndoCancel):
    start = fields.AwareDateTime(required=True, format="iso")
    practitioner_id = _optional(_Id)


class _Facts(_Command):
    booking_ids = fields.List(_Id(), required=True, validate=validate.Length(max=500))


AVAILABILITY = _Availability()
HOLD = _Hold()
HOLD_TOKEN = _HoldToken()
BOOK = _Book()
SHOW = _BookingToken()
CANCEL = _Cancel()
UNDO_CANCEL = _UndoCancel()
RESCHEDULE = _Reschedule()
FACTS = _Facts()


def parsed(schema: Schema, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked message, or refuse `invalid_request` with a problem for each field."""
    try:
        loaded: dict[str, Any] = schema.load(message)
    except ValidationError as error:
        raise Refused(
            "invalid_request", "Some fields need mending.", fields=list(_problems(error.messages, ""))
        ) from error
    return loaded


def sought(message: Mapping[str, Any]) -> Sought:
    """Return what is asked for."""
    practitioner = message["practitioner_id"]
    return Sought(
        location_id=LocationId(message["location_id"]),
        service_id=ServiceId(message["service_id"]),
        duration_minutes=message["duration_minutes"],
        practitioner_id=PractitionerId(practitioner) if practitioner else None,
    )


def own_hold(message: Mapping[str, Any]) -> OwnHold | None:
    """Return the hold of the guest who looks, if they have one."""
    own = message["hold"]
    return OwnHold(id=HoldId(own["id"]), token=own["token"]) if own else None


def own_booking(message: Mapping[str, Any]) -> Access | None:
    """Return the booking that the guest who looks wants to move, if there is one."""
    own = message["booking"]
    return Access(booking_id=BookingId(own["id"]), token=own["manage_token"]) if own else None


def move(message: Mapping[str, Any]) -> To:
    """Return where to move a booking."""
    practitioner = message["practitioner_id"]
    return To(start=message["start"], practitioner_id=PractitionerId(practitioner) if practitioner else None)


def idempotency(message: Mapping[str, Any]) -> Idempotency | None:
    """Return the request's identity, if it has one."""
    return Idempotency(**message["idempotency"]) if message["idempotency"] else None


def contact(message: Mapping[str, Any]) -> Contact:
    """Return what the guest typed."""
    return Contact(**message["guest"])


def answers(message: Mapping[str, Any]) -> Answers | None:
    """Return the guest's answers to the safety questions, if given."""
    return Answers(**message["screening"]) if message["screening"] else None


def _problems(messages: Any, path: str) -> list[Problem]:
    if isinstance(messages, Mapping):
        return [
            problem
            for name, inner in messages.items()
            for problem in _problems(inner, f"{path}.{name}" if path and name != "_schema" else str(name))
        ]
    return [Problem(field=path, problem=str(each)) for each in messages]
