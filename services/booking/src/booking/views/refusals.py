"""Refusals as JSON."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from booking.domain.clinic import Screening
from booking.domain.errors import Refused
from booking.domain.money import Money
from booking.views.values import money, screening


def refusal(refused: Refused) -> dict[str, Any]:
    """Return a refusal as it crosses the wire."""
    answer: dict[str, Any] = {"code": refused.code, "detail": refused.detail}
    if refused.fields:
        answer["fields"] = [{"field": each.field, "problem": each.problem} for each in refused.fields]
    if refused.extra:
        answer["extra"] = {name: _plain(value) for name, value in refused.extra.items()}
    return answer


def _plain(value: object) -> Any:
    match value:
        case datetime():
            return value.isoformat()
        case Money():
            return money(value)
        case Screening():
            return screening(value)
        case Mapping():
            return {name: _plain(inner) for name, inner in value.items()}
        case Sequence() if not isinstance(value, str):
            return [_plain(each) for each in value]
    if isinstance(value, str | int | None):
        return value
    raise TypeError(f"a refusal cannot carry {type(value).__name__}")
