"""The house that a page belongs to: what its branches are called together, and their numbers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from typing import Any


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    """The name above every page, or None before a branch is known."""

    name: str | None
    branches: Sequence[Mapping[str, Any]] = ()


def house_of(locations: Sequence[Mapping[str, Any]]) -> House:
    """The words that every branch's name begins with: "La Belle" of La Belle Paris and La Belle Montréal."""
    names = [str(location["name"]).split() for location in locations]
    shared = takewhile(lambda words: len(set(words)) == 1, zip(*names, strict=False))
    return House(name=" ".join(words[0] for words in shared) or None, branches=locations)
