"""Massage and physical therapy, aspect by aspect, in the reader's language."""

from collections.abc import Mapping, Sequence
from typing import Any

from catalog.domain.languages import LANGUAGES, reading


def comparison(wanted: Sequence[str], *, texts: Mapping[str, Any]) -> dict[str, Any]:
    """The comparison in the first of the wanted languages that it is written in; `fallback` if in none of them."""
    chosen = reading(wanted)
    return {"language": chosen.language, "fallback": chosen.fallback, **in_language(texts, chosen.language)}


def in_language(texts: Any, language: str) -> Any:
    """The same, with one text wherever there is one in each language. `{id, en, fr, es}` keeps its id, and a `name`."""
    if isinstance(texts, Mapping):
        others = {key: in_language(value, language) for key, value in texts.items() if key not in LANGUAGES}
        if language not in texts:
            return others
        return {**others, "name": texts[language]} if others else texts[language]
    if isinstance(texts, list):
        return [in_language(each, language) for each in texts]
    return texts
