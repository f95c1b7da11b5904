"""The rules about needs, as they are asked. They are data: `booking/rules/therapy.yaml` says how to read them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from .running_out import Threshold

EVALUATION = "evaluation"
KINDS = (EVALUATION, "referral", "authorization", "clearance")
SELF_PAY = "self_pay"
TREATMENT, ANY = "treatment", "any"
NEVER, REFUSE, ACCEPT = "never", "refuse", "accept"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One row. `free_visits` and `free_days` are what direct access allows; None: nothing is free in this measure."""

    id: str
    kind: str
    region: str
    payers: frozenset[str] | None
    of: str
    without: str
    due_before: timedelta
    free_visits: int | None
    free_days: int | None
    reason: Mapping[str, str]
    source: str

    def speaks_of(self, *, payer: str, evaluation: bool) -> bool:
        """Say whether it is about such a session."""
        return (self.payers is None or payer in self.payers) and self.of in {
            ANY,
            EVALUATION if evaluation else TREATMENT,
        }

    def is_free(self, *, visits: int, days: int) -> bool:
        """Say whether direct access allows a session after so many visits, so many days into the episode."""
        if self.free_visits is None and self.free_days is None:
            return False
        return (self.free_visits is None or visits < self.free_visits) and (
            self.free_days is None or days < self.free_days
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """One version of all of them."""

    version: int
    payers: frozenset[str]
    episode: timedelta
    warn_before: timedelta
    running_out: tuple[Threshold, ...]
    """When guest and desk are told that a document runs out."""
    rules: tuple[Rule, ...]

    def rule(self, kind: str, *, region: str, payer: str, evaluation: bool) -> Rule:
        """Return the one that decides: of the nearest region that has any word on such a session, the first."""
        country = region.partition("-")[0]
        for nearest in dict.fromkeys((region, country, ANY)):
            for rule in self.rules:
                if rule.kind == kind and rule.region == nearest and rule.speaks_of(payer=payer, evaluation=evaluation):
                    return rule
        raise LookupError(f"no rule decides on {kind}")  # a test reads every rule: it cannot be

    def reason(self, rule_id: str) -> Mapping[str, str]:
        """Return a rule's reason in every language; empty if a later version dropped the rule."""
        return next((rule.reason for rule in self.rules if rule.id == rule_id), {})
