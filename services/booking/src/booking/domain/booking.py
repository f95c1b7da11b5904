"""A booking and what may become of it."""

import base64
import hashlib
import hmac
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import NewType
from zoneinfo import ZoneInfo

from .clinic import CancellationPolicy
from .errors import Refused
from .fee import LATE_CANCELLATION, LATE_MOVE, Fee, fee_for
from .guest import Guest
from .ids import BookingId, HoldId, LocationId, PractitionerId, ResourceId, ServiceId
from .money import Money
from .party import PartyGuest, served_by
from .preference import ANYONE, Preference
from .ranges import Range
from .screening import Answers

UNDO_FOR = timedelta(minutes=3)
CONFIRMED = "confirmed"
CHECKED_IN = "checked_in"
COMPLETED = "completed"
CANCELLED = "cancelled"
NO_SHOW = "no_show"
NO_FEE, OWED, WAIVED = "none", "owed", "waived"
"""What staff say of the fee when they cancel."""
ManageToken = NewType("ManageToken", str)


@dataclass(frozen=True, slots=True, kw_only=True)
class Booking:
    """An appointment, with the price, duration and policy it was made at. Instants are aware, in UTC."""

    id: BookingId
    hold_id: HoldId
    state: str
    revision: int
    generation: int
    """Raised to revoke the manage tokens given out so far."""
    location_id: LocationId
    service_id: ServiceId
    practitioner_ids: tuple[PractitionerId, ...]
    start: datetime
    minutes: int
    zone: str
    price: Money
    policy: CancellationPolicy
    guest: Guest
    screening: Answers | None
    made_at: datetime
    cancelled_at: datetime | None = None
    fee_accepted: Money | None = None
    owed: Fee | None = None
    guests: tuple[PartyGuest, ...] = ()
    """Each guest, where they are several or have add-ons."""
    preference: Preference = ANYONE
    """What the guest wishes of whoever treats them, whenever that is; of `guests`, each has their own."""

    @property
    def end(self) -> datetime:
        """When the treatment ends: durations are elapsed time."""
        return self.start + timedelta(minutes=self.minutes)

    @property
    def free_until(self) -> datetime:
        """Until then cancelling costs nothing."""
        return self.start - timedelta(hours=self.policy.free_until_hours)

    @property
    def late_fee(self) -> Money:
        """What cancelling costs after that."""
        return self.price.percent(self.policy.fee_percent)

    @property
    def no_show_fee(self) -> Money:
        """What not coming costs."""
        percent = self.policy.no_show_fee_percent
        return self.price.percent(percent) if percent is not None else self.late_fee

    @property
    def undo_until(self) -> datetime | None:
        """Until then the cancellation can be taken back; None if it is not cancelled."""
        return self.cancelled_at + UNDO_FOR if self.state == CANCELLED and self.cancelled_at else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One resource for one time range, buffers included."""

    resource_id: ResourceId
    during: Range


def new_booking_id() -> BookingId:
    """Return an identity nobody can guess."""
    return BookingId(str(uuid.uuid4()))


def check_revision(booking: Booking, expected: int | None) -> None:
    """Refuse if the caller speaks of another revision than this."""
    if expected is not None and expected != booking.revision:
        raise Refused("revision_mismatch", "The booking has changed since you read it.", revision=booking.revision)


def rescheduled(
    booking: Booking,
    *,
    start: datetime,
    practitioner_ids: tuple[PractitionerId, ...],
    by_guest: Sequence[PractitionerId | None] = (),
    now: datetime,
    phone: str,
    at_no_fee: bool = False,
) -> Booking:
    """Return the booking moved by its guest, at the price and policy it was made at, or refuse.

    Whether it is too late is judged on the start it had, so that a late move is no way around the fee. `by_guest` is
    who serves each guest of a party.
    """
    check_movable(booking, now=now, phone=phone, at_no_fee=at_no_fee)
    guests = served_by(booking.guests, by_guest)
    revision = booking.revision + 1
    return replace(booking, start=start, practitioner_ids=practitioner_ids, guests=guests, revision=revision)


def rearranged(
    booking: Booking, *, start: datetime, minutes: int, practitioner_ids: tuple[PractitionerId, ...]
) -> Booking:
    """Return the booking as staff want it; it is a new revision if its guest would notice."""
    after = replace(booking, start=start, minutes=minutes, practitioner_ids=practitioner_ids)
    return replace(after, revision=booking.revision + 1) if after != booking else booking


def with_fee_for_moving(before: Booking, after: Booking, *, now: datetime, fee: str) -> Booking:
    """Return the moved booking with what its guest owes for wishing that late, judged on the start it had.

    The fee is that of a late cancellation, `owed` or `waived` if it is the guest who wishes it; `none` if the house.
    """
    if fee == NO_FEE or after.start == before.start or not _late(before, now):
        return after
    return replace(after, owed=fee_for(LATE_MOVE, before.late_fee, now=now, waive=fee == WAIVED))


def check_movable(booking: Booking, *, now: datetime, phone: str, at_no_fee: bool = False) -> None:
    """Refuse a booking that its guest can no longer move; `at_no_fee`: it is not the guest's doing, however late."""
    if booking.state != CONFIRMED or now >= booking.start:
        raise Refused("not_reschedulable", "This appointment can no longer be moved.", phone=phone)
    if _late(booking, now) and not at_no_fee:
        raise outside_policy(booking, "Moving it free of charge has ended.", phone)


