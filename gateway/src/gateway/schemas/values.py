"""Values that several answers share."""

from marshmallow import fields, validate

from gateway.schemas.base import Answer


def text(**more: object) -> fields.String:
    """A text that is always there."""
    return fields.String(required=True, metadata=more)


def instant(*, nullable: bool = False, **more: object) -> fields.String:
    """A moment with the branch's offset, in wire form."""
    return fields.String(required=True, allow_none=nullable, metadata={"format": "date-time", **more})


def identifier(**more: object) -> fields.String:
    """A UUID."""
    return fields.String(required=True, metadata={"format": "uuid", **more})


def texts(**more: object) -> fields.List[str]:
    """A list of texts that is always there."""
    return fields.List(fields.String(), required=True, metadata=more)


def whole(**more: object) -> fields.Integer:
    """A whole number that is always there."""
    return fields.Integer(required=True, strict=True, metadata=more)


class Money(Answer):
    """An amount in a currency, written out so that no program rounds it."""

    amount = fields.String(required=True, validate=validate.Regexp(r"^-?\d+(\.\d+)?$"), metadata={"example": "95.00"})
    currency = fields.String(
        required=True, validate=validate.Regexp(r"^[A-Z]{3}$"), metadata={"example": "EUR", "description": "ISO 4217"}
    )


class Address(Answer):
    """Where a branch is."""

    street = text()
    postal_code = text()
    city = text()
    country = text(description="ISO 3166-1 alpha-2")


class Person(Answer):
    """A practitioner, by name."""

    id = identifier()
    name = text()


class Question(Answer):
    """A safety question that is answered with yes or no."""

    id = text()
    text = text()


class Screening(Answer):
    """The safety questions of a service, as they stand now."""

    version = whole(description="Send it back with the outcome")
    questions = fields.List(fields.Nested(Question), required=True)


class Slot(Answer):
    """A free time, and who could give it."""

    start = instant()
    end = instant()
    practitioner_ids = fields.List(identifier(), required=True)
