"""Keep a slot for a guest while they give their details."""

import contextlib
from dataclasses import dataclass
from datetime import datetime

from booking.application.alternatives import gone, not_a_start
from booking.application.choosing import booked_among, choice, held_parts, startable, those_taken, with_resources
from booking.application.ports import Desk, HoldsAway, Idempotency, Outcome, Reading, StorageAway
from booking.domain.availability import is_a_start
from booking.domain.booking import Claim
from booking.domain.errors import Refused
from booking.domain.hold import Hold, claim_id_for, hold_id_for, new_hold_id, sign
from booking.domain.ids import HoldId
from booking.domain.preference import ANYONE
from booking.domain.ranges import Instant
from booking.domain.wish import Sought, Wish
from booking.domain.zones import instant


@dataclass(frozen=True, slots=True, kw_only=True)
class Held:
    """A hold and its token. `exclusive` says whether others are kept off it, or only the database decides."""

    hold: Hold
    token: str
    exclusive: bool
    replayed: bool = False


def hold(sought: Sought, *, start: datetime, idempotency: Idempotency | None = None, desk: Desk) -> Held:
    """Hold all resources of the slot, or refuse and hold nothing.

    The same idempotency key and body give the same hold for 48 h, as far as the memory of holds reaches.
    """
    hold_id = new_hold_id()
    if idempotency is not None:
        hold_id = hold_id_for(desk.hold_key, idempotency.scope, idempotency.key)
        earlier = _repeated(hold_id, idempotency, desk=desk)
        if earlier is not None:
            return earlier
    at = instant(start)
    now = instant(desk.clock.now())
    reading = desk.calendar.look(lambda clinic: startable(clinic, sought, at, now))
    asked = reading.subject
    if start.timestamp() != at or not is_a_start(reading.clinic, asked, at):
        raise not_a_start(sought, at, desk=desk)
    body_hash = idempotency.body_hash if idempotency is not None else ""
    drafted = draft(hold_id, claim_id_for(desk.hold_key, hold_id, body_hash), asked, at, desk=desk)
    return _claimed(drafted, body_hash, sought, reading, desk=desk)


def reused() -> Refused:
    """Return the refusal of an idempotency key that came with another body before."""
    return Refused("idempotency_key_reused", "This idempotency key was used for another request.")


def held(hold: Hold, *, exclusive: bool = True, replayed: bool = False, desk: Desk) -> Held:
    """Return the hold with its token."""
    return Held(hold=hold, token=sign(hold, desk.hold_key), exclusive=exclusive, replayed=replayed)


def _repeated(hold_id: HoldId, idempotency: Idempotency, *, desk: Desk) -> Held | None:
    try:
        memory = desk.holds.recall(hold_id)
    except HoldsAway:
        return None
    if memory is None:
        return None
    if memory.body_hash != idempotency.body_hash:
        raise reused()
    return held(memory.hold, replayed=True, desk=desk)


def draft(hold_id: HoldId, claim_id: str, asked: Wish, start: Instant, *, desk: Desk) -> Hold:
    """Return the hold as it is before anyone was chosen to serve it."""
    now, guests = instant(desk.real_clock.now()), held_parts(asked)
    return Hold(
        id=hold_id,
        claim_id=claim_id,
        location_id=asked.location.id,
        service_id=asked.service.id,
        practitioner_id=asked.practitioner_id,
        practitioner_ids=(),
        resource_ids=(),
        start=start,
        minutes=asked.minutes,
        claim=asked.claim(start),
        price=asked.price,
        made_at=now,
        expires_at=now + desk.hold_lasts,
        guests=guests,
        preference=ANYONE if guests else asked.guests[0].preference,
    )


def _claimed(drafted: Hold, body_hash: str, sought: Sought, reading: Reading[Wish], *, desk: Desk) -> Held:
    """Claim first, read the allocations after, so that no booking can slip in between unseen."""
    passed_over: set[Claim] = set()
    while (chosen := choice(reading, drafted.start, passed_over=passed_over)) is not None:
        wanted = with_resources(drafted, chosen, reading)
        try:
            answer = desk.holds.claim(wanted, body_hash=body_hash)
        except HoldsAway:
            return held(wanted, exclusive=False, desk=desk)
        if answer.outcome is Outcome.REUSED:
            raise reused()
        if answer.outcome is Outcome.REPEATED:
            return held(answer.hold, replayed=True, desk=desk)
        if answer.outcome is Outcome.TAKEN:
            passed_over |= those_taken(wanted, answer.taken)
            continue
        try:
            booked = booked_among(wanted, desk=desk)
        except StorageAway:
            _forget(answer.hold, desk=desk)  # nobody gets its token: it would keep the time from everyone
            raise
        if not booked:
            return held(answer.hold, desk=desk)
        passed_over |= those_taken(wanted, booked)
        _forget(answer.hold, desk=desk)
    raise gone("slot_taken", "Someone else has just taken this time.", sought, drafted.start, desk=desk)


def _forget(hold: Hold, *, desk: Desk) -> None:
    with contextlib.suppress(HoldsAway):  # it expires by itself
        desk.holds.forget(hold)
