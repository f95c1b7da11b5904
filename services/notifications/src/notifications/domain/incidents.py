"""What goes on so wrong that staff should hear of it, without looking for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from notifications.domain.allowance import Budget

AWAY_AFTER = timedelta(minutes=5)
CALLS_PILE_UP_AT = 10
A_CALL_IS_OLD_AFTER = timedelta(hours=24)


class Kind(StrEnum):
    """What happened."""

    PARKED = "parked"  # events that failed too often: what they owe waits for a person
    BUDGET_SPENT = "budget_spent"
    PROVIDER_AWAY = "provider_away"  # the breaker has been open for long
    CALLS_PILE_UP = "calls_pile_up"


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """One thing that goes wrong: what, with whom (a provider; nobody), and how much of it (events, minutes, calls)."""

    kind: Kind
    subject: str = ""
    count: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Signs:
    """What a sender sees. `away` says since when each provider has failed, for those that are left alone by now."""

    parked: int = 0
    budgets: Sequence[Budget] = ()
    away: Mapping[str, timedelta]
    calls: int = 0
    oldest_call_at: datetime | None = None


def incidents(signs: Signs, *, now: datetime) -> list[Incident]:
    """What staff should hear of, as things stand."""
    found = [Incident(kind=Kind.PARKED, count=signs.parked)] if signs.parked else []
    found += [
        Incident(kind=Kind.BUDGET_SPENT, subject=budget.provider, count=budget.limit)
        for budget in signs.budgets
        if budget.spent
    ]
    found += [
        Incident(kind=Kind.PROVIDER_AWAY, subject=provider, count=int(lasting / timedelta(minutes=1)))
        for provider, lasting in signs.away.items()
        if lasting >= AWAY_AFTER
    ]
    waited = now - signs.oldest_call_at if signs.oldest_call_at else timedelta()
    if signs.calls >= CALLS_PILE_UP_AT or (signs.calls and waited >= A_CALL_IS_OLD_AFTER):
        found.append(Incident(kind=Kind.CALLS_PILE_UP, count=signs.calls))
    return found
