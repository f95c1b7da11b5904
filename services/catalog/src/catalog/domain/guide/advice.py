"""What the guide says in the end. Never a diagnosis: what would serve, what is safe, what it takes, and why."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.guide.rules import Need, Rule, RuleId, Verdict
from catalog.domain.identity import ServiceId
from catalog.domain.service import Modality


class Recommendation(StrEnum):
    EMERGENCY = "emergency"
    SAME_DAY_ADVICE = "same_day_advice"
    MASSAGE = "massage"
    PHYSICAL_THERAPY = "physical_therapy"
    BOTH = "both"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fired:
    """A rule that fired, and the treatments that it is about where it is about single ones."""

    rule: Rule
    services: tuple[ServiceId, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Offered:
    """A treatment that may be booked: `suggested` ones fit the wish, the others merely do no harm."""

    service: ServiceId
    modality: Modality
    minutes: int | None
    suggested: bool
    rules: tuple[RuleId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Withheld:
    """A treatment that is not offered, the rules that say so, and what takes its place."""

    service: ServiceId
    verdict: Verdict
    rules: tuple[RuleId, ...]
    instead: tuple[ServiceId, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needed:
    """Something that a booking will need, or needs in general."""

    need: Need
    general: bool
    rule: RuleId


@dataclass(frozen=True, slots=True, kw_only=True)
class Advice:
    """The whole answer. `call` says that talking to the branch is the way on, beside or instead of booking."""

    recommendation: Recommendation
    fired: tuple[Fired, ...]
    offered: tuple[Offered, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    needed: tuple[Needed, ...] = ()
    series: tuple[Modality, ...] = ()
    physical_therapy_elsewhere: bool = False
    call: bool = False
