"""When a document that sessions to come rely on is about to run out: by its last day, or by what is left to use."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from .documents import REVOKED, Document


@dataclass(frozen=True, slots=True, kw_only=True)
class Threshold:
    """How near the end guest and desk are told, once: so many days before the last day, or so many visits left."""

    days: int | None = None
    visits: int | None = None

    @property
    def name(self) -> str:
        """What is written down once it was told: never to be renamed, or it would be told again."""
        return f"days:{self.days}" if self.days is not None else f"visits:{self.visits}"


def come_to(
    document: Document, thresholds: Sequence[Threshold], *, today: date, stated_on: date, cost: int
) -> tuple[Threshold, ...]:
    """Return the thresholds that a document has come to on a local day; `cost` is what its next session takes of it.

    Whoever brought it when it was that near its end already knows; and what was never used is not used up.
    """
    return tuple(
        each
        for each in thresholds
        if (each.days is not None and _ends_within(document, each.days, today=today, stated_on=stated_on))
        or (each.visits is not None and _is_nearly_used(document, each.visits * cost))
    )


def is_followed(document: Document, documents: Sequence[Document]) -> bool:
    """Say whether a newer one of its kind is there: then nobody need do anything."""
    return any(
        each.kind == document.kind
        and each.state != REVOKED
        and (each.stated_at, each.id) > (document.stated_at, document.id)
        for each in documents
    )


def _ends_within(document: Document, days: int, *, today: date, stated_on: date) -> bool:
    last = document.terms.expires_on
    return last is not None and stated_on < last - timedelta(days=days) <= today


def _is_nearly_used(document: Document, enough: int) -> bool:
    allowance = document.terms.allowance
    return allowance is not None and document.used > 0 and allowance - document.used <= enough
