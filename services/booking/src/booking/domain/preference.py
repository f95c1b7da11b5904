"""What a guest wishes of whoever treats them: a gender, a language in common.

A strict wish rules out whoever does not meet it; what a practitioner does not say of themselves meets no wish. A soft
one only orders: who meets more of them is tried first.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from .clinic import Practitioner

GENDER, LANGUAGES = "gender", "languages"
WISHES = (GENDER, LANGUAGES)
GENDERS = ("female", "male", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class Preference:
    """`languages`: any one of them will do. Both wishes are strict, but for those named in `soft`."""

    gender: str | None = None
    languages: tuple[str, ...] = ()
    soft: tuple[str, ...] = ()

    @property
    def matters(self) -> bool:
        """Whether anything is wished for."""
        return self.gender is not None or bool(self.languages)

    def allows(self, who: Practitioner) -> bool:
        """Say whether the practitioner meets every strict wish."""
        return all(each in self.soft for each in self._missed(who))

    def misses(self, who: Practitioner) -> int:
        """Return how many wishes the practitioner does not meet: of those who are allowed, soft ones."""
        return len(self._missed(who))

    def _missed(self, who: Practitioner) -> list[str]:
        missed = []
        if self.gender is not None and who.gender != self.gender:
            missed.append(GENDER)
        if self.languages and who.languages.isdisjoint(self.languages):
            missed.append(LANGUAGES)
        return missed


ANYONE = Preference()


def preference(*, gender: str | None, languages: Iterable[str], soft: Iterable[str]) -> Preference:
    """Return the preference in its one spelling, so that equal wishes are equal."""
    wished = tuple(sorted(set(languages)))
    stated = {GENDER: gender is not None, LANGUAGES: bool(wished)}
    return Preference(
        gender=gender, languages=wished, soft=tuple(each for each in WISHES if each in soft and stated[each])
    )


def in_words(wished: Preference) -> list[str] | None:
    """Return the preference as the words that are kept of it; None if nothing is wished for."""
    if not wished.matters:
        return None
    gender = [f"{GENDER}:{wished.gender}"] if wished.gender is not None else []
    return [*gender, *(f"{LANGUAGES}:{each}" for each in wished.languages), *(f"soft:{each}" for each in wished.soft)]


def from_words(words: Iterable[str] | None) -> Preference:
    """Return the preference that `in_words` wrote."""
    said: dict[str, list[str]] = {}
    for word in words or ():
        name, _, value = word.partition(":")
        said.setdefault(name, []).append(value)
    if not said:
        return ANYONE
    return preference(
        gender=next(iter(said.get(GENDER, ())), None), languages=said.get(LANGUAGES, ()), soft=said.get("soft", ())
    )
