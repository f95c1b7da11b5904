"""The error tree: a refusal is an answer; anything else that is raised is a fault."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What is wrong with one field of the command, named by its path on the wire (`guest.phone`)."""

    field: str
    problem: str


class Refused(Exception):
    """The command was understood, is not done, and nothing has changed.

    `code` is stable and machine-readable, `detail` is a sentence for a person, `extra` holds what helps to
    mend it (alternatives, a deadline, a phone number) as domain values.
    """

    def __init__(self, code: str, detail: str, *, fields: Sequence[Problem] = (), **extra: object) -> None:
        super().__init__(f"{code}: {detail}")
        self.code = code
        self.detail = detail
        self.fields = tuple(fields)
        self.extra = extra
