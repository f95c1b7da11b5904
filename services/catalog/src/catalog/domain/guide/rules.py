"""A rule: which answers make it fire, what follows, why, and who says so."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import NewType, TypeAlias

from catalog.domain.guide.questions import Questions, Word
from catalog.domain.languages import Texts
from catalog.domain.service import Modality

RuleId = NewType("RuleId", str)
Trait = NewType("Trait", str)


class Step(StrEnum):
    """In this order the guide goes; the first two end it."""

    EMERGENCY = "emergency"
    URGENT = "urgent"
    SERVE = "serve"
    SAFETY = "safety"
    NEED = "need"


STOPPING = (Step.EMERGENCY, Step.URGENT)


class Verdict(StrEnum):
    """What safety says of one treatment; the later one weighs more."""

    OFFER = "offer"
    CLEARANCE = "clearance"
    SUBSTITUTE = "substitute"
    WAIT = "wait"

    @property
    def weight(self) -> int:
        return list(Verdict).index(self)


class Need(StrEnum):
    EVALUATION = "evaluation"
    REFERRAL = "referral"
    AUTHORIZATION = "authorization"
    CLEARANCE = "clearance"


@dataclass(frozen=True, slots=True, kw_only=True)
class Serves:
    """A modality, or None for "somebody should look first"; the traits of what suits best, and for how long.

    What has one of the traits `without` is not suggested for it.
    """

    modality: Modality | None
    prefers: tuple[Trait, ...] = ()
    without: tuple[Trait, ...] = ()
    minutes: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caution:
    """Which treatments a safety rule is about, and what it says of them.

    About those of the modality (None: of any) that have one of `traits` (empty: any) and none of `without`.
    `instead` are the traits of what could take their place.
    """

    modality: Modality | None
    traits: frozenset[Trait]
    without: frozenset[Trait]
    verdict: Verdict
    instead: frozenset[Trait] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a booking will need; `general` marks a statement that holds in general and decides nothing here."""

    need: Need
    general: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Series:
    """Several modalities, in this order."""

    modalities: tuple[Modality, ...]


Outcome: TypeAlias = Serves | Caution | Needs | Series | None
"""None: the step itself says it all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """Fires on answers that have all of `all_of` and, unless it is empty, one of `any_of`."""

    id: RuleId
    step: Step
    all_of: frozenset[Word]
    any_of: frozenset[Word]
    outcome: Outcome
    reason: Texts
    source: str

    def fires(self, words: frozenset[Word]) -> bool:
        return self.all_of <= words and (not self.any_of or not self.any_of.isdisjoint(words))

    @property
    def words(self) -> frozenset[Word]:
        """Every word that it listens to."""
        return self.all_of | self.any_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Rulebook:
    """All rules of one version, the questions whose answers they listen to, and how services are recognised.

    `known_by` gives each trait the technique ids and skills that show it. `asked_together` gives a service's safety
    question the answers that it asks for, where it is not called like the answer itself.
    """

    version: int
    rules: tuple[Rule, ...]
    questions: Questions
    known_by: Mapping[Trait, frozenset[str]]
    asked_together: Mapping[str, frozenset[Word]]

    def of(self, *steps: Step) -> tuple[Rule, ...]:
        """The rules of these steps, in the book's order."""
        return tuple(rule for rule in self.rules if rule.step in steps)
