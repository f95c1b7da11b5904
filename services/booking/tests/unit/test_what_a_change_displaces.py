"""What a change of the clinic takes from a booking, and what it leaves alone."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from booking.domain.clinic import Clinic
from booking.domain.displacement import Misfit, Reason, Standing, displaced, misfits, touched

from services.booking.tests import clinic_data as data
from services.booking.tests.booking_data import NOON, a_booking
from services.booking.tests.clinic_data import ANA, BEA, COUPLES, PARIS, ROOM_1, ROOM_FOR_TWO, SWEDISH, clinic, told_as

STANDING = Standing(booking=a_booking(), resource_ids=(ANA, ROOM_1))  # 13:00 to 14:00 in Paris
OFF = {"from": "2026-12-01T11:00:00Z", "to": "2026-12-01T12:30:00Z"}


def changed(*changes: Any) -> Clinic:
    return clinic(*changes, version=2)


CHANGES = [
    (data.schedule(ANA, time_off=[OFF]), Reason.TIME_OFF, ANA),
    (data.schedule(ANA, weekly=[data.shift(1, "14:00", "18:00")]), Reason.OUTSIDE_WORKING_HOURS, ANA),
    (data.schedule(ANA, deleted=True), Reason.OUTSIDE_WORKING_HOURS, ANA),
    (data.practitioner(ANA, deleted=True), Reason.PRACTITIONER_WITHDRAWN, ANA),
    (data.practitioner(ANA, location_ids=[]), Reason.PRACTITIONER_WITHDRAWN, ANA),
    (data.practitioner(ANA, skills=["cupping"]), Reason.NOT_SUITABLE, ""),
    (data.room(ROOM_1, deleted=True), Reason.RESOURCE_WITHDRAWN, ROOM_1),
    (data.room(ROOM_1, location_id=data.an_id("lyon")), Reason.RESOURCE_WITHDRAWN, ROOM_1),
    (data.room(ROOM_1, room_kind="gym"), Reason.NOT_SUITABLE, ""),
    (data.location(closures=[{"from_date": "2026-12-01", "to_date": "2026-12-02"}]), Reason.CLOSURE, ""),
    (
        data.location(opening_hours=[{"weekday": 1, "from": "13:30", "to": "20:00"}]),
        Reason.OUTSIDE_OPENING_HOURS,
        "",
    ),
    (data.location(deleted=True), Reason.LOCATION_WITHDRAWN, ""),
    (data.service(deleted=True), Reason.SERVICE_WITHDRAWN, ""),
    (data.service(offers=[]), Reason.SERVICE_WITHDRAWN, ""),
    (
        data.service(requirements=[{"kind": "practitioner", "count": 2, "skill": "swedish"}]),
        Reason.NOT_SUITABLE,
        "",
    ),
]


@pytest.mark.parametrize(("change", "reason", "resource_id"), CHANGES)
def test_a_change_that_takes_what_a_booking_needs_displaces_it(change: Any, reason: Reason, resource_id: str) -> None:
    found = displaced(clinic(), changed(change), STANDING)
    assert found == {Misfit(reason=reason, resource_id=resource_id)}
    touched_by = touched(clinic(), changed(change))
    assert {ANA, ROOM_1} & touched_by, "it would not have been looked at"


@pytest.mark.parametrize(
    "change",
    [
        data.schedule(ANA, time_off=[{"from": "2026-12-01T13:00:00Z", "to": "2026-12-01T15:00:00Z"}]),
        data.schedule(ANA, weekly=[data.shift(1, "13:00", "14:00")]),
        data.schedule(BEA, time_off=[OFF]),
        data.location(closures=[{"from_date": "2026-12-02", "to_date": "2026-12-02"}]),
        data.location(name="La Belle du Marais"),
        data.service(offers=[data.offer(durations=[{"minutes": 30, "price": data.price("1.00")}])]),
        data.service(offers=[data.offer(start_grid_minutes=50, channel="phone", minimum_notice_minutes=100_000)]),
        data.service(requirements=[{"kind": "practitioner", "count": 1, "skill": "swedish"}]),
        data.room(ROOM_1, capacity=2),
    ],
)
def test_what_a_booking_does_not_need_displaces_nobody(change: Any) -> None:
    """Not even set-up outside hours, another price or length, another grid: those are the booking's own."""
    assert displaced(clinic(), changed(change), STANDING) == frozenset()


