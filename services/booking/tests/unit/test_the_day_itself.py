"""Guests who come, are treated and leave, or do not come; and staff who pressed the wrong button."""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from booking.application.access import StaffAccess
from booking.application.attend import check_in, complete, miss, revert
from booking.application.book import Book, book
from booking.application.cancel import cancel
from booking.application.hold import hold
from booking.application.reschedule import To, reschedule
from booking.domain.audit import BOOKING, Actor
from booking.domain.booking import Booking, new_booking_id
from booking.domain.errors import Refused
from booking.domain.visit import still_needed
from booking.domain.wish import Sought
from booking.domain.zones import instant

from services.booking.tests.clinic_data import ANA, PARIS, SWEDISH, clinic
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_moving import TEN, access, confirm, made

MINUTE = timedelta(minutes=1)
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)


def staff(booking: Booking, reason: str | None = None, revision: int | None = None) -> StaffAccess:
    return StaffAccess(booking_id=booking.id, actor=Actor("admin"), reason=reason, revision=revision)


def at(here: Office, moment: datetime) -> Office:
    here.clock.at = moment
    return here


def there(here: Office) -> Booking:
    """A guest who is checked in for ten o'clock."""
    booking = made(here)
    return check_in(staff(booking), desk=at(here, TEN - 5 * MINUTE).desk)


def told(here: Office) -> list[tuple[str, str, int]]:
    return [(event.name.split(".")[1], event.booking.state, event.booking.revision) for event in here.bookings.told]


def refusal(work: Callable[..., Any], *arguments: Any, here: Office) -> Refused:
    before, events = here.bookings.truth.bookings.copy(), len(here.bookings.told)
    with pytest.raises(Refused) as refused:
        work(*arguments, desk=here.desk)
    assert (here.bookings.truth.bookings, len(here.bookings.told)) == (before, events)
    return refused.value


def test_each_step_raises_the_revision_and_is_told() -> None:
    here = office(clinic())
    booking = there(here)
    complete(staff(booking), desk=at(here, booking.end).desk)
    assert told(here) == [("booked", "confirmed", 1), ("checked_in", "checked_in", 2), ("completed", "completed", 3)]


def test_a_step_that_was_taken_is_not_taken_twice() -> None:
    here = office(clinic())
    booking = there(here)
    assert check_in(staff(booking), desk=here.desk) == booking
    assert len(here.bookings.told) == 2


def test_who_did_what_and_why_is_written_down_with_every_step() -> None:
    here = office(clinic())
    booking = there(here)
    revert(staff(booking, "Another guest of that name"), desk=here.desk)
    notes = here.bookings.notes(BOOKING, booking.id)
    assert [(each.actor, each.action, each.reason) for each in notes] == [
        ("admin", "check_in", None),
        ("admin", "revert", "Another guest of that name"),
    ]
    assert notes[-1].detail == {"from": "checked_in", "to": "confirmed"}


def test_what_guests_do_themselves_is_written_down_too() -> None:
    here = office(clinic())
    booking = made(here)
    moved = reschedule(access(here, booking), To(start=TEN + timedelta(hours=2)), desk=here.desk)
    cancel(access(here, moved), accept_fee=False, desk=here.desk)
    notes = here.bookings.notes(BOOKING, booking.id)
    assert [(each.actor, each.action) for each in notes] == [("guest", "reschedule"), ("guest", "cancel")]


@pytest.mark.parametrize(
    ("step", "moment", "earliest"),
    [
        (check_in, TEN - timedelta(hours=4, minutes=1), TEN - timedelta(hours=4)),
        (miss, TEN - MINUTE, TEN),
    ],
)
def test_a_step_before_its_time_is_refused(step: Callable[..., Booking], moment: datetime, earliest: datetime) -> None:
    here = office(clinic())
    booking = made(here)
    refused = refusal(step, staff(booking), here=at(here, moment))
    assert (refused.code, refused.extra["earliest"]) == ("not_yet", earliest)
    step(staff(booking), desk=at(here, earliest).desk)


def test_a_treatment_that_has_not_begun_is_not_completed() -> None:
    here = office(clinic())
    assert refusal(complete, staff(there(here)), here=here).code == "not_yet"


