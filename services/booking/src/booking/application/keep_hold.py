"""Extend, describe or release what is held."""

import contextlib
from dataclasses import dataclass, replace

from booking.application.alternatives import gone
from booking.application.choosing import booked_among
from booking.application.hold import Held, held
from booking.application.ports import Desk, HoldsAway, Outcome
from booking.application.sought import sought_of
from booking.domain.errors import Refused
from booking.domain.hold import Hold, HoldState, opened
from booking.domain.ids import BookingId, HoldId
from booking.domain.zones import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Described:
    """A hold and what became of it: held, expired or booked."""

    held: Held
    state: HoldState
    booking_id: BookingId | None = None


def genuine(hold_id: HoldId, token: str, *, desk: Desk) -> Hold:
    """Return the hold that the token speaks of, or refuse a token that is not ours or another hold's."""
    hold = opened(token, desk.hold_key)
    if hold is None or hold.id != hold_id:
        raise stranger()
    return hold


def stranger() -> Refused:
    """Return the refusal of a token that does not belong to the hold."""
    return Refused("hold_token_invalid", "This token is not valid for the hold.")


def released() -> Refused:
    """Return the refusal of a hold that was given up."""
    return Refused("hold_released", "This hold was given up. Please choose a time again.")


def extend_hold(hold_id: HoldId, token: str, *, desk: Desk) -> Held:
    """Let it last from now as long as a new one, 30 in all, and a new token; or refuse what is no longer held.

    A hold that the memory lost is claimed again, if its time is still free.
    """
    hold = genuine(hold_id, token, desk=desk)
    now = instant(desk.real_clock.now())
    try:
        answer = desk.holds.keep(hold, lasts=desk.hold_lasts, reclaim=False)
    except HoldsAway:
        if hold.expires_at <= now:
            raise _expired(hold, desk=desk) from None
        longer = replace(hold, expires_at=max(hold.expires_at, min(now + desk.hold_lasts, hold.extendable_until)))
        return held(longer, exclusive=False, desk=desk)
    if answer.outcome is Outcome.STRANGER:
        raise stranger()
    if answer.outcome in {Outcome.RELEASED, Outcome.BOOKED}:
        raise released()
    if answer.outcome in {Outcome.EXPIRED, Outcome.TAKEN}:
        raise _expired(hold, desk=desk)
    if answer.outcome is Outcome.CLAIMED and booked_among(hold, desk=desk):
        with contextlib.suppress(HoldsAway):
            desk.holds.forget(answer.hold)
        raise _expired(hold, desk=desk)
    return held(answer.hold, desk=desk)


def describe_hold(hold_id: HoldId, token: str, *, desk: Desk) -> Described:
    """Say what is held, until when, and whether it was booked; refuse one that was released."""
    hold = genuine(hold_id, token, desk=desk)
    exclusive = True
    try:
        memory = desk.holds.recall(hold_id)
    except HoldsAway:
        memory, exclusive = None, False
    if memory is not None and memory.hold.claim_id != hold.claim_id:
        raise stranger()
    if memory is not None and memory.state is HoldState.RELEASED:
        raise released()
    if memory is not None and memory.state is HoldState.HELD:
        return Described(held=held(memory.hold, desk=desk), state=HoldState.HELD)
    made = desk.bookings.earlier(hold_id).booking
    known = memory.hold if memory is not None else hold
    answer = held(known, exclusive=False, desk=desk)
    if made is not None:
        return Described(held=answer, state=HoldState.BOOKED, booking_id=made.id)
    forgotten = memory is None and not exclusive and known.expires_at > instant(desk.real_clock.now())
    return Described(held=answer, state=HoldState.HELD if forgotten else HoldState.EXPIRED)


def release_hold(hold_id: HoldId, token: str, *, desk: Desk) -> None:
    """Give the time back at once; the token books no more. Harmless when repeated; with the memory away it expires."""
    hold = genuine(hold_id, token, desk=desk)
    with contextlib.suppress(HoldsAway):
        if not desk.holds.settle(hold, HoldState.RELEASED):
            raise stranger()


def _expired(hold: Hold, *, desk: Desk) -> Refused:
    return gone(
        "hold_expired",
        "The time we kept for you has run out.",
        sought_of(hold),
        hold.start,
        but=hold.id,
        desk=desk,
    )
