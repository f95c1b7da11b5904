"""Keep time from guests, and give it back."""

from collections.abc import Sequence
from datetime import datetime

from booking.application.hold import reused
from booking.application.in_the_way import in_the_way
from booking.application.ports import Desk, HoldsAway, Taken, Transaction
from booking.domain import audit
from booking.domain.audit import Actor, Note
from booking.domain.block import Block, check_block
from booking.domain.errors import Refused
from booking.domain.ids import BlockId, LocationId
from booking.domain.zones import span


def block(wanted: Block, *, desk: Desk) -> Block:
    """Block the time, or refuse and block nothing: `in_the_way` says what is there. The same block twice is one."""
    earlier = desk.agenda.block(wanted.id)
    if earlier is not None:
        return _same(earlier, wanted)
    location = check_block(wanted, desk.calendar.known())
    if _is_held(wanted, desk=desk):
        raise in_the_way(wanted.claims, zone=location.zone, desk=desk)

    def work(transaction: Transaction) -> None:
        check_block(wanted, transaction.lock_catalog([wanted.location_id, *wanted.resource_ids]))
        transaction.block(wanted)
        transaction.note(_note(wanted, wanted.made_by, "block", wanted.made_at, wanted.reason))

    try:
        desk.bookings.transact(work)
    except Taken:
        made = desk.agenda.block(wanted.id)
        if made is not None:
            return _same(made, wanted)
        raise in_the_way(wanted.claims, zone=location.zone, desk=desk) from None
    return wanted


def unblock(block_id: BlockId, *, actor: Actor, desk: Desk) -> None:
    """Give the time back, or refuse `unknown_block`."""
    now = desk.clock.now()

    def work(transaction: Transaction) -> None:
        gone = transaction.unblock(block_id)
        if gone is None:
            raise Refused("unknown_block", "There is no such block.")
        transaction.note(_note(gone, actor, "unblock", now))

    desk.bookings.transact(work)


def blocks(location_id: LocationId, *, since: datetime, until: datetime, desk: Desk) -> Sequence[Block]:
    """Return the location's blocks that overlap `[since, until)`, by start."""
    desk.calendar.known().location(location_id)
    return desk.agenda.blocks(location_id, span(since, until))


def _is_held(wanted: Block, *, desk: Desk) -> bool:
    try:
        return bool(desk.holds.taken(wanted.resource_ids, wanted.claims[0].during))
    except HoldsAway:
        return False


def _same(earlier: Block, wanted: Block) -> Block:
    told = (earlier.location_id, earlier.resource_ids, earlier.start, earlier.end, earlier.reason)
    if told != (wanted.location_id, wanted.resource_ids, wanted.start, wanted.end, wanted.reason):
        raise reused()
    return earlier


def _note(about: Block, actor: Actor, action: str, at: datetime, reason: str | None = None) -> Note:
    return Note(
        at=at,
        actor=actor,
        action=action,
        subject_kind=audit.BLOCK,
        subject_id=about.id,
        reason=reason,
        detail={"from": about.start.isoformat(), "to": about.end.isoformat(), "resources": [*about.resource_ids]},
    )
