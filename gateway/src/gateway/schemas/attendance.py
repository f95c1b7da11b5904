"""What staff send about an appointment's day."""

from typing import Any

from gateway.schemas.base import Request
from gateway.schemas.fields import Text, Truth

_REASON = "Why, in a few words, for the record. Never about anyone's health"
LONGEST_REASON = 300


def reason(**more: Any) -> Text:
    """Why staff do it."""
    return Text(most=LONGEST_REASON, metadata={"description": _REASON, "example": "Pressed the wrong one"}, **more)


class Step(Request):
    """A step of its day."""

    reason = reason(allow_none=True)


class NoShow(Step):
    """A guest who did not come."""

    waive_fee = Truth(load_default=False, metadata={"description": "Let them off the fee at once", "default": False})


class Revert(Request):
    """A step that was not so."""

    reason = reason(required=True)
