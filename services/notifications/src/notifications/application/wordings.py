"""Use cases: staff change a location's words, and see them. Words that could fail when sending are never saved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from notifications.domain.wordings import Fault, Spot, Wording


class Unfit(Exception):
    """Words that cannot be used, and why, part by part."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        super().__init__("; ".join(f"{fault.part}: {fault.problem}" for fault in faults))
        self.faults = tuple(faults)


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """One version of the words at a spot; `wording` is None where they were given back to the house's own."""

    spot: Spot
    version: int
    wording: Wording | None
    saved_at: datetime
    saved_by: str


class Wordings(Protocol):
    """The words of all locations, every version kept; in one transaction."""

    def save(self, spot: Spot, wording: Wording | None, *, by: str, now: datetime) -> int:
        """Add a version and return its number."""

    def newest(self, location_id: str) -> list[Saved]:
        """The words that stand at a location, those given back included."""


class Checker(Protocol):
    """Knows whether words can be written for whoever may come."""

    def faults(self, spot: Spot, wording: Wording) -> Sequence[Fault]:
        """Everything that is wrong, in the order of the parts; nothing for words that always work."""


def save_wording(
    spot: Spot, wording: Wording | None, *, wordings: Wordings, checker: Checker, by: str, now: datetime
) -> int:
    """Let the location say it so from now on, or as the house does (None); raises `Unfit` and changes nothing."""
    if wording is not None and (faults := checker.faults(spot, wording)):
        raise Unfit(faults)
    return wordings.save(spot, wording, by=by, now=now)
