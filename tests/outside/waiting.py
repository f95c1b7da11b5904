"""How long an answer took, and how long is too long."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import httpx

from tests.outside.client import problem

SERVED = 30
"""Seconds within which the platform must serve again after a part came back."""
SLACK = 4
"""Seconds beyond what is promised that a busy machine may take: more is a fault."""


@dataclass(frozen=True, slots=True)
class Answered:
    """An answer, and the seconds that it took."""

    answer: httpx.Response
    seconds: float

    def refused(self, code: str) -> Self:
        """Check that it is 503 with this code, and says when to ask again."""
        problem(self.answer, 503, code)
        assert int(self.answer.headers["retry-after"]) >= 1
        return self


def answered(ask: Callable[[], httpx.Response]) -> Answered:
    """Ask, and take the time."""
    begun = time.monotonic()
    answer = ask()
    return Answered(answer, time.monotonic() - begun)
