"""The day itself: the guest comes, is treated, does not come; and each of these steps taken back by staff."""

from collections.abc import Callable
from dataclasses import replace

from booking.application.access import Access, note
from booking.application.in_the_way import in_the_way
from booking.application.needs import look_again
from booking.application.ports import Desk, Taken, Transaction
from booking.domain import events
from booking.domain.booking import COMPLETED, NO_SHOW, Booking
from booking.domain.events import BookingEvent
from booking.domain.fee import waived
from booking.domain.party import let_off
from booking.domain.visit import checked_in, completed, no_show, reverted, still_needed


def check_in(access: Access, *, desk: Desk) -> Booking:
    """Write down that the guest is there, or refuse and change nothing."""
    now = desk.clock.now()
    return _step(access, "check_in", events.CHECKED_IN, lambda booking: checked_in(booking, now=now), desk=desk)


def complete(access: Access, *, desk: Desk) -> Booking:
    """Write down that the treatment is done; what is left of its time, clean-up aside, is free from now on."""
    now = desk.clock.now()
    return _step(access, "complete", events.COMPLETED, lambda booking: completed(booking, now=now), desk=desk)


def miss(access: Access, *, waive: bool = False, desk: Desk) -> Booking:
    """Write down that the guest did not come and what they owe for it, waived or not, and free the time."""
    now = desk.clock.now()
    return _step(access, "no_show", events.NO_SHOW, lambda booking: no_show(booking, now=now, waive=waive), desk=desk)


def waive_fee(access: Access, *, place: int | None = None, desk: Desk) -> Booking:
    """Let the guest off the fee, or the one of a party at this place, or refuse where none is owed.

    It is no new revision: nothing else changes.
    """
    now = desk.clock.now()

    def work(transaction: Transaction) -> Booking:
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        if place is None:
            after = replace(before, owed=waived(before.owed, now=now))
        else:
            after = replace(before, guests=let_off(before.guests, place, now=now))
        if after != before:
            transaction.settle(after) if place is None else transaction.change(after)
            transaction.note(note(access, "waive_fee", at=now, detail={"guest": str(place)} if place else None))
        return after

    return desk.bookings.transact(work)


def revert(access: Access, *, desk: Desk) -> Booking:
    """Take the last step back, and the time that it had freed; or refuse, as when someone else has that by now."""
    try:
        return _step(access, "revert", events.REVERTED, reverted, desk=desk)
    except Taken:
        booking = desk.bookings.find([access.booking_id])[access.booking_id]
        wanted = desk.bookings.claims(booking.id)
        raise in_the_way(wanted, zone=booking.zone, but=booking.id, desk=desk) from None


def _step(access: Access, action: str, event: str, step: Callable[[Booking], Booking], *, desk: Desk) -> Booking:
    now = desk.clock.now()

    def work(transaction: Transaction) -> Booking:
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        after = step(before)
        if after is before:
            return before
        transaction.change(after)
        if NO_SHOW in {before.state, after.state}:
            transaction.settle(after)
        if after.state == NO_SHOW:
            transaction.free(after.id)
        elif after.state == COMPLETED:
            transaction.keep_only(after.id, still_needed(before, transaction.claims(after.id), now=now))
        elif before.state in {COMPLETED, NO_SHOW}:
            transaction.allocate_again(after.id)
        look_again(transaction, after, desk=desk)
        transaction.note(note(access, action, at=now, detail={"from": before.state, "to": after.state}))
        transaction.tell(BookingEvent(name=event, occurred_at=now, booking=after))
        return after

    return desk.bookings.transact(work)
