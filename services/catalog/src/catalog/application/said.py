"""A state's texts as a document writes them: plain in one language, by language in several."""

from catalog.application.published import State


class Said:
    """What an entity says, and where."""

    def __init__(self, state: State) -> None:
        self._own = state.get("language", "en")
        self._texts: dict[str, dict[str, str]] = {}
        for row in state.get("texts", []):
            self._texts.setdefault(row["path"], {})[row["language"]] = row["text"]

    def at(self, path: str, own: str | None) -> str | dict[str, str] | None:
        """The text that stands there in every language that it was written in."""
        by_language = self._texts.get(path, {})
        return own if own is None or set(by_language) <= {self._own} else dict(by_language)
