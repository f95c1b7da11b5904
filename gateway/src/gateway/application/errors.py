"""Every way in which a use case does not answer.

`Refused` is an answer: nothing changed, and the code says why. The others mean that we cannot tell the guest
yes or no just now; each says whether asking again is safe.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class WrongField:
    """One field that was refused: its dotted name (`guest.phone`) and what is wrong with it."""

    field: str
    problem: str


class GatewayError(Exception):
    """The root: anything else that is raised is a fault of ours."""


@dataclass(eq=False)
class Refused(GatewayError):
    """A service, or the gateway itself, said no. Nothing changed.

    `code` is one of `gateway.problems`; `extra` holds what helps to go on (alternatives, deadline, phone…).
    """

    code: str
    detail: str = ""
    fields: Sequence[WrongField] = ()
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.code}: {self.detail}"


@dataclass(eq=False)
class Unavailable(GatewayError):
    """`part` cannot be reached, so nothing was done. Ask again in a moment."""

    part: str

    def __str__(self) -> str:
        return f"{self.part} cannot be reached"


@dataclass(eq=False)
class OutcomeUnknown(GatewayError):
    """`part` was asked to change something and has not answered in time: it may have done so.

    Asking again with the same hold, or the same idempotency key, is safe.
    """

    part: str

    def __str__(self) -> str:
        return f"{self.part} has not said whether it was done"


@dataclass(eq=False)
class NotReady(GatewayError):
    """`part` has not been loaded yet, just after a first start."""

    part: str

    def __str__(self) -> str:
        return f"{self.part} is not loaded yet"
