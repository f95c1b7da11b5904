"""Whether a treatment is safe for somebody, by the rules and by its own safety questions."""

from dataclasses import dataclass

from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import Caution, Rule, Rulebook, Step, Verdict
from catalog.domain.guide.treatments import Treatment

ASKED = Word("asked.by_the_service")
"""The treatment's own safety questions ask for one of the answers: booking it would be refused."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A treatment and every caution that holds for it."""

    treatment: Treatment
    cautions: tuple[tuple[Rule, Caution], ...]

    @property
    def verdict(self) -> Verdict:
        """The weightiest of them; without any the treatment may be offered."""
        return max((caution.verdict for _, caution in self.cautions), key=_weight, default=Verdict.OFFER)


def judged(book: Rulebook, words: frozenset[Word], treatment: Treatment) -> Judged:
    """Every caution about the treatment for these answers."""
    cautions = tuple(_about(book, words, treatment))
    if not cautions and not treatment.asks.isdisjoint(words):
        cautions = tuple(_about(book, words | {ASKED}, treatment))
    return Judged(treatment=treatment, cautions=cautions)


def _about(book: Rulebook, words: frozenset[Word], treatment: Treatment) -> list[tuple[Rule, Caution]]:
    return [
        (rule, rule.outcome)
        for rule in book.of(Step.SAFETY)
        if isinstance(rule.outcome, Caution) and rule.fires(words) and _concerns(rule.outcome, treatment)
    ]


def _concerns(caution: Caution, treatment: Treatment) -> bool:
    return (
        caution.modality in {None, treatment.modality}
        and (not caution.traits or not treatment.traits.isdisjoint(caution.traits))
        and treatment.traits.isdisjoint(caution.without)
    )


def _weight(verdict: Verdict) -> int:
    return verdict.weight
