"""One suite for the port `Agenda` and for blocks, on the fakes and on a real PostgreSQL."""

from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from booking.adapters.postgres_agenda import PostgresAgenda
from booking.application.ports import Agenda, Bookings, Place, Taken
from booking.domain.audit import Actor
from booking.domain.block import Block
from booking.domain.booking import CANCELLED, NO_SHOW, Booking
from booking.domain.ids import BlockId, LocationId
from booking.domain.zones import instant

from services.booking.tests.booking_data import NOON, NOW, a_booking, adding, claims_of, real
from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, ROOM_2, an_id, clinic
from services.booking.tests.fake_agenda import FakeAgenda
from services.booking.tests.fakes import FakeBookings

EVERYTHING = [ANA, BEA, ROOM_1, ROOM_2]
HOUR = timedelta(hours=1)
DAY = (instant(NOON - 12 * HOUR), instant(NOON + 12 * HOUR))
HERE = LocationId(PARIS)


@dataclass
class Kept:
    bookings: Bookings
    agenda: Agenda


@pytest.fixture(params=["fake", "real"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        fake = FakeBookings(clinic())
        return Kept(fake, FakeAgenda(fake))
    engine = request.getfixturevalue("engine")
    return Kept(real(engine), PostgresAgenda(engine))


def a_block(**changes: object) -> Block:
    plain = Block(
        id=BlockId(an_id("block")),
        location_id=HERE,
        resource_ids=tuple(sorted((BEA, ROOM_2))),
        start=NOON,
        end=NOON + HOUR,
        reason=None,
        made_by=Actor("admin"),
        made_at=NOW,
    )
    return replace(plain, **changes)  # type: ignore[arg-type]


def ended(kept: Kept, booking: Booking, state: str) -> Booking:
    after = replace(booking, state=state, revision=2, cancelled_at=NOW if state == CANCELLED else None)

    def work(transaction):  # type: ignore[no-untyped-def]
        transaction.change(after)
        transaction.free(after.id)

    kept.bookings.transact(work)
    return after


def listed(kept: Kept, *, after: Place | None = None, limit: int = 100) -> list[Booking]:
    return list(kept.agenda.bookings(HERE, EVERYTHING, DAY, after=after, limit=limit))


def test_bookings_are_listed_by_start_whatever_became_of_them(kept: Kept) -> None:
    later = kept.bookings.transact(adding(a_booking(start=NOON + 6 * HOUR)))
    missed = ended(kept, kept.bookings.transact(adding(a_booking())), NO_SHOW)
    gone = ended(kept, kept.bookings.transact(adding(a_booking(start=NOON + 3 * HOUR))), CANCELLED)
    kept.bookings.transact(adding(a_booking(start=NOON + 24 * HOUR)))
    kept.bookings.transact(adding(a_booking(start=NOON + HOUR, location_id=an_id("elsewhere")), BEA, ROOM_2))
    assert listed(kept) == [missed, gone, later]
    assert listed(kept, after=Place(start=missed.start, id=missed.id), limit=1) == [gone]


def test_what_is_claimed_is_what_stands_or_else_what_stood(kept: Kept) -> None:
    standing = kept.bookings.transact(adding(a_booking()))
    gone = ended(kept, kept.bookings.transact(adding(a_booking(start=NOON + 3 * HOUR))), CANCELLED)
    early = kept.bookings.transact(adding(a_booking(start=NOON + 6 * HOUR)))
    less = [replace(each, during=(each.during[0], each.during[0] + 600)) for each in claims_of(early)]
    kept.bookings.transact(lambda transaction: transaction.keep_only(early.id, less))
    found = kept.agenda.claims([standing.id, gone.id, early.id])
    wanted = {standing.id: claims_of(standing), gone.id: claims_of(gone), early.id: less}
    assert found == {each: sorted(claims, key=lambda claim: claim.resource_id) for each, claims in wanted.items()}


def test_a_block_stands_under_the_same_constraint_and_is_found_and_taken_away(kept: Kept) -> None:
    block = a_block()
    kept.bookings.transact(lambda transaction: transaction.block(block))
    assert kept.agenda.block(block.id) == block
    assert kept.agenda.blocks(HERE, (instant(NOON), instant(NOON) + 1)) == [block]
    assert kept.agenda.blocks(HERE, (instant(NOON + HOUR), instant(NOON + 2 * HOUR))) == []
    assert {(each.kind, each.id) for each in kept.bookings.overlapping(block.claims)} == {("block", block.id)}
    for rival in (block, a_block(id=BlockId(an_id("other")), start=NOON + HOUR / 2)):
        with pytest.raises(Taken):
            kept.bookings.transact(lambda transaction, rival=rival: transaction.block(rival))  # type: ignore[misc]
    with pytest.raises(Taken):
        kept.bookings.transact(adding(a_booking(), BEA))
    assert kept.bookings.transact(lambda transaction: transaction.unblock(block.id)) == block
    assert kept.bookings.transact(lambda transaction: transaction.unblock(block.id)) is None
    assert kept.agenda.block(block.id) is None
    kept.bookings.transact(adding(a_booking(), BEA))


def test_a_block_that_finds_its_time_taken_leaves_nothing(kept: Kept) -> None:
    kept.bookings.transact(adding(a_booking(), ROOM_2))
    with pytest.raises(Taken):
        kept.bookings.transact(lambda transaction: transaction.block(a_block()))
    assert kept.agenda.block(a_block().id) is None
    kept.bookings.transact(adding(a_booking(), BEA))
