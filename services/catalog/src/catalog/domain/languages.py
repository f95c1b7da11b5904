"""The languages in which the product's own texts are written, and which of them a reader gets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

LANGUAGES = ("en", "fr", "es")
"""Every text of the guide and of the comparison exists in these; the first is for readers of no other."""

Texts: TypeAlias = Mapping[str, str]
"""One text by language."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """The language that a reader gets; `fallback` says that it is none of those that they asked for."""

    language: str
    fallback: bool


def reading(wanted: Sequence[str]) -> Reading:
    """The first of the wanted languages (BCP 47) that there is; who asks for none gets the first, and no fallback."""
    for tag in wanted:
        primary = tag.lower().partition("-")[0]
        if primary in LANGUAGES:
            return Reading(language=primary, fallback=False)
    return Reading(language=LANGUAGES[0], fallback=bool(wanted))
