"""Why a start is not offered. That it is offered exactly if there is no reason: `test_against_the_oracle.py`."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.access import GuestAccess, StaffAccess
from booking.application.book import Book, Booked, book
from booking.application.explain import Explained, explain_start
from booking.application.hold import hold
from booking.domain.audit import Actor
from booking.domain.booking import manage_token
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.explain import Obstacle
from booking.domain.guest import Contact
from booking.domain.part import GuestSought
from booking.domain.wish import Sought
from booking.domain.zones import instant

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    DEEP,
    GYM,
    PARIS,
    PAUL,
    ROOM_1,
    ROOM_2,
    ROOM_FOR_TWO,
    SWEDISH,
    THERAPY,
    clinic,
    location,
    offer,
    practitioner,
    room,
    schedule,
    service,
    shift,
)
from services.booking.tests.fakes import Office, office

ZONE = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)  # it is Monday, 09:00
ONLY_ANA = ("practitioner", BEA), ("practitioner", CLEO), ("schedule", BEA), ("schedule", CLEO)
MINUTE = timedelta(minutes=1)


def explained(here: Office, start: datetime = TUESDAY, service_id: str = SWEDISH, **how: Any) -> Explained:
    asking = {name: how.pop(name) for name in ("by_staff", "moving") if name in how}
    sought = Sought(location_id=PARIS, service_id=service_id, **how)
    return explain_start(sought, start=start, desk=here.desk, **asking)


def reasons(place: Clinic | Office, start: datetime = TUESDAY, **how: Any) -> tuple[str, ...]:
    here = place if isinstance(place, Office) else office(place)
    return explained(here, start, **how).explanation.reasons


def obstacles(found: Explained, resource_id: str) -> list[Obstacle]:
    return [
        obstacle
        for each in found.explanation.standings
        if each.resource_id == resource_id
        for obstacle in each.obstacles
    ]


def made(here: Office, start: datetime = TUESDAY, **how: Any) -> Booked:
    held = hold(Sought(location_id=PARIS, service_id=SWEDISH, **how), start=start, desk=here.desk)
    contact = Contact(name="Ana", email="ana@example.com", phone=None)
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=contact), desk=here.desk)


def test_what_is_offered_has_no_reason() -> None:
    assert reasons(clinic()) == ()


@pytest.mark.parametrize(
    ("start", "reason"),
    [
        (TUESDAY - timedelta(days=2), "in_the_past"),
        (TUESDAY - timedelta(hours=23, minutes=15), "too_soon"),
        (TUESDAY + timedelta(days=365), "beyond_horizon"),
        (TUESDAY + 5 * MINUTE, "not_on_grid"),
        (TUESDAY + timedelta(seconds=0.5), "not_on_grid"),
        (TUESDAY + timedelta(hours=13), "closed"),
        (TUESDAY - timedelta(minutes=30), "nobody_works"),
    ],
)
def test_the_time_itself(start: datetime, reason: str) -> None:
    assert reasons(clinic(), start) == (reason,)


def test_every_reason_is_given_and_not_only_the_first() -> None:
    assert reasons(clinic(), TUESDAY + timedelta(days=365, hours=13, minutes=5)) == (
        "beyond_horizon",
        "closed",
        "not_on_grid",
    )


def test_a_closed_day_is_closed() -> None:
    closed = location(closures=[{"from_date": "2026-11-24", "to_date": "2026-11-24"}])
    assert reasons(clinic(closed)) == ("closed",)


def test_nobody_has_the_skill() -> None:
    assert reasons(clinic(practitioner(ANA)), service_id=DEEP) == ("nobody_gives_it",)


def test_there_is_no_such_room() -> None:
    assert "no_room" in reasons(clinic(without=[("resource", each) for each in (ROOM_1, ROOM_2)]))


def test_everyone_is_booked() -> None:
    here = office(clinic(without=ONLY_ANA))
    made(here)
    assert reasons(here) == ("all_taken",)


def test_all_rooms_are_booked() -> None:
    here = office(clinic())
    made(here, practitioner_id=BEA)
    made(here, practitioner_id=CLEO)
    assert reasons(here) == ("no_room",)


def test_the_one_who_is_wanted_is_booked_though_others_are_free() -> None:
    here = office(clinic())
    made(here, practitioner_id=BEA)
    assert reasons(here) == ()
    assert reasons(here, practitioner_id=BEA) == ("all_taken",)


def test_held_is_told_apart_from_booked_and_passes() -> None:
    here = office(clinic(without=ONLY_ANA))
    hold(Sought(location_id=PARIS, service_id=SWEDISH), start=TUESDAY, desk=here.desk)
    assert reasons(here) == ("held",)
    here.clock.advance(minutes=10)
    assert reasons(here) == ()


def test_what_the_booking_that_is_moved_claims_is_no_reason() -> None:
    here = office(clinic(without=ONLY_ANA))
    mine = made(here).booking
    guest = GuestAccess(booking_id=mine.id, token=manage_token(mine.id, mine.generation, here.desk.manage_key))
    half_past = TUESDAY + timedelta(minutes=30)
    assert reasons(here, half_past) == ("all_taken",)
    assert reasons(here, half_past, moving=guest) == ()
    assert reasons(here, half_past, moving=StaffAccess(booking_id=mine.id, actor=Actor("admin")), by_staff=True) == ()
    with pytest.raises(Refused, match="token_invalid"):
        reasons(here, half_past, moving=replace(guest, token="wrong"))


def test_for_a_couple_one_who_is_free_is_not_enough() -> None:
    here = office(clinic(without=ONLY_ANA[1:2] + ONLY_ANA[3:]))  # Ana and Bea
    two = (GuestSought(), GuestSought(practitioner_id=BEA))
    assert reasons(here, service_id=COUPLES, guests=two) == ()
    made(here, practitioner_id=ANA)
    assert reasons(here, service_id=COUPLES, guests=two) == ("all_taken",)
    with pytest.raises(Refused, match="party_size"):
        reasons(here, service_id=COUPLES, guests=two[:1])


def test_without_the_memory_of_holds_bookings_still_count() -> None:
    here = office(clinic(without=ONLY_ANA))
    made(here)
    with here.holds_away():
        assert reasons(here) == ("all_taken",)


def test_staff_see_what_keeps_each_one() -> None:
    lunch = [shift(day, "09:00", "18:00", breaks=[{"from": "10:30", "to": "11:00"}]) for day in range(7)]
    off = {"from": "2026-11-24T08:00:00+01:00", "to": "2026-11-24T12:00:00+01:00"}
    here = office(clinic(schedule(ANA, weekly=lunch), schedule(BEA, time_off=[off]), schedule(CLEO, weekly=[])))
    found = explained(here, by_staff=True)
    assert found.explanation.reasons == ("nobody_works",)
    during = (instant(datetime.fromisoformat(off["from"])), instant(datetime.fromisoformat(off["to"])))
    assert obstacles(found, ANA) == [Obstacle(code="break")]
    assert obstacles(found, BEA) == [Obstacle(code="time_off", during=during)]
    assert obstacles(found, CLEO) == [Obstacle(code="outside_hours")]
    assert obstacles(found, ROOM_1) == []


def test_staff_see_which_booking_takes_a_resource_buffers_included() -> None:
    here = office(clinic(without=ONLY_ANA))
    made(here)
    found = explained(here, TUESDAY + timedelta(hours=1), by_staff=True)
    during = (instant(TUESDAY - 5 * MINUTE), instant(TUESDAY + 70 * MINUTE))
    assert obstacles(found, ANA) == [Obstacle(code="taken", during=during)]
    assert found.occupied[ANA, during].kind == "booking"


def test_staff_see_who_lacks_the_skill_and_whose_licence_ends() -> None:
    needs = [{"kind": "practitioner", "count": 1, "skill": "pt"}, {"kind": "room", "room_kind": "gym", "capacity": 1}]
    licence = {"region": "FR", "number": "1", "expires_on": "2026-11-23"}
    here = office(
        clinic(
            service(THERAPY, modality="physical_therapy", requirements=needs, offers=[offer()]),
            practitioner(PAUL, name="Paul", skills=["pt"], licence=licence),
            practitioner(BEA, name="Bea", skills=["pt"]),
            schedule(PAUL),
            room(GYM, room_kind="gym"),
        )
    )
    found = explained(here, service_id=THERAPY, by_staff=True)
    assert found.explanation.reasons == ("nobody_works",)
    assert obstacles(found, PAUL) == [Obstacle(code="licence_ends")]
    assert obstacles(found, BEA) == [Obstacle(code="lacks_licence")]
    assert obstacles(found, ANA) == [Obstacle(code="lacks_skill")]


def test_staff_may_ask_about_what_is_booked_by_phone_and_guests_are_given_the_number() -> None:
    here = office(clinic(service(THERAPY, offers=[offer(channel="phone")])))
    assert reasons(here, service_id=THERAPY, by_staff=True) == ("by_phone_only",)
    with pytest.raises(Refused, match="by_phone_only"):
        explained(here, service_id=THERAPY)


def test_what_guests_are_told_asks_nothing_about_bookings() -> None:
    here = office(clinic())
    made(here)
    assert explained(here).occupied == {}
    assert ROOM_FOR_TWO not in [each.resource_id for each in explained(here).explanation.standings]
