"""One suite for the port `Bookings`, on the fake and on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from booking.application.ports import AlreadyMade, Bookings, Idempotency, OftenMissed, Taken, Transaction
from booking.domain.audit import BOOKING, GUEST, Actor, Note
from booking.domain.booking import CANCELLED, NO_SHOW, Booking, Claim, new_booking_id
from booking.domain.events import BOOKED, BookingEvent
from booking.domain.fee import Fee
from booking.domain.guest import Guest
from booking.domain.hold import new_hold_id
from booking.domain.patience import Patience
from booking.domain.preference import Preference

from services.booking.tests.booking_data import NOON, NOW, a_booking, adding, claims_of, real
from services.booking.tests.clinic_data import BEA, ROOM_1, clinic
from services.booking.tests.fakes import FakeBookings


@pytest.fixture(params=["fake", "real", "real, without the clinic in memory"])
def bookings(request: pytest.FixtureRequest) -> Bookings:
    if request.param == "fake":
        return FakeBookings(clinic())
    return real(request.getfixturevalue("engine"), knows=request.param == "real")


def test_what_was_added_is_found_as_it_was(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    assert bookings.find([made.id, new_booking_id()]) == {made.id: made}
    assert bookings.claims(made.id) == sorted(claims_of(made), key=lambda claim: claim.resource_id)


def test_an_overlap_on_any_resource_is_taken_and_leaves_nothing(bookings: Bookings) -> None:
    bookings.transact(adding(a_booking()))
    late = a_booking(start=NOON + timedelta(minutes=74))
    with pytest.raises(Taken):
        bookings.transact(adding(late, BEA, ROOM_1))
    assert bookings.find([late.id]) == {}
    assert bookings.earlier(late.hold_id).booking is None
    bookings.transact(adding(a_booking(start=NOON + timedelta(minutes=75)), BEA, ROOM_1))


def test_one_hold_makes_one_booking(bookings: Bookings) -> None:
    first = bookings.transact(adding(a_booking()))
    with pytest.raises(AlreadyMade):
        bookings.transact(adding(a_booking(hold_id=first.hold_id), BEA))
    assert bookings.earlier(first.hold_id).booking == first


def test_one_idempotency_key_makes_one_booking_and_tells_another_body(bookings: Bookings) -> None:
    key = Idempotency(scope="book:guest", key="k", body_hash="abc")
    first = bookings.transact(adding(a_booking(), key=key))
    with pytest.raises(AlreadyMade):
        bookings.transact(adding(a_booking(), BEA, key=key))
    assert bookings.earlier(new_hold_id(), key).booking == first
    assert bookings.earlier(new_hold_id(), replace(key, body_hash="xyz")).key_reused
    assert bookings.earlier(new_hold_id(), replace(key, scope="book:other")).booking is None


def test_keys_are_forgotten_when_they_are_old(bookings: Bookings) -> None:
    key = Idempotency(scope="s", key="k", body_hash="abc")
    made = bookings.transact(adding(a_booking(), key=key))
    assert bookings.sweep(before=NOW) == 0
    assert bookings.sweep(before=NOW + timedelta(seconds=1)) == 1
    assert bookings.earlier(new_hold_id(), key).booking is None
    assert bookings.earlier(made.hold_id, key).booking == made


def _cancel(bookings: Bookings, made: Booking) -> Booking:
    after = replace(made, state=CANCELLED, revision=2, cancelled_at=NOW, fee_accepted=made.late_fee)

    def work(transaction: Transaction) -> None:
        assert transaction.lock(made.id) == made
        transaction.change(after)
        transaction.free(made.id)

    bookings.transact(work)
    return after


def test_a_cancelled_booking_frees_its_time_and_can_take_it_again_only_while_it_is_free(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    after = _cancel(bookings, made)
    assert bookings.find([made.id]) == {made.id: after}

    def again(transaction: Transaction) -> None:
        transaction.change(made)
        transaction.allocate_again(made.id)

    bookings.transact(again)
    with pytest.raises(Taken):
        bookings.transact(adding(a_booking()))
    _cancel(bookings, made)
    bookings.transact(adding(a_booking()))
    with pytest.raises(Taken):
        bookings.transact(again)
    assert bookings.find([made.id]) == {made.id: after}


def _moving(after: Booking) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        assert transaction.lock(after.id) is not None
        transaction.move(after, claims_of(after))

    return work


def test_a_moved_booking_gives_its_old_time_up_and_takes_the_new_one_even_where_they_overlap(
    bookings: Bookings,
) -> None:
    made = bookings.transact(adding(a_booking()))
    after = replace(made, start=NOON + timedelta(minutes=15), revision=2)
    bookings.transact(_moving(after))
    assert bookings.find([made.id]) == {made.id: after}
    assert bookings.claims(made.id) == sorted(claims_of(after), key=lambda claim: claim.resource_id)
    bookings.transact(adding(a_booking(start=NOON - timedelta(minutes=60))))


def test_a_booking_that_cannot_take_the_new_time_keeps_the_old_one(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    later = NOON + timedelta(hours=3)
    bookings.transact(adding(a_booking(start=later)))
    with pytest.raises(Taken):
        bookings.transact(_moving(replace(made, start=later, revision=2)))
    assert bookings.find([made.id]) == {made.id: made}
    with pytest.raises(Taken):
        bookings.transact(adding(a_booking()))


def test_what_is_kept_of_a_claim_is_claimed_and_the_rest_is_free_until_it_is_taken_again(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    whole = claims_of(made)
    kept = [replace(each, during=(each.during[0], each.during[0] + 1200)) for each in whole]

    def keep(transaction: Transaction) -> list[Claim]:
        transaction.keep_only(made.id, kept)
        return transaction.claims(made.id)

    assert bookings.transact(keep) == sorted(kept, key=lambda claim: claim.resource_id)
    assert [each.id for each in bookings.overlapping(whole)] == [made.id, made.id]
    bookings.transact(lambda transaction: transaction.allocate_again(made.id))
    assert bookings.claims(made.id) == sorted(whole, key=lambda claim: claim.resource_id)
    bookings.transact(keep)
    other = bookings.transact(adding(a_booking(start=NOON + timedelta(minutes=30))))
    assert {each.id for each in bookings.overlapping(whole, but=made.id)} == {other.id}
    with pytest.raises(Taken):
        bookings.transact(lambda transaction: transaction.allocate_again(made.id))
    assert {each.id for each in bookings.overlapping(kept)} == {made.id}


def test_taking_again_what_was_never_given_up_changes_nothing(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    bookings.transact(lambda transaction: transaction.allocate_again(made.id))
    with pytest.raises(Taken):
        bookings.transact(adding(a_booking()))


def test_a_fee_for_moving_late_is_kept_with_a_booking_that_stands(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    moved = replace(made, revision=2, owed=Fee(cause="late_move", amount=made.late_fee, owed_at=NOW))

    def work(transaction: Transaction) -> None:
        assert transaction.lock(made.id) is not None
        transaction.change(moved)
        transaction.settle(moved)

    bookings.transact(work)
    assert bookings.find([made.id]) == {made.id: moved}


def test_a_fee_and_a_missed_appointment_are_kept_with_their_booking_and_go_with_its_state(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    fee = Fee(cause="no_show", amount=made.no_show_fee, owed_at=NOW)
    gone = replace(made, state=NO_SHOW, revision=2, owed=fee)

    def write(after: Booking) -> None:
        def work(transaction: Transaction) -> None:
            assert transaction.lock(made.id) is not None
            transaction.change(after)
            transaction.settle(after)

        bookings.transact(work)

    def came(guest: Guest, *, times: int = 1, days: int = 30) -> bool:
        patience = Patience(times=times, days=days)

        def work(transaction: Transaction) -> None:
            transaction.lock_catalog([])
            transaction.check_came(guest, patience, now=NOON)
            other = a_booking(start=NOON + timedelta(days=len(tried)))
            transaction.add(other, claims_of(other), None)
            transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=other))

        tried.append(1)
        try:
            bookings.transact(work)
        except OftenMissed:
            return False
        return True

    tried: list[int] = []
    assert came(made.guest)
    write(gone)
    assert bookings.find([made.id]) == {made.id: gone}
    assert bookings.earlier(made.hold_id).booking == gone
    assert bookings.transact(lambda transaction: transaction.lock(made.id)) == gone
    assert not came(replace(made.guest, email="ANA@example.com", phone=None))
    assert not came(replace(made.guest, email=None))
    assert came(replace(made.guest, email="other@example.com", phone=None))
    assert came(made.guest, times=2)
    assert came(made.guest, times=0)
    write(replace(gone, owed=replace(fee, waived_at=NOON)))
    assert bookings.find([made.id])[made.id].owed == replace(fee, waived_at=NOON)
    write(replace(made, revision=3))
    assert bookings.find([made.id]) == {made.id: replace(made, revision=3)}
    assert came(made.guest)


def test_notes_are_kept_in_order_and_go_with_what_they_tell_of(bookings: Bookings) -> None:
    made = bookings.transact(adding(a_booking()))
    first = Note(at=NOW, actor=GUEST, action="cancel", subject_kind=BOOKING, subject_id=made.id)
    second = replace(first, actor=Actor("admin"), action="revert", reason="It was not so", detail={"from": ["a", 1]})
    bookings.transact(lambda transaction: transaction.note(first))
    bookings.transact(lambda transaction: transaction.note(second))

    def failing(transaction: Transaction) -> None:
        transaction.note(first)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bookings.transact(failing)
    assert bookings.notes(BOOKING, made.id) == [first, second]
    assert bookings.notes("block", made.id) == bookings.notes(BOOKING, new_booking_id()) == []


def test_what_raises_leaves_nothing(bookings: Bookings) -> None:
    made = a_booking()

    def work(transaction: Transaction) -> None:
        adding(made)(transaction)
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        bookings.transact(work)
    assert bookings.find([made.id]) == {}


def test_what_is_wished_of_whoever_treats_is_found_as_it_was(bookings: Bookings) -> None:
    wished = Preference(gender="female", languages=("es", "fr"), soft=("languages",))
    made = bookings.transact(adding(a_booking(preference=wished)))
    assert bookings.find([made.id])[made.id].preference == wished
