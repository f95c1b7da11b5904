"""What every message stands on: strict schemas, their fields, and how problems are told. Unknown fields are refused."""

from collections.abc import Mapping
from typing import Any

from marshmallow import RAISE, Schema, ValidationError, fields, validate

from booking.application.ports import Idempotency
from booking.domain.errors import Problem, Refused

_LONGEST = 500


class Command(Schema):
    """A message, or a part of one."""

    class Meta:
        unknown = RAISE


class Id(fields.UUID):
    """An identity, as text."""

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        return str(super()._deserialize(value, attr, data, **kwargs))


class Text(fields.String):
    """Text of a bounded length, without NUL characters."""

    def __init__(self, *, longest: int = _LONGEST, **options: Any) -> None:
        super().__init__(validate=validate.Length(max=longest), **options)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        text = super()._deserialize(value, attr, data, **kwargs)
        if "\x00" in text:
            raise ValidationError("Leave out the NUL character.")
        return text


def optional(field: type[fields.Field[Any]], **options: Any) -> Any:
    """Return a field that may be left out or null."""
    return field(load_default=None, allow_none=True, **options)


def required_id(**options: Any) -> Id:
    """Return an identity that must be there."""
    return Id(required=True, **options)


class IdempotencyKey(Command):
    """A request's identity."""

    scope = Text(required=True, longest=4000)
    key = Text(required=True, longest=255)
    body_hash = Text(required=True)


def parsed(schema: Schema, message: Mapping[str, Any]) -> dict[str, Any]:
    """Return the checked message, or refuse `invalid_request` with a problem for each field."""
    try:
        loaded: dict[str, Any] = schema.load(message)
    except ValidationError as error:
        raise Refused(
            "invalid_request", "Some fields need mending.", fields=list(_problems(error.messages, ""))
        ) from error
    return loaded


def idempotency(message: Mapping[str, Any]) -> Idempotency | None:
    """Return the request's identity, if it has one."""
    return Idempotency(**message["idempotency"]) if message["idempotency"] else None


def _problems(messages: Any, path: str) -> list[Problem]:
    if isinstance(messages, Mapping):
        return [
            problem
            for name, inner in messages.items()
            for problem in _problems(inner, f"{path}.{name}" if path and name != "_schema" else str(name))
        ]
    return [Problem(field=path, problem=str(each)) for each in messages]
