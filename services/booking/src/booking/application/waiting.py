"""See one's place on the waitlist, say no to an offer, or wait no more."""

from collections.abc import Callable
from dataclasses import dataclass

from booking.application.alternatives import gone
from booking.application.ports import Desk, Transaction
from booking.domain.booking import Booking
from booking.domain.errors import Refused
from booking.domain.ids import EntryId, HoldId
from booking.domain.waitlist import (
    ACCEPTED,
    OFFERED,
    Entry,
    Lease,
    check_entry_token,
    declined,
    open_lease,
    withdrawn,
)
from booking.domain.zones import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiter:
    """Which entry, and the token that opens it."""

    entry_id: EntryId
    token: str

    def checked(self, found: Entry | None, *, key: bytes) -> Entry:
        """Return the entry if the token opens it, or refuse."""
        return check_entry_token(self.entry_id, found, self.token, key)


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """An entry, the offer that stands (None: none does), and the booking that it came to."""

    entry: Entry
    offer: Lease | None = None
    booking: Booking | None = None


def see(waiter: Waiter, *, desk: Desk) -> Seen:
    """Return the entry that the token is good for."""
    return seen(waiter.checked(desk.waitlist.find(waiter.entry_id), key=desk.manage_key), desk=desk)


def seen(entry: Entry, *, desk: Desk) -> Seen:
    """Return an entry as its guest sees it now."""
    booking = booked_of(entry, desk=desk) if entry.state == ACCEPTED else None
    return Seen(entry=entry, offer=open_lease(entry, desk.clock.now()), booking=booking)


def booked_of(entry: Entry, *, desk: Desk) -> Booking | None:
    """Return the booking that the entry's latest offer became: a lease, like a hold, makes at most one."""
    return desk.bookings.earlier(HoldId(entry.lease.id)).booking if entry.lease is not None else None


def decline(waiter: Waiter, *, desk: Desk) -> Seen:
    """Give the offered time to the next and go on waiting, or refuse. Repeating it changes nothing."""
    now = desk.clock.now()

    def after(entry: Entry) -> Entry:
        if entry.state == ACCEPTED:
            raise no_offer()
        return declined(entry, now) if entry.state == OFFERED else entry

    return _changed(waiter, after, desk=desk)


def leave(waiter: Waiter, *, desk: Desk) -> Seen:
    """Wait no more, and give an offered time to the next. Repeating it changes nothing."""
    now = desk.clock.now()
    return _changed(waiter, lambda entry: withdrawn(entry, now), desk=desk)


def no_offer() -> Refused:
    """Return the refusal of an answer to an offer that was never made, or answered before."""
    return Refused("no_offer", "There is no offer to answer.")


def offer_gone(entry: Entry, lease: Lease, *, desk: Desk) -> Refused:
    """Return the refusal of an answer that came too late, with the nearest free times, to be raised by the caller."""
    detail = "This offer has ended, and its time went to the next."
    return gone("offer_expired", detail, entry.sought, instant(lease.start), desk=desk)


def _changed(waiter: Waiter, after: Callable[[Entry], Entry], *, desk: Desk) -> Seen:
    def work(transaction: Transaction) -> Entry:
        before = waiter.checked(transaction.waitlist.lock(waiter.entry_id), key=desk.manage_key)
        changed = after(before)
        if changed is not before:
            if before.state == OFFERED and before.lease is not None:
                transaction.waitlist.give_up(before.lease)
            transaction.waitlist.change(changed)
        return changed

    return seen(desk.bookings.transact(work), desk=desk)