def test_what_was_wrong_before_is_not_a_changes_doing_but_more_of_it_is() -> None:
    late = replace(STANDING, booking=a_booking(start=NOON + timedelta(hours=6)))  # staff booked it after Ana's hours
    assert {each.reason for each in misfits(clinic(), late)} == {Reason.OUTSIDE_WORKING_HOURS}
    assert displaced(clinic(), changed(data.service(SWEDISH, name="Classic")), late) == frozenset()
    off = changed(data.schedule(ANA, time_off=[{"from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"}]))
    assert {each.reason for each in displaced(clinic(), off, late)} == {Reason.TIME_OFF}


def test_what_is_known_to_be_wrong_stays_so_until_it_is_set_right() -> None:
    off = changed(data.schedule(ANA, time_off=[OFF]))
    known = displaced(clinic(), off, STANDING)
    assert displaced(off, changed(data.schedule(ANA, time_off=[OFF]), data.service(name="Classic")), STANDING) == set()
    assert displaced(off, off, STANDING, known=known) == known
    assert displaced(off, clinic(), STANDING, known=known) == set()


def test_a_licence_that_will_have_expired_displaces_physical_therapy_alone() -> None:
    told = told_as("physical_therapy", licence_until="2026-12-01")
    session = replace(STANDING, booking=a_booking(service_id=data.THERAPY))
    assert displaced(clinic(*told), changed(*told), session) == set()
    expired = changed(*told_as("physical_therapy", licence_until="2026-11-30"))
    assert displaced(clinic(*told), expired, session) == {Misfit(reason=Reason.NOT_LICENSED, resource_id=ANA)}
    assert displaced(clinic(*told), expired, STANDING) == set()
    assert touched(clinic(*told), expired) == {ANA}


def test_a_couple_is_displaced_by_what_happens_to_either_of_their_two() -> None:
    couple = Standing(
        booking=a_booking(service_id=COUPLES, practitioner_ids=(ANA, BEA)), resource_ids=(ANA, BEA, ROOM_FOR_TWO)
    )
    assert misfits(clinic(), couple) == set()
    off = changed(data.schedule(BEA, time_off=[OFF]))
    assert displaced(clinic(), off, couple) == {Misfit(reason=Reason.TIME_OFF, resource_id=BEA)}
    small = changed(data.room(ROOM_FOR_TWO, room_kind="couples", capacity=1))
    assert {each.reason for each in displaced(clinic(), small, couple)} == {Reason.NOT_SUITABLE}


def test_only_whom_a_change_is_about_is_looked_at() -> None:
    assert touched(clinic(), changed(data.schedule(ANA, time_off=[OFF]))) == {ANA}
    assert touched(clinic(), changed(data.room(ROOM_1, deleted=True))) == {ROOM_1}
    assert touched(clinic(), changed()) == set()
    shut = changed(data.location(closures=[{"from_date": "2026-12-01", "to_date": "2026-12-01"}]))
    assert touched(clinic(), shut) >= {ANA, BEA, ROOM_1}
    assert PARIS not in touched(clinic(), shut)


@pytest.mark.parametrize(
    "change",
    [
        data.location(name="La Belle du Marais"),
        data.service(name="Classic"),
        data.service(offers=[data.offer(durations=[{"minutes": 30, "price": data.price("1.00")}])]),
        data.practitioner(ANA, name="Ana B.", skills=["swedish", "deep_tissue"]),
        data.room(ROOM_1, name="The quiet room"),
    ],
)
def test_for_a_new_name_or_price_no_diary_is_read(change: Any) -> None:
    assert touched(clinic(), changed(change)) == set()


def test_nor_for_what_was_not_there_before() -> None:
    lyon = data.an_id("lyon")
    room = data.room(data.an_id("in lyon"), location_id=lyon)
    new = (data.location(location_id=lyon), room, data.practitioner(data.an_id("Lou"), location_ids=[lyon]))
    assert touched(clinic(), changed(*new)) == set()
