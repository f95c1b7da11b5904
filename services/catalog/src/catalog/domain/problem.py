"""Something that is wrong with a document, and where."""

from dataclasses import dataclass
from typing import TypeAlias

Place: TypeAlias = tuple[str | int, ...]
"""The way to a value in the document: `("services", 2, "offers", 0, "durations")`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One thing to mend. The message says what is wrong and, where it can, what would be right."""

    place: Place
    message: str


def spell(place: Place) -> str:
    """The place as people write it: `services[2].offers[0].durations`."""
    text = ""
    for step in place:
        text += f"[{step}]" if isinstance(step, int) else f".{step}" if text else step
    return text
