"""Appointments that staff move, shorten, extend, or give other hands or another room."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from booking.application.attend import check_in, waive_fee
from booking.application.cancel import cancel_as_staff, undo_cancel
from booking.application.rearrange import Rearranged, rearrange
from booking.domain.audit import BOOKING
from booking.domain.booking import Booking
from booking.domain.errors import Refused
from booking.domain.liberties import Liberties

from services.booking.tests.clinic_data import ANA, BEA, ROOM_1, ROOM_2, ROOM_FOR_TWO, clinic
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_moving import TEN, WITH_ANA, WITH_ANYONE, made
from services.booking.tests.unit.test_the_day_itself import MINUTE, at, staff


def changed(here: Office, booking: Booking, **to: Any) -> Booking:
    return rearrange(staff(booking, "As agreed"), Rearranged(**to), desk=here.desk)


def refusal(here: Office, booking: Booking, **to: Any) -> Refused:
    before = here.bookings.find([booking.id])
    with pytest.raises(Refused) as refused:
        changed(here, booking, **to)
    assert here.bookings.find([booking.id]) == before
    return refused.value


def in_the_way(refused: Refused) -> set[str]:
    found: Any = refused.extra["in_the_way"]
    assert refused.code == "in_the_way"
    return {each["id"] for each in found}


def told(here: Office) -> list[str]:
    return [event.name for event in here.bookings.told]


def rooms(here: Office, booking: Booking) -> set[str]:
    return {claim.resource_id for claim in here.bookings.claims(booking.id)} & {ROOM_1, ROOM_2, ROOM_FOR_TWO}


def test_staff_move_it_after_the_deadline_and_to_a_start_off_the_grid() -> None:
    here = office(clinic())
    booking = made(here)
    at(here, TEN - timedelta(hours=1))
    moved = changed(here, booking, start=TEN + 7 * MINUTE)
    assert (moved.start, moved.minutes, moved.revision, moved.price) == (TEN + 7 * MINUTE, 60, 2, booking.price)
    assert (told(here)[-1], here.bookings.truth.told[-1].moved_from) == ("booking.rescheduled.v1", TEN)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    ("hours", "fee", "owed"),
    [
        (1, "owed", ("late_move", False)),
        (1, "waived", ("late_move", True)),
        (1, "none", None),
        (13, "owed", None),  # it could still have been cancelled free of charge
    ],
)
def test_moving_it_late_for_its_guest_costs_what_cancelling_late_does(
    hours: int, fee: str, owed: tuple[str, bool] | None
) -> None:
    here = office(clinic())
    booking = made(here)
    at(here, TEN - timedelta(hours=hours))
    moved = changed(here, booking, start=TEN + timedelta(days=2), fee=fee)
    kept = here.bookings.find([booking.id])[booking.id]
    assert kept.owed == moved.owed
    assert (moved.owed and (moved.owed.cause, moved.owed.waived_at is not None)) == owed
    if moved.owed:
        assert moved.owed.amount == booking.late_fee
        assert here.bookings.notes(BOOKING, booking.id)[-1].detail["fee"] == fee


def test_only_another_time_costs_a_fee_and_no_other_hands_or_rooms() -> None:
    here = office(clinic())
    booking = made(here, WITH_ANA)
    at(here, TEN - timedelta(hours=1))
    assert changed(here, booking, practitioner_id=BEA, fee="owed").owed is None
    assert changed(here, booking, minutes=45, fee="owed").owed is None


def test_what_moving_late_costs_stays_when_it_is_cancelled_in_time_and_taken_back() -> None:
    here = office(clinic())
    booking = made(here)
    at(here, TEN - timedelta(hours=1))
    moved = changed(here, booking, start=TEN + timedelta(days=2), fee="owed")
    gone = cancel_as_staff(staff(booking, "Ill"), fee="owed", desk=here.desk)
    assert gone.owed == moved.owed
    assert undo_cancel(staff(booking), desk=here.desk).owed == moved.owed
    assert waive_fee(staff(booking, "A regular"), desk=here.desk).owed.waived_at is not None  # type: ignore[union-attr]


def test_a_late_guests_treatment_begins_later_and_ends_in_time_for_the_next() -> None:
    here = office(clinic())
    booking = made(here)
    following = made(here, WITH_ANA, TEN + timedelta(minutes=75))
    check_in(staff(booking), desk=at(here, TEN + 20 * MINUTE).desk)
    assert following.id in in_the_way(refusal(here, booking, start=TEN + 20 * MINUTE))
    shorter = changed(here, booking, start=TEN + 20 * MINUTE, minutes=40)
    assert (shorter.state, shorter.end, shorter.revision) == ("checked_in", booking.end, 3)
    assert shorter.price == booking.price


def test_it_is_extended_as_far_as_nothing_is_in_the_way() -> None:
    here = office(clinic())
    booking = made(here)
    following = made(here, WITH_ANA, TEN + timedelta(minutes=90))
    at(here, TEN + 30 * MINUTE)
    assert following.id in in_the_way(refusal(here, booking, minutes=90))
    assert changed(here, booking, minutes=75).end == TEN + 75 * MINUTE


def test_another_room_is_the_houses_own_affair() -> None:
    here = office(clinic())
    booking = made(here)
    other = ({ROOM_1, ROOM_2} - rooms(here, booking)).pop()
    after = changed(here, booking, room_id=other)
    assert (after, rooms(here, booking), told(here)) == (booking, {other}, ["booking.booked.v1"])
    [note] = here.bookings.notes(BOOKING, booking.id)
    assert (note.action, note.reason) == ("rearrange", "As agreed")


def test_shorter_buffers_alone_are_too_and_stay_when_it_is_moved() -> None:
    here = office(clinic())
    booking = made(here)
    assert changed(here, booking, liberties=Liberties(set_up_minutes=0)) == booking
    moved = changed(here, booking, start=TEN + timedelta(hours=2))
    assert here.bookings.claims(booking.id)[0].during[0] == int(moved.start.timestamp())


def test_other_hands_are_told_to_the_guest() -> None:
    here = office(clinic())
    after = changed(here, made(here), practitioner_id=BEA)
    assert (after.practitioner_ids, after.start, after.revision) == ((BEA,), TEN, 2)
    assert told(here)[-1] == "booking.rescheduled.v1"


def test_hands_do_not_change_unless_others_are_named() -> None:
    here = office(clinic())
    booking = made(here)
    busy = made(here, WITH_ANA, TEN + timedelta(hours=3))
    assert busy.id in in_the_way(refusal(here, booking, start=TEN + timedelta(hours=3)))
    assert changed(here, booking, start=TEN + timedelta(hours=3), practitioner_id=BEA).practitioner_ids == (BEA,)


def test_a_room_that_is_taken_is_in_the_way_and_one_that_does_not_fit_serves_nothing() -> None:
    here = office(clinic())
    booking, other = made(here), made(here, WITH_ANYONE)
    assert in_the_way(refusal(here, booking, room_id=rooms(here, other).pop())) == {other.id}
    assert refusal(here, booking, room_id=ROOM_FOR_TWO).code == "outside_hours"


def test_outside_hours_it_is_moved_only_if_that_is_wished() -> None:
    here = office(clinic())
    booking, evening = made(here), TEN.replace(hour=19)
    assert refusal(here, booking, start=evening).code == "outside_hours"
    assert changed(here, booking, start=evening, liberties=Liberties(outside_hours=True)).start == evening


@pytest.mark.parametrize("minutes", [0, -5, 1441])
def test_a_treatment_has_a_length(minutes: int) -> None:
    here = office(clinic())
    assert refusal(here, made(here), minutes=minutes).code == "invalid_request"


def test_what_is_over_or_cancelled_stays_and_nothing_moves_into_the_past() -> None:
    here = office(clinic())
    booking = made(here)
    assert refusal(here, booking, start=datetime.fromisoformat("2026-11-22T10:00+01:00")).code == "in_the_past"
    cancel_as_staff(staff(booking, "Closed"), fee="none", desk=here.desk)
    assert refusal(here, booking, minutes=30).code == "wrong_state"
    assert ANA