def cancelled(booking: Booking, *, now: datetime, accept_fee: bool, phone: str) -> Booking:
    """Return the booking cancelled by its guest, or refuse; one that is cancelled already is returned as it is."""
    if booking.state == CANCELLED:
        return booking
    if booking.state != CONFIRMED or now >= booking.start:
        raise Refused("not_cancellable", "This appointment can no longer be cancelled.", phone=phone)
    late = _late(booking, now)
    if late and not accept_fee:
        fee = booking.late_fee
        raise outside_policy(
            booking, f"Free cancellation has ended; cancelling now costs {fee.amount} {fee.currency}.", phone
        )
    return replace(
        booking,
        state=CANCELLED,
        revision=booking.revision + 1,
        cancelled_at=now,
        fee_accepted=booking.late_fee if late else None,
        owed=fee_for(LATE_CANCELLATION, booking.late_fee, now=now) if late else booking.owed,
    )


def cancelled_by_staff(booking: Booking, *, now: datetime, fee: str, phone: str) -> Booking:
    """Return the booking cancelled by staff, who always may, or refuse where there is nothing left to cancel.

    A late cancellation's fee is `owed` or `waived` if it is the guest who cancels; `none` if it is the house.
    """
    if booking.state == CANCELLED:
        return booking
    if booking.state != CONFIRMED:
        raise Refused("not_cancellable", "Take its last step back first.", phone=phone)
    late = fee != NO_FEE and now > booking.free_until
    return replace(
        booking,
        state=CANCELLED,
        revision=booking.revision + 1,
        cancelled_at=now,
        owed=fee_for(LATE_CANCELLATION, booking.late_fee, now=now, waive=fee == WAIVED) if late else booking.owed,
    )


def reinstated(booking: Booking, *, now: datetime) -> Booking:
    """Return the booking with its cancellation taken back, or refuse; one that stands is returned as it is."""
    if booking.state == CONFIRMED:
        return booking
    if booking.undo_until is None or now > booking.undo_until:
        raise Refused("undo_expired", "The cancellation can no longer be undone. Please book again.")
    moved = booking.owed if booking.owed is not None and booking.owed.cause == LATE_MOVE else None
    return replace(
        booking, state=CONFIRMED, revision=booking.revision + 1, cancelled_at=None, fee_accepted=None, owed=moved
    )


def manage_token(booking_id: BookingId, generation: int, key: bytes) -> ManageToken:
    """Return the token that lets its bearer see and cancel the booking; derived again whenever it is needed."""
    mac = hmac.new(key, f"{booking_id}:{generation}".encode(), hashlib.sha256).digest()
    return ManageToken(base64.urlsafe_b64encode(mac).rstrip(b"=").decode())


def check_manage_token(booking_id: BookingId, booking: Booking | None, token: str, key: bytes) -> Booking:
    """Return the booking the token is good for; refuse alike whether the token is wrong or the booking unknown."""
    expected = manage_token(booking_id, booking.generation if booking is not None else 0, key)
    genuine = hmac.compare_digest(expected.encode(), token.encode())
    if booking is None or not genuine:
        raise Refused("token_invalid", "This link or token is not valid for the booking.")
    return booking


def _late(booking: Booking, now: datetime) -> bool:
    return now > booking.free_until and booking.late_fee.amount > 0


def late_fee_of(booking: Booking, price: Money) -> Money:
    """Return what cancelling a part of that price costs after the deadline."""
    return price.percent(booking.policy.fee_percent)


def outside_policy(booking: Booking, detail: str, phone: str, fee: Money | None = None) -> Refused:
    """Return the refusal of what is no longer free of charge (`fee` None: all of it), to be raised by the caller."""
    deadline = booking.free_until.astimezone(ZoneInfo(booking.zone))
    return Refused("outside_policy", detail, deadline=deadline, fee=fee or booking.late_fee, phone=phone)
