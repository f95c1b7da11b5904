"""A view of the catalog in the reader's language, with what nobody has translated yet named."""

import copy
from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.catalog import View


def in_language(view: View, language: str | None) -> View:
    """The view with its texts in `language` (None: the catalog's own) where they exist, in the catalog's own elsewhere.

    `language` says which was asked for, `own_language` which the rest is in, `untranslated` where that is.
    """
    own = view.get("language", "en")
    wanted = language or own
    result: dict[str, Any] = copy.deepcopy({name: value for name, value in view.items() if name != "texts"})
    missing = set()
    said = {row["path"]: row["text"] for row in view.get("texts", ()) if row["language"] == wanted}
    for path in {row["path"] for row in view.get("texts", ())}:
        *way, last = path.split(".")
        holder = _within(result, way)
        if not _has(holder, last):
            continue  # a text that the public does not see
        if path in said:
            holder[int(last) if isinstance(holder, list) else last] = said[path]
        else:
            missing.add(path)
    return {**result, "language": wanted, "own_language": own, "untranslated": sorted(missing)}


def each_in_language(views: Sequence[View], language: str | None) -> list[View]:
    """The same for a list of views."""
    return [in_language(view, language) for view in views]


def _within(value: Any, way: Sequence[str]) -> Any:
    for step in way:
        if not _has(value, step):
            return None
        value = value[int(step)] if isinstance(value, list) else value[step]
    return value


def _has(value: Any, step: str) -> bool:
    if isinstance(value, list):
        return step.isdigit() and int(step) < len(value)
    return isinstance(value, Mapping) and step in value
