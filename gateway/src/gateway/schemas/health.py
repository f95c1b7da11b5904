"""Whether we live, and which part is not ready."""

from marshmallow import fields

from gateway.schemas.base import Answer
from gateway.schemas.values import text


class Alive(Answer):
    """This process answers."""

    alive = fields.Boolean(required=True)


class Part(Answer):
    """One thing that the platform needs."""

    name = text(example="booking.database")
    ok = fields.Boolean(required=True)
    needed = fields.Boolean(
        required=True, metadata={"description": "Without it the platform is not ready; otherwise it is only poorer"}
    )
    detail = text()


class Ready(Answer):
    """Whether every needed part is ready."""

    ready = fields.Boolean(required=True)
    parts = fields.List(fields.Nested(Part), required=True)
