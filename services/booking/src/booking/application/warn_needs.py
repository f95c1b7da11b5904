"""The clock: tell guest and desk of what is due soon. Whatever stays undone is shown as overdue, and never released."""

from booking.application.ports import Desk, Transaction
from booking.domain.booking import CONFIRMED
from booking.domain.events import NEED_DUE_SOON, NeedEvent
from booking.domain.needs import Need

_AT_ONCE = 100


def warn_needs(*, desk: Desk) -> int:
    """Tell once of each open need that is due soon; return of how many. Any number of processes may do it."""
    now = desk.clock.now()
    due = desk.therapy.due_soon(until=now + desk.rules.warn_before, limit=_AT_ONCE)
    return sum(_warn(each, desk=desk) for each in due)


def _warn(need: Need, *, desk: Desk) -> bool:
    now = desk.clock.now()

    def work(transaction: Transaction) -> bool:
        if not transaction.therapy.warn(need.id, now):
            return False
        booking = transaction.lock(need.booking_id)
        if booking is None or booking.state != CONFIRMED or booking.start <= now:
            return False
        transaction.tell(NeedEvent(name=NEED_DUE_SOON, occurred_at=now, booking=booking, need=need))
        return True

    return desk.bookings.transact(work)