@pytest.mark.parametrize("step", [complete, revert])
def test_a_guest_who_has_not_come_is_neither_completed_nor_taken_back(step: Callable[..., Booking]) -> None:
    here = office(clinic())
    refused = refusal(step, staff(made(here)), here=at(here, TEN))
    assert (refused.code, refused.extra["state"]) == ("wrong_state", "confirmed")


def test_a_cancelled_booking_takes_no_step() -> None:
    here = office(clinic())
    booking = made(here)
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    for step in (check_in, complete, miss, revert):
        assert refusal(step, staff(booking), here=at(here, TEN)).code == "wrong_state"


def test_an_unknown_booking_and_an_older_view_are_refused() -> None:
    here = office(clinic())
    booking = there(here)
    stranger = StaffAccess(booking_id=new_booking_id(), actor=Actor("admin"))
    assert refusal(complete, stranger, here=here).code == "unknown_booking"
    assert refusal(complete, staff(booking, revision=1), here=at(here, booking.end)).code == "revision_mismatch"


def test_finishing_early_frees_the_rest_but_for_the_clean_up() -> None:
    here = office(clinic())
    booking = there(here)
    half_past = TEN + 30 * MINUTE
    complete(staff(booking), desk=at(here, half_past).desk)
    busy = here.calendar.allocated([ANA], (instant(half_past), instant(half_past + 10 * MINUTE)))
    assert busy == {ANA}
    assert not here.calendar.allocated([ANA], (instant(half_past + 10 * MINUTE), instant(booking.end)))


def test_who_was_to_be_done_sooner_keeps_the_whole_clean_up_too() -> None:
    here = office(clinic())
    booking = there(here)
    longer, shorter = here.bookings.claims(booking.id)
    shorter = replace(shorter, during=(shorter.during[0], shorter.during[1] - 1200))
    left = still_needed(booking, [longer, shorter], now=TEN + 30 * MINUTE)
    assert {each.during[1] for each in left} == {instant(TEN + 40 * MINUTE)}
    assert still_needed(booking, [longer, shorter], now=booking.end + MINUTE) == [longer, shorter]


def test_finishing_late_frees_nothing_more() -> None:
    here = office(clinic())
    booking = there(here)
    before = here.bookings.claims(booking.id)
    complete(staff(booking), desk=at(here, booking.end + 3 * MINUTE).desk)
    assert {each.claim for each in here.bookings.truth.allocations if each.active} == set(before)


def test_a_completion_taken_back_has_its_time_again() -> None:
    here = office(clinic())
    booking = there(here)
    before = here.bookings.claims(booking.id)
    complete(staff(booking), desk=at(here, TEN + 30 * MINUTE).desk)
    back = revert(staff(booking, "Too early"), desk=here.desk)
    assert (back.state, here.bookings.claims(booking.id)) == ("checked_in", before)
    assert told(here)[-1] == ("reverted", "checked_in", 4)


def test_a_no_show_frees_its_time_and_taking_it_back_claims_it_again() -> None:
    here = office(clinic())
    booking = made(here)
    miss(staff(booking), desk=at(here, TEN + 15 * MINUTE).desk)
    hour = (instant(TEN), instant(booking.end))
    assert not here.calendar.allocated([ANA], hour)
    assert revert(staff(booking, "Was late"), desk=here.desk).state == "confirmed"
    assert here.calendar.allocated([ANA], hour) == {ANA}


def test_time_that_someone_else_has_by_now_is_not_taken_back_and_staff_see_whose_it_is() -> None:
    here = office(clinic())
    at(here, TEN - timedelta(hours=3))
    booking = made(here)
    miss(staff(booking), desk=at(here, TEN).desk)
    at(here, TEN - timedelta(hours=3))  # as if notice were no matter
    held = hold(WITH_ANA, start=TEN + 30 * MINUTE, desk=here.desk)
    other = book(Book(hold_id=held.hold.id, hold_token=held.token, contact=confirm(held).contact), desk=here.desk)
    refused = refusal(revert, staff(booking, "Was late"), here=at(here, TEN + 20 * MINUTE))
    assert refused.code == "in_the_way"
    found: Any = refused.extra["in_the_way"]
    assert {(each["kind"], each["id"], each["name"]) for each in found} >= {("booking", other.booking.id, "Ana")}
    assert {each["from"] for each in found} == {TEN + 25 * MINUTE}
