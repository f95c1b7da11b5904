"""Use case: is the service fit to serve, is its sender alive, does anything pile up?"""

from datetime import datetime, timedelta

from runtime.health import Part, heartbeat_part

from notifications.application.ports import Vitals
from notifications.domain.allowance import Budget

LATE_AFTER = timedelta(minutes=5)


def parts_of(vitals: Vitals | None, *, now: datetime) -> list[Part]:
    """The parts of the service; `vitals` is None when the database does not answer.

    Only the database is needed: without a sender messages wait, a parked event concerns one booking, and a budget that
    is spent stops one channel until tomorrow.
    """
    if vitals is None:
        return [Part(name="database", ok=False, detail="does not answer")]
    waiting = now - vitals.oldest_due_at if vitals.oldest_due_at else timedelta()
    return [
        Part(name="database", ok=True),
        heartbeat_part("sender", vitals.sender_seen_at, now=vitals.real_now),
        Part(name="inbox", ok=vitals.parked == 0, detail=f"{vitals.parked} parked", needed=False),
        Part(
            name="backlog",
            ok=waiting < LATE_AFTER,
            detail=f"{vitals.due} due, the oldest for {int(waiting.total_seconds())} s",
            needed=False,
        ),
        *(
            Part(name=f"budget.{budget.provider}", ok=not budget.nearly_spent, detail=_spending(budget), needed=False)
            for budget in vitals.budgets
        ),
    ]


def _spending(budget: Budget) -> str:
    told = f"{budget.used} of {budget.limit} used today"
    if budget.spent:
        return f"{told}: its messages wait"
    return f"{told}: nearly spent" if budget.nearly_spent else told
