"""What one branch offers, as far as the guide looks at it."""

from collections.abc import Iterable
from dataclasses import dataclass

from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import Rulebook, Trait
from catalog.domain.identity import ServiceId
from catalog.domain.service import Modality


@dataclass(frozen=True, slots=True, kw_only=True)
class Treatment:
    """A service at the branch: what it is known for, how long it lasts, which answers its own questions ask for."""

    id: ServiceId
    modality: Modality
    traits: frozenset[Trait]
    minutes: tuple[int, ...]
    asks: frozenset[Word]

    def nearest(self, minutes: int) -> int | None:
        """The length on offer that is nearest to the wanted one, the longer of two; None if there is none."""
        return min(self.minutes, key=lambda each: (abs(each - minutes), -each), default=None)


def recognised(
    *,
    id_: ServiceId,
    modality: Modality,
    shown_by: Iterable[str],
    minutes: Iterable[int],
    question_ids: Iterable[str],
    book: Rulebook,
) -> Treatment:
    """The treatment that has these technique ids and skills, lengths, and safety questions."""
    shown = frozenset(shown_by)
    asks = (book.asked_together.get(question, frozenset({Word(question)})) for question in question_ids)
    return Treatment(
        id=id_,
        modality=modality,
        traits=frozenset(trait for trait, signs in book.known_by.items() if not signs.isdisjoint(shown)),
        minutes=tuple(minutes),
        asks=frozenset().union(*asks),
    )
