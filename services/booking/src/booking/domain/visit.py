"""What becomes of an appointment on its day: the guest comes, is treated and leaves, or does not come.

`confirmed → checked_in → completed`, or `confirmed → no_show`; staff can take each step back. A step that was taken
already is not taken again: the booking is returned as it is.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from . import fee
from .booking import CHECKED_IN, COMPLETED, CONFIRMED, NO_SHOW, Booking, Claim
from .errors import Refused
from .fee import fee_for
from .zones import instant

ARRIVES_AT_MOST = timedelta(hours=4)
"""How long before the start a guest can be checked in: whoever comes earlier means another appointment."""
_BEFORE = {CHECKED_IN: CONFIRMED, COMPLETED: CHECKED_IN, NO_SHOW: CONFIRMED}
"""Where taking a step back leads."""


def checked_in(booking: Booking, *, now: datetime) -> Booking:
    """Return the booking with its guest there, or refuse."""
    return _stepped(booking, CHECKED_IN, booking.start - ARRIVES_AT_MOST, now)


def completed(booking: Booking, *, now: datetime) -> Booking:
    """Return the booking with its treatment done, or refuse."""
    return _stepped(booking, COMPLETED, booking.start, now)


def no_show(booking: Booking, *, now: datetime, waive: bool = False) -> Booking:
    """Return the booking whose guest did not come, with the fee that is owed for it or waived at once, or refuse."""
    after = _stepped(booking, NO_SHOW, booking.start, now)
    if after is booking:
        return booking
    return replace(after, owed=fee_for(fee.NO_SHOW, booking.no_show_fee, now=now, waive=waive))


def reverted(booking: Booking) -> Booking:
    """Return the booking with its last step taken back, or refuse. A cancellation is undone, not taken back."""
    if booking.state not in _BEFORE:
        raise _wrong_state(booking, "There is no check-in, completion or no-show to take back.")
    return replace(booking, state=_BEFORE[booking.state], revision=booking.revision + 1, owed=None)


def still_needed(booking: Booking, claims: Sequence[Claim], *, now: datetime) -> list[Claim]:
    """Return what is left of its claims when the treatment ends now: the time until now, and the clean-up after it."""
    clean_up = max((claim.during[1] for claim in claims), default=0) - instant(booking.end)
    until = instant(now) + max(clean_up, 0)
    return [
        replace(claim, during=(claim.during[0], min(claim.during[1], max(until, claim.during[0] + 1))))
        for claim in claims
    ]


def _stepped(booking: Booking, to: str, earliest: datetime, now: datetime) -> Booking:
    if booking.state == to:
        return booking
    if booking.state != _BEFORE[to]:
        raise _wrong_state(booking, f"The booking is {_said(booking.state)}; it would have to be {_said(_BEFORE[to])}.")
    if now < earliest:
        raise Refused("not_yet", "It is too early for this.", earliest=earliest.astimezone(ZoneInfo(booking.zone)))
    return replace(booking, state=to, revision=booking.revision + 1)


def _wrong_state(booking: Booking, detail: str) -> Refused:
    return Refused("wrong_state", detail, state=booking.state)


def _said(state: str) -> str:
    return state.replace("_", " ")
