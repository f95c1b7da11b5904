"""A text for people, in the catalog's own language and in as many others as somebody has written it in."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Wording:
    """The same text by language. The catalog's own language is always among them; the others may lag behind."""

    language: str
    texts: tuple[tuple[str, str], ...]

    @property
    def own(self) -> str:
        """The text in the catalog's own language."""
        return next(text for language, text in self.texts if language == self.language)

    def __str__(self) -> str:
        return self.own


def plain(text: str, *, language: str = "en") -> Wording:
    """A text that is written in one language alone."""
    return Wording(language=language, texts=((language, text),))
