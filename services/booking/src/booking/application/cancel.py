"""Give an appointment up, and take that back for three minutes."""

import contextlib
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from booking.application.access import Access, StaffAccess, note
from booking.application.alternatives import gone
from booking.application.needs import look_again
from booking.application.own_claim import own_claim
from booking.application.ports import Desk, HoldsAway, Outcome, Taken, Transaction
from booking.application.sought import sought_again
from booking.domain.booking import Booking, cancelled, cancelled_by_staff, reinstated
from booking.domain.events import CANCELLED, REINSTATED, BookingEvent
from booking.domain.hold import Hold
from booking.domain.zones import instant

Judge = Callable[[Booking, datetime, str], Booking]
"""The booking cancelled at a moment, or a refusal that names the branch's phone."""


def cancel(access: Access, *, accept_fee: bool, desk: Desk) -> Booking:
    """Cancel and give the time back, or refuse and change nothing; after the deadline only if the fee is accepted."""

    def judge(booking: Booking, now: datetime, phone: str) -> Booking:
        return cancelled(booking, now=now, accept_fee=accept_fee, phone=phone)

    return _cancel(access, judge, desk=desk)


def cancel_as_staff(access: StaffAccess, *, fee: str, desk: Desk) -> Booking:
    """Cancel for the guest or for the house, whenever it is, and give the time back; or refuse what is over."""

    def judge(booking: Booking, now: datetime, phone: str) -> Booking:
        return cancelled_by_staff(booking, now=now, fee=fee, phone=phone)

    return _cancel(access, judge, desk=desk)


def undo_cancel(access: Access, *, desk: Desk) -> Booking:
    """Let a cancelled appointment stand again, or refuse: too late, or its time is booked or held by someone else."""
    now = desk.clock.now()
    found = desk.bookings.find([access.booking_id]).get(access.booking_id)
    booking = access.checked(found, key=desk.manage_key)
    if reinstated(booking, now=now) is booking:
        return booking
    claim = _claim(booking, desk=desk)
    try:
        if desk.holds.claim(claim, body_hash="").outcome is Outcome.TAKEN:
            raise _taken(booking, desk=desk)
    except HoldsAway:
        pass

    def work(transaction: Transaction) -> Booking:
        before = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        after = reinstated(before, now=now)
        if after is not before:
            transaction.change(after)
            transaction.allocate_again(after.id)
            transaction.settle(after)
            look_again(transaction, after, desk=desk)
            transaction.note(note(access, "undo_cancel", at=now))
            transaction.tell(BookingEvent(name=REINSTATED, occurred_at=now, booking=after))
        return after

    try:
        return desk.bookings.transact(work)
    except Taken:
        raise _taken(booking, desk=desk) from None
    finally:
        with contextlib.suppress(HoldsAway):
            desk.holds.forget(claim)


def give_up(transaction: Transaction, access: Access, after: Booking, *, desk: Desk) -> None:
    """Write the cancelled booking down and give its time back."""
    now = desk.clock.now()
    transaction.change(after)
    transaction.free(after.id)
    transaction.settle(after)
    look_again(transaction, after, desk=desk)
    transaction.note(note(access, "cancel", at=now))
    transaction.tell(BookingEvent(name=CANCELLED, occurred_at=now, booking=after))


def _cancel(access: Access, judge: Judge, *, desk: Desk) -> Booking:
    now = desk.clock.now()
    known = desk.calendar.known()

    def work(transaction: Transaction) -> Booking:
        booking = access.checked(transaction.lock(access.booking_id), key=desk.manage_key)
        phone = known.locations[booking.location_id].phone
        after = judge(booking, now, phone)
        if after is not booking:
            give_up(transaction, access, after, desk=desk)
        return after

    return desk.bookings.transact(work)


def _claim(booking: Booking, *, desk: Desk) -> Hold:
    """Return a hold of what the booking claimed, so that nobody is offered the time while it is taken again."""
    claims = desk.bookings.claims(booking.id)
    during = (min(each.during[0] for each in claims), max(each.during[1] for each in claims))
    claim = own_claim(
        booking,
        start=instant(booking.start),
        during=during,
        resource_ids=[each.resource_id for each in claims],
        practitioner_ids=booking.practitioner_ids,
        lasts=desk.hold_lasts,
        attempt=("undo", f"{booking.id}:{booking.revision}"),
        desk=desk,
    )
    return replace(claim, shorter=tuple(each for each in claims if each.during != during))


def _taken(booking: Booking, *, desk: Desk) -> Exception:
    sought = sought_again(booking)
    return gone("slot_taken", "Someone else has taken this time meanwhile.", sought, instant(booking.start), desk=desk)
