"""Use cases: staff change what a location sends, and see it. Terms that could never work are not saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.domain.rules import Rule
from notifications.domain.terms import Fault, Terms, faults, under
from notifications.domain.values import Channel


class Unworkable(Exception):
    """Terms that could never work, and why, field by field."""

    def __init__(self, wrong: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in wrong))
        self.faults = tuple(wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTerms:
    """One version of a location's terms for a rule; `terms` is None where the default was taken again."""

    rule: str
    version: int
    terms: Terms | None
    saved_at: datetime
    saved_by: str


class LocationTerms(Protocol):
    """One location's terms, every version kept; in one transaction."""

    def save(self, rule: str, terms: Terms | None, *, by: str, now: datetime) -> int:
        """Add a version and return its number. No event of the location is planned meanwhile."""

    def standing(self) -> Mapping[str, Terms]:
        """The terms that stand, by rule. They stay as they are until the transaction ends."""

    def history(self, rule: str | None = None) -> list[SavedTerms]:
        """Every version, of one rule or of all, the newest first."""

    def stop(self, rule: str, channels: frozenset[Channel], *, fallbacks: bool) -> None:
        """Skip, as switched off, what the rule owes on these channels and no sender has in hand.

        E-mails that would take a text's place are among it only with `fallbacks`.
        """

    def resume(self, rule: str, channels: frozenset[Channel], *, now: datetime) -> None:
        """Owe again what was only switched off on these channels and has not come due yet."""


def save_terms(rule: Rule, terms: Terms | None, *, location: LocationTerms, by: str, now: datetime) -> int:
    """Let the location have the rule so from now on, or as it is by default (None); raises `Unworkable`, changing
    nothing.

    What is switched off stops at once, also for bookings that stand; what is switched on again goes on. Other times,
    events and fallbacks apply to bookings that are made or changed afterwards.
    """
    if terms is not None and (wrong := faults(rule, terms)):
        raise Unworkable(wrong)
    version = location.save(rule.name, terms, by=by, now=now)
    stands = under(rule, terms)
    silent = rule.channels if stands.off else stands.silent_on
    location.stop(rule.name, silent, fallbacks=stands.off)
    location.resume(rule.name, rule.channels - silent, now=now)
    return version


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule as it stands at a location; `saved` is None where nobody ever changed it."""

    rule: Rule
    saved: SavedTerms | None


def rules_of(rules: Sequence[Rule], location: LocationTerms) -> list[Standing]:
    """Every rule as it stands at the location, in the order of the rules."""
    newest: dict[str, SavedTerms] = {}
    for saved in location.history():
        newest.setdefault(saved.rule, saved)
    return [
        Standing(rule=under(rule, saved.terms if saved else None), saved=saved)
        for rule in rules
        for saved in [newest.get(rule.name)]
    ]
