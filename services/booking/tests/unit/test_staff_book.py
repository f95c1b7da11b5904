"""What staff book for guests: on the phone, at short notice, outside hours, and who has just come in."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from booking.application.book_as_staff import StaffBook, book_as_staff
from booking.application.hold import hold
from booking.application.ports import Idempotency
from booking.domain.audit import BOOKING, Actor
from booking.domain.booking import Booking
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.liberties import Liberties
from booking.domain.screening import Answers
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    DEEP,
    PARIS,
    ROOM_1,
    ROOM_2,
    SWEDISH,
    clinic,
    location,
    offer,
    service,
)
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_moving import TEN, WITH_ANA, WITH_ANYONE, made

CONTACT = Contact(name="Ana", phone="01 99 00 12 34")
MINUTE = timedelta(minutes=1)


def booked(here: Office, start: datetime | None = TEN, sought: Sought = WITH_ANA, **options: Any) -> Booking:
    command = StaffBook(sought=sought, start=start, contact=CONTACT, actor=Actor("admin"), **options)
    return book_as_staff(command, desk=here.desk).booking


def refusal(here: Office, *arguments: Any, **options: Any) -> Refused:
    before = len(here.bookings.truth.bookings)
    with pytest.raises(Refused) as refused:
        booked(here, *arguments, **options)
    assert len(here.bookings.truth.bookings) == before
    return refused.value


def bent(here: Office, booking: Booking) -> tuple[str | None, object]:
    [note] = here.bookings.notes(BOOKING, booking.id)
    assert (note.actor, note.action) == ("admin", "book")
    return note.reason, note.detail["bends"]


def test_a_phone_booking_needs_no_reason_and_a_phone_number_is_enough() -> None:
    here = office(clinic())
    booking = booked(here)
    assert (booking.state, booking.practitioner_ids, booking.guest.email) == ("confirmed", (ANA,), None)
    assert [event.name for event in here.bookings.told] == ["booking.booked.v1"]
    assert bent(here, booking) == (None, [])


def test_what_guests_book_by_phone_or_on_request_only_is_booked_here() -> None:
    for channel in ("phone", "on_request"):
        booked(office(clinic(service(offers=[offer(channel=channel)]))))


def test_a_start_off_the_grid_is_a_start() -> None:
    assert booked(office(clinic()), TEN + 7 * MINUTE).start == TEN + 7 * MINUTE


def test_short_notice_and_a_far_day_need_a_reason() -> None:
    here = office(clinic())
    here.clock.at = TEN - 30 * MINUTE
    refused = refusal(here)
    assert (refused.code, refused.extra["bends"]) == ("reason_required", ["notice"])
    assert bent(here, booked(here, reason="A regular")) == ("A regular", ["notice"])
    assert refusal(here, TEN + timedelta(days=120)).extra["bends"] == ["horizon"]


def test_who_has_just_come_in_is_booked_from_this_minute_on() -> None:
    here = office(clinic())
    here.clock.at = TEN + timedelta(minutes=3, seconds=20)
    booking = booked(here, None, reason="Walk-in")
    assert booking.start == TEN + 3 * MINUTE
    assert refusal(here, TEN - 13 * MINUTE, reason="Was here").code == "in_the_past"


def test_nobody_serves_outside_their_hours_unless_it_is_wished_with_a_reason() -> None:
    here = office(clinic())
    evening = TEN.replace(hour=18)
    assert refusal(here, evening).code == "outside_hours"
    wished = Liberties(outside_hours=True)
    assert refusal(here, evening, liberties=wished).extra["bends"] == ["hours"]
    booking = booked(here, evening, liberties=wished, reason="Cleo stays longer")
    assert bent(here, booking) == ("Cleo stays longer", ["hours"])


def test_a_closed_house_is_outside_hours_too() -> None:
    here = office(clinic(location(closures=[{"from_date": "2026-11-24", "to_date": "2026-11-24", "reason": None}])))
    assert refusal(here).code == "outside_hours"
    booked(here, liberties=Liberties(outside_hours=True), reason="Stocktaking is off")


def test_nothing_overlaps_whatever_the_reason_and_staff_see_what_is_there() -> None:
    here = office(clinic())
    other = made(here)
    refused = refusal(here, TEN + 30 * MINUTE, reason="Please", liberties=Liberties(outside_hours=True))
    assert refused.code == "in_the_way"
    found: Any = refused.extra["in_the_way"]
    assert ("booking", other.id, ANA) in {(each["kind"], each["id"], each["resource_id"]) for each in found}


def test_what_a_guest_holds_just_now_is_left_to_them() -> None:
    here = office(clinic())
    hold(WITH_ANA, start=TEN, desk=here.desk)
    found: Any = refusal(here).extra["in_the_way"]
    assert {(each["kind"], each["id"], each["resource_id"]) for each in found} >= {("hold", None, ANA)}
    assert booked(here, sought=WITH_ANYONE).practitioner_ids == (BEA,)


def test_shorter_buffers_let_treatments_follow_each_other_closely() -> None:
    here = office(clinic())
    made(here)
    touching = TEN + timedelta(hours=1)
    assert refusal(here, touching).code == "in_the_way"
    wished = Liberties(set_up_minutes=0)
    assert refusal(here, touching, liberties=wished).extra["bends"] == ["buffers"]
    assert refusal(here, touching, liberties=wished, reason="Ready").code == "in_the_way"  # the other's clean-up stays
    booking = booked(here, touching + 10 * MINUTE, liberties=wished, reason="Everything is laid out")
    assert here.bookings.claims(booking.id)[0].during[0] == int(booking.start.timestamp())


@pytest.mark.parametrize("wished", [Liberties(set_up_minutes=6), Liberties(clean_up_minutes=-1)])
def test_a_buffer_is_shortened_and_neither_lengthened_nor_turned_around(wished: Liberties) -> None:
    assert refusal(office(clinic()), liberties=wished, reason="Why not").code == "invalid_request"


def test_the_safety_questions_are_asked_on_the_phone_too() -> None:
    here = office(clinic())
    deep = Sought(location_id=PARIS, service_id=DEEP)
    assert refusal(here, sought=deep).code == "screening_required"
    assert refusal(here, sought=deep, screening=Answers(version=3, all_clear=False)).code == "clearance_needed"
    assert booked(here, sought=deep, screening=Answers(version=3, all_clear=True)).screening is not None


def test_the_same_key_books_once() -> None:
    here = office(clinic())
    key = Idempotency(scope="desk", key="k", body_hash="a")
    first = booked(here, idempotency=key)
    assert booked(here, idempotency=key) == first
    assert refusal(here, idempotency=replace(key, body_hash="b")).code == "idempotency_key_reused"


def test_whoever_has_least_to_do_serves_and_the_next_when_they_are_taken() -> None:
    here = office(clinic())
    assert [booked(here, sought=WITH_ANYONE).practitioner_ids for _ in range(2)] == [(ANA,), (BEA,)]
    assert refusal(here, sought=WITH_ANYONE).code == "in_the_way"  # both rooms are taken
    assert {each.claim.resource_id for each in here.bookings.truth.allocations} == {ANA, BEA, ROOM_1, ROOM_2}
    assert CLEO


def test_a_length_that_is_not_offered_has_no_price() -> None:
    sought = Sought(location_id=PARIS, service_id=SWEDISH, duration_minutes=45)
    assert refusal(office(clinic()), sought=sought).code == "duration_not_offered"
