"""What catalog answers on the wire."""

from dataclasses import asdict
from typing import Any

from catalog.application.errors import Refused
from catalog.application.load import Loaded
from catalog.domain.problem import spell


def loaded(summary: Loaded) -> dict[str, Any]:
    """How many entities were added, changed, withdrawn and left alone."""
    return asdict(summary)


def refusal(refused: Refused) -> dict[str, Any]:
    """The stable code, what it means in words, and every problem at its place."""
    fields = [{"field": spell(problem.place), "problem": problem.message} for problem in refused.problems]
    return {"code": refused.code, "detail": refused.detail, "fields": fields}
