from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.access import GuestAccess
from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import hold
from booking.application.ports import Idempotency
from booking.application.show import facts, show
from booking.application.sweep import sweep
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import ANA, PARIS, PHONE, SWEDISH, an_id, clinic, service
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))  # 25 hours ahead
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)


def made(here: Office) -> Booking:
    held = hold(WITH_ANA, start=TEN, desk=here.desk)
    contact = Contact(name="Ana", email="ana@example.com", phone="+33 1 99 00 12 34")
    key = Idempotency(scope="s", key="k", body_hash="b")
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=contact, idempotency=key)
    return book(command, desk=here.desk).booking


def access(here: Office, booking: Booking, revision: int | None = None) -> GuestAccess:
    token = manage_token(booking.id, booking.generation, here.desk.manage_key)
    return GuestAccess(booking_id=booking.id, token=token, revision=revision)


def refusal_of(call: Any, *args: Any, **options: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        call(*args, **options)
    return refusal.value


class DyingHolds:
    """Claims, and then the process is gone: nothing is given back."""

    def __init__(self, holds: Any) -> None:
        self._holds = holds

    def claim(self, *args: Any, **options: Any) -> Any:
        self._holds.claim(*args, **options)
        raise KeyboardInterrupt

    def __getattr__(self, name: str) -> Any:
        return getattr(self._holds, name)


def test_a_guest_cancels_for_nothing_until_the_deadline_and_the_time_is_free_again() -> None:
    here = office(clinic())
    booking = made(here)
    here.clock.advance(hours=13)  # exactly twelve hours before
    after = cancel(access(here, booking), accept_fee=False, desk=here.desk)
    assert (after.state, after.revision, after.fee_accepted) == ("cancelled", 2, None)
    assert after.undo_until == here.clock.now() + timedelta(minutes=3)
    hold(WITH_ANA, start=TEN, desk=here.desk)


def test_after_the_deadline_cancelling_costs_the_fee_and_only_if_it_is_accepted() -> None:
    here = office(clinic())
    booking = made(here)
    here.clock.advance(hours=13, seconds=1)
    refusal = refusal_of(cancel, access(here, booking), accept_fee=False, desk=here.desk)
    assert refusal.code == "outside_policy"
    assert str(refusal.extra["deadline"]) == "2026-11-23 22:00:00+01:00"
    assert str(refusal.extra["fee"].amount) == "40.00"  # type: ignore[attr-defined]
    assert refusal.extra["phone"] == PHONE
    assert here.bookings.find([booking.id])[booking.id] == booking
    after = cancel(access(here, booking), accept_fee=True, desk=here.desk)
    assert after.fee_accepted is not None
    assert str(after.fee_accepted.amount) == "40.00"


def test_without_a_fee_the_deadline_does_not_matter() -> None:
    here = office(clinic(service(cancellation={"free_until_hours": 12, "fee_percent": 0})))
    booking = made(here)
    here.clock.advance(hours=20)
    assert cancel(access(here, booking), accept_fee=False, desk=here.desk).state == "cancelled"


def test_what_has_begun_is_no_longer_cancelled() -> None:
    here = office(clinic())
    booking = made(here)
    here.clock.advance(hours=25)
    refusal = refusal_of(cancel, access(here, booking), accept_fee=True, desk=here.desk)
    assert refusal.code == "not_cancellable"


def test_cancelling_twice_is_cancelling_once() -> None:
    here = office(clinic())
    booking = made(here)
    first = cancel(access(here, booking), accept_fee=False, desk=here.desk)
    here.clock.advance(minutes=1)
    assert cancel(access(here, booking), accept_fee=False, desk=here.desk) == first
    assert [event.name for event in here.bookings.told] == ["booking.booked.v1", "booking.cancelled.v1"]


def test_a_cancellation_is_undone_within_three_minutes() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    here.clock.advance(minutes=3)
    back = undo_cancel(access(here, booking), desk=here.desk)
    assert (back.state, back.revision, back.cancelled_at) == ("confirmed", 3, None)
    assert undo_cancel(access(here, booking), desk=here.desk) == back
    assert refusal_of(hold, WITH_ANA, start=TEN, desk=here.desk).code == "slot_taken"
    told = [(event.name, event.booking.revision) for event in here.bookings.told]
    assert told[1:] == [("booking.cancelled.v1", 2), ("booking.reinstated.v1", 3)]
    assert here.holds.records.keys() & {back.id} == set()


def test_an_undo_that_died_on_its_way_does_not_stand_in_the_way_of_its_repetition() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    dying = replace(here.desk, holds=DyingHolds(here.holds))
    with pytest.raises(KeyboardInterrupt):
        undo_cancel(access(here, booking), desk=dying)
    assert undo_cancel(access(here, booking), desk=here.desk).state == "confirmed"


def test_after_three_minutes_it_is_too_late() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    here.clock.advance(minutes=3, seconds=1)
    assert refusal_of(undo_cancel, access(here, booking), desk=here.desk).code == "undo_expired"


def test_a_time_that_someone_holds_or_has_booked_meanwhile_is_not_taken_back() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    theirs = hold(WITH_ANA, start=TEN, desk=here.desk)
    assert refusal_of(undo_cancel, access(here, booking), desk=here.desk).code == "slot_taken"
    book(
        Book(hold_id=theirs.hold.id, hold_token=theirs.token, contact=Contact(name="B", email="b@example.com")),
        desk=here.desk,
    )
    with here.holds_away():
        refusal = refusal_of(undo_cancel, access(here, booking), desk=here.desk)
    assert refusal.code == "slot_taken"
    assert refusal.extra["alternatives"]
    assert here.bookings.find([booking.id])[booking.id].state == "cancelled"


def test_a_caller_who_speaks_of_an_older_revision_is_told() -> None:
    here = office(clinic())
    booking = made(here)
    assert refusal_of(cancel, access(here, booking, 2), accept_fee=False, desk=here.desk).code == "revision_mismatch"
    cancel(access(here, booking, 1), accept_fee=False, desk=here.desk)
    assert refusal_of(undo_cancel, access(here, booking, 1), desk=here.desk).code == "revision_mismatch"


def test_a_token_opens_its_own_booking_and_no_other() -> None:
    here = office(clinic())
    booking = made(here)
    token = access(here, booking).token
    assert show(booking.id, token, desk=here.desk) == booking
    unknown = refusal_of(show, an_id("none"), token, desk=here.desk)
    wrong = refusal_of(show, booking.id, token[:-1] + "x", desk=here.desk)
    assert (unknown.code, unknown.detail) == (wrong.code, wrong.detail)
    assert facts([booking.id, an_id("none")], desk=here.desk) == {booking.id: (booking, token)}


def test_idempotency_keys_are_forgotten_after_two_days() -> None:
    here = office(clinic())
    made(here)
    here.clock.advance(hours=48)
    assert sweep(desk=here.desk).keys == 0
    here.clock.advance(seconds=1)
    assert sweep(desk=here.desk).keys == 1
