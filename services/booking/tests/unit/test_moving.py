"""An appointment moved by its guest."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.access import GuestAccess
from booking.application.availability import availability
from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import Held, hold
from booking.application.reschedule import To, reschedule
from booking.domain.booking import Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.screening import Answers
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import ANA, BEA, DEEP, PARIS, PHONE, SCREENING, SWEDISH, clinic, service
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))  # 25 hours ahead
QUARTER = timedelta(minutes=15)
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)
WITH_ANYONE = Sought(location_id=PARIS, service_id=SWEDISH)


def confirm(held: Held) -> Book:
    contact = Contact(name="Ana", email="ana@example.com", phone=None)
    return Book(hold_id=held.hold.id, hold_token=held.token, contact=contact)


def made(here: Office, sought: Sought = WITH_ANA, start: datetime = TEN) -> Booking:
    return book(confirm(hold(sought, start=start, desk=here.desk)), desk=here.desk).booking


def access(here: Office, booking: Booking, revision: int | None = None) -> GuestAccess:
    token = manage_token(booking.id, booking.generation, here.desk.manage_key)
    return GuestAccess(booking_id=booking.id, token=token, revision=revision)


def moved(here: Office, booking: Booking, to: datetime, **options: Any) -> Booking:
    return reschedule(access(here, booking), To(start=to, **options), desk=here.desk)


def refusal_of(here: Office, booking: Booking, to: datetime, **options: Any) -> Refused:
    before = here.bookings.find([booking.id])
    with pytest.raises(Refused) as refusal:
        moved(here, booking, to, **options)
    assert here.bookings.find([booking.id]) == before
    return refusal.value


def test_it_keeps_its_id_and_price_raises_its_revision_and_says_where_it_was() -> None:
    here = office(clinic())
    booking = made(here)
    after = moved(here, booking, TEN + timedelta(hours=2))
    assert (after.id, after.revision, after.start) == (booking.id, 2, TEN + timedelta(hours=2))
    assert (after.price, after.policy, after.practitioner_ids) == (booking.price, booking.policy, (ANA,))
    told = here.bookings.truth.told[-1]
    assert (told.name, told.booking, told.moved_from) == ("booking.rescheduled.v1", after, TEN)


def test_the_old_time_is_free_again_and_the_new_one_is_not() -> None:
    here = office(clinic())
    booking = made(here)
    moved(here, booking, TEN + timedelta(hours=2))
    hold(WITH_ANA, start=TEN, desk=here.desk)
    with pytest.raises(Refused, match="taken"):
        hold(WITH_ANA, start=TEN + timedelta(hours=2), desk=here.desk)


def test_its_own_time_is_not_in_its_way() -> None:
    here = office(clinic())
    booking = made(here)
    assert moved(here, booking, TEN + QUARTER).start == TEN + QUARTER


def test_moving_it_to_where_it_is_changes_nothing() -> None:
    here = office(clinic())
    booking = made(here)
    told = len(here.bookings.truth.told)
    assert moved(here, booking, TEN) == booking
    assert len(here.bookings.truth.told) == told


def test_the_guest_keeps_their_practitioner_if_possible_and_gets_another_if_not() -> None:
    here = office(clinic())
    booking = made(here)
    later = TEN + timedelta(hours=3)
    assert moved(here, booking, later).practitioner_ids == (ANA,)
    other = made(here, start=TEN)
    assert other.practitioner_ids == (ANA,)
    assert moved(here, other, later).practitioner_ids == (BEA,)


def test_a_practitioner_who_was_asked_for_is_not_replaced() -> None:
    here = office(clinic())
    made(here)
    other = made(here, WITH_ANYONE)
    assert other.practitioner_ids == (BEA,)
    refusal = refusal_of(here, other, TEN, practitioner_id=ANA)
    assert refusal.code == "slot_taken"
    assert refusal.extra["alternatives"]


def test_a_time_that_another_guest_holds_is_refused() -> None:
    here = office(clinic())
    booking = made(here)
    hold(WITH_ANA, start=TEN + timedelta(hours=2), desk=here.desk)
    assert refusal_of(here, booking, TEN + timedelta(hours=2), practitioner_id=ANA).code == "slot_taken"


def test_too_late_is_judged_on_the_start_it_had() -> None:
    here = office(clinic())
    booking = made(here)
    here.clock.advance(hours=13)  # exactly twelve hours before
    booking = moved(here, booking, TEN + timedelta(hours=1))
    here.clock.advance(hours=1, seconds=1)
    refusal = refusal_of(here, booking, TEN + timedelta(days=7))
    assert refusal.code == "outside_policy"
    assert refusal.extra["phone"] == PHONE
    assert str(refusal.extra["deadline"]) == "2026-11-23 23:00:00+01:00"


@pytest.mark.parametrize(
    ("to", "code"),
    [
        (TEN + timedelta(minutes=7), "not_a_start"),
        (TEN + timedelta(microseconds=1), "not_a_start"),
        (TEN - timedelta(days=2), "in_the_past"),
        (TEN - timedelta(hours=24), "too_soon"),
        (TEN + timedelta(days=400), "beyond_horizon"),
    ],
)
def test_what_cannot_be_booked_cannot_be_moved_to(to: datetime, code: str) -> None:
    here = office(clinic())
    assert refusal_of(here, made(here), to).code == code


def test_a_cancelled_appointment_is_not_moved() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    assert refusal_of(here, booking, TEN + QUARTER).code == "not_reschedulable"


def test_an_undone_cancellation_takes_the_new_time_again_and_not_the_old() -> None:
    here = office(clinic())
    booking = moved(here, made(here), TEN + timedelta(hours=2))
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    undo_cancel(access(here, booking), desk=here.desk)
    hold(WITH_ANA, start=TEN, desk=here.desk)


def test_a_confirm_repeated_after_the_move_answers_with_the_booking() -> None:
    here = office(clinic())
    held = hold(WITH_ANA, start=TEN, desk=here.desk)
    booking = book(confirm(held), desk=here.desk).booking
    after = moved(here, booking, TEN + timedelta(hours=2))
    again = book(confirm(held), desk=here.desk)
    assert (again.booking, again.replayed) == (after, True)


def test_an_older_view_and_a_wrong_token_move_nothing() -> None:
    here = office(clinic())
    booking = made(here)
    with pytest.raises(Refused, match="changed"):
        reschedule(access(here, booking, revision=7), To(start=TEN + QUARTER), desk=here.desk)
    stranger = GuestAccess(booking_id=booking.id, token="wrong")
    with pytest.raises(Refused, match="not valid"):
        reschedule(stranger, To(start=TEN + QUARTER), desk=here.desk)
    assert here.bookings.find([booking.id])[booking.id] == booking


def test_with_the_memory_of_holds_away_the_database_decides() -> None:
    here = office(clinic())
    booking = made(here)
    here.holds.away = True
    assert moved(here, booking, TEN + QUARTER).revision == 2


def test_an_attempt_that_died_is_not_in_the_way_of_the_next() -> None:
    here = office(clinic())
    booking = made(here)

    class Died(BaseException):
        """The process was killed."""

    def die() -> None:
        here.holds.away = True  # a dead process forgets nothing
        raise Died

    here.bookings.before_commit = die
    with pytest.raises(Died):
        moved(here, booking, TEN + QUARTER, practitioner_id=ANA)
    here.bookings.before_commit = lambda: None
    here.holds.away = False
    assert moved(here, booking, TEN + QUARTER, practitioner_id=ANA).start == TEN + QUARTER


def test_the_times_to_move_to_include_the_bookings_own() -> None:
    here = office(clinic())
    booking = made(here)

    def starts(moving: GuestAccess | None) -> set[int]:
        window = {"since": TEN - timedelta(hours=1), "until": TEN + timedelta(hours=2)}
        found = availability(WITH_ANA, **window, moving=moving, desk=here.desk)  # type: ignore[arg-type]
        return {slot.start for slot in found.slots}

    quarter_later = int((TEN + QUARTER).timestamp())
    assert quarter_later not in starts(None)
    assert quarter_later in starts(access(here, booking))
    with pytest.raises(Refused, match="not valid"):
        starts(GuestAccess(booking_id=booking.id, token="wrong"))


def test_safety_questions_that_are_others_by_now_are_asked_again() -> None:
    here = office(clinic())
    sought = Sought(location_id=PARIS, service_id=DEEP)
    held = hold(sought, start=TEN, desk=here.desk)
    answered = Answers(version=3, all_clear=True)
    booking = book(replace(confirm(held), screening=answered), desk=here.desk).booking
    booking = moved(here, booking, TEN + QUARTER)
    assert booking.screening == answered
    others = {**SCREENING, "version": 4}
    requirements = [
        {"kind": "practitioner", "count": 1, "skill": "deep_tissue"},
        {"kind": "room", "room_kind": "treatment", "capacity": 1, "count": 1},
    ]
    here.bookings.clinic = clinic(service(DEEP, screening=others, requirements=requirements))
    for given in (None, answered):
        refusal = refusal_of(here, booking, TEN + 2 * QUARTER, screening=given)
        assert refusal.code == "screening_required"
        assert refusal.extra["screening"].version == 4  # type: ignore[attr-defined]
    yes = Answers(version=4, all_clear=False)
    assert refusal_of(here, booking, TEN + 2 * QUARTER, screening=yes).code == "clearance_needed"
    anew = Answers(version=4, all_clear=True)
    assert moved(here, booking, TEN + 2 * QUARTER, screening=anew).screening == anew
