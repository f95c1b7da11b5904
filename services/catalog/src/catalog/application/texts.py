"""An entity's texts in every language, as rows beside it: where in its state a text stands, and what it says there."""

from collections.abc import Sequence

from catalog.application.published import State
from catalog.domain.wording import Wording


class Texts:
    """Collects the rows while a state is put together; the state itself has the texts in the catalog's own language."""

    def __init__(self) -> None:
        self.rows: list[State] = []

    def own(self, path: str, wording: Wording) -> str:
        """The text in the catalog's own language; all of its languages become rows."""
        self.rows += [{"path": path, "language": language, "text": text} for language, text in wording.texts]
        return wording.own

    def own_or_none(self, path: str, wording: Wording | None) -> str | None:
        """The same for a text that need not be there."""
        return None if wording is None else self.own(path, wording)

    def each(self, path: str, wordings: Sequence[Wording]) -> list[str]:
        """The same for a list of texts."""
        return [self.own(f"{path}.{index}", wording) for index, wording in enumerate(wordings)]
