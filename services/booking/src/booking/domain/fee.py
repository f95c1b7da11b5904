"""What a guest owes for a late cancellation, a late move or for not coming. It is written down; no payment is taken."""

from dataclasses import dataclass, replace
from datetime import datetime

from .errors import Refused
from .money import Money

LATE_CANCELLATION = "late_cancellation"
LATE_MOVE = "late_move"
NO_SHOW = "no_show"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fee:
    """An amount, why and since when it is owed, and when staff waived it."""

    cause: str
    amount: Money
    owed_at: datetime
    waived_at: datetime | None = None


def fee_for(cause: str, amount: Money, *, now: datetime, waive: bool = False) -> Fee | None:
    """Return the fee, waived from the outset if so wished; None where it would be nothing."""
    if not amount.amount:
        return None
    return Fee(cause=cause, amount=amount, owed_at=now, waived_at=now if waive else None)


def waived(fee: Fee | None, *, now: datetime) -> Fee:
    """Return the fee waived, or refuse where none is owed; one that was waived is returned as it is."""
    if fee is None:
        raise Refused("no_fee", "This booking owes no fee.")
    return fee if fee.waived_at is not None else replace(fee, waived_at=now)
