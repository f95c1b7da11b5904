"""Use case: a booking changed; write down what is owed now, and void what no longer is."""

from datetime import datetime

from notifications.application.ports import Ledger
from notifications.domain.plan import owed_by
from notifications.domain.rules import RULES, Rule
from notifications.domain.values import FIRST_REVISION, Change


def plan_messages(
    change: Change, *, ledger: Ledger, correlation_id: str, now: datetime, rules: tuple[Rule, ...] = RULES
) -> None:
    """Make the ledger owe what the latest known revision owes, by the rules as they stand at its location.

    Repeating it changes nothing. What an older revision owes is written down as superseded, even when it
    arrives late, so that the ledger reads the same in whatever order events come.
    """
    latest = ledger.advance(change)
    ledger.owe(owed_by(change, rules), correlation_id=correlation_id, now=now)
    if latest > FIRST_REVISION:
        ledger.void_before(change.booking_id, latest)
