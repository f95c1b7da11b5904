"""Use cases: staff change what a location sends, and see it. Terms that could never work are not saved."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.domain.rules import Rule
from notifications.domain.terms import Fault, Scope, Terms, at, faults
from notifications.domain.values import Channel


class Unworkable(Exception):
    """Terms that could never work, and why, field by field."""

    def __init__(self, wrong: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.field}: {fault.problem}" for fault in wrong))
        self.faults = tuple(wrong)


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedTerms:
    """One version of a location's terms; `terms` is None where the default was taken again."""

    scope: Scope
    version: int
    terms: Terms | None
    saved_at: datetime
    saved_by: str


class LocationTerms(Protocol):
    """One location's terms, every version kept; in one transaction."""

    def save(self, scope: Scope, terms: Terms | None, *, by: str, now: datetime) -> int:
        """Add a version and return its number. No event of the location is planned meanwhile."""

    def standing(self) -> Mapping[Scope, Terms]:
        """The terms that stand. They stay as they are until the transaction ends."""

    def history(self, rule: str | None = None) -> list[SavedTerms]:
        """Every version, of one rule or of all, the newest first."""

    def stop(
        self, scope: Scope, channels: frozenset[Channel], *, fallbacks: bool, but: frozenset[str] = frozenset()
    ) -> None:
        """Skip, as switched off, what the rule owes on these channels and no sender has in hand.

        Of a scope without a modality, those in `but` are left alone. E-mails that would take a text's place are among
        it only with `fallbacks`.
        """

    def resume(
        self, scope: Scope, channels: frozenset[Channel], *, now: datetime, but: frozenset[str] = frozenset()
    ) -> None:
        """Owe again what was only switched off on these channels and has not come due yet."""


def save_terms(
    rule: Rule,
    terms: Terms | None,
    *,
    location: LocationTerms,
    by: str,
    now: datetime,
    modality: str | None = None,
) -> int:
    """Let the location have the rule so from now on, or as it is by default (None); raises `Unworkable`, changing
    nothing. With a `modality` for treatments of that one alone, and by default is then as for all others.

    What is switched off stops at once, also for bookings that stand; what is switched on again goes on. Other times,
    events and fallbacks apply to bookings that are made or changed afterwards.
    """
    if terms is not None and (wrong := faults(rule, terms)):
        raise Unworkable(wrong)
    scope = Scope(rule.name, modality)
    version = location.save(scope, terms, by=by, now=now)
    everything = location.standing()
    own = frozenset(each.modality for each in everything if each.rule == rule.name and each.modality)
    stands = at(rule, everything, modality)
    but = own if modality is None else frozenset()
    off = stands.off or (modality is not None and not stands.concerns(modality))
    silent = rule.carried_by if off else stands.silent_on
    location.stop(scope, silent, fallbacks=off, but=but)
    location.resume(scope, rule.carried_by - silent, now=now, but=but)
    return version


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """A rule as it stands at a location; `saved` is None where nobody ever changed it.

    `enabled` says whether it is owed, for the modality that was asked about or at all.
    """

    rule: Rule
    enabled: bool
    saved: SavedTerms | None


def rules_of(rules: Sequence[Rule], location: LocationTerms, modality: str | None = None) -> list[Standing]:
    """Every rule as it stands at the location, for one modality or where nothing else is said, in the rules' order."""
    newest: dict[Scope, SavedTerms] = {}
    for saved in location.history():
        newest.setdefault(saved.scope, saved)
    terms = {scope: saved.terms for scope, saved in newest.items() if saved.terms is not None}
    return [
        Standing(
            rule=stands,
            enabled=not stands.off and (modality is None or stands.concerns(modality)),
            saved=newest.get(own if (own := Scope(rule.name, modality)) in terms else Scope(rule.name)),
        )
        for rule in rules
        for stands in [at(rule, terms, modality)]
    ]
