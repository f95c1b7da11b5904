"""A practitioner's day, as notifications asks for it: what stands, how little it says of guests, and where."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from booking.application.days import DayAsked, days
from booking.domain.booking import CANCELLED
from booking.domain.guest import Guest
from booking.domain.ids import LocationId, PractitionerId
from booking.domain.party import KEPT_FREE, PartyGuest
from booking.views.feeds import day as view

from services.booking.tests.booking_data import NOON, NOW, a_booking, adding
from services.booking.tests.clinic_data import ANA, BEA, COUPLES, PARIS, ROOM_1, ROOM_2, ROOM_FOR_TWO, an_id, clinic
from services.booking.tests.fakes import Office, office

MIDNIGHT = NOON.replace(hour=0, minute=0) - timedelta(hours=1)  # in Paris, in winter


@pytest.fixture
def desk() -> Office:
    return office(clinic())


def ask(who: str = ANA, where: str = PARIS) -> DayAsked:
    return DayAsked(
        id=an_id("day"),
        practitioner_id=PractitionerId(who),
        location_id=LocationId(where),
        since=MIDNIGHT,
        until=MIDNIGHT + timedelta(days=1),
    )


def entries(desk: Office, who: str = ANA) -> list[dict[str, Any]]:
    (found,) = days([ask(who)], desk=desk.desk).values()
    told: list[dict[str, Any]] = view(found)["entries"]
    return told


def test_a_day_has_what_stands_by_start_with_rooms_initials_and_discreet_names(desk: Office) -> None:
    later = desk.bookings.transact(adding(a_booking(start=NOON + timedelta(hours=3))))
    sooner = desk.bookings.transact(adding(a_booking()))
    desk.bookings.transact(adding(a_booking(practitioner_ids=(BEA,)), BEA, ROOM_2))
    told = entries(desk)
    assert [each["booking_id"] for each in told] == [sooner.id, later.id]
    assert told[0]["rooms"] == [clinic().rooms[ROOM_1].name]  # type: ignore[index]
    assert (told[0]["guest"], told[0]["duration_minutes"]) == ("A. M.", 60)
    assert told[0]["service"] == clinic().services[sooner.service_id].discreet_name
    assert not any(secret in repr(told) for secret in ("Moreau", "ana@example.com", "99001234"))


def test_the_day_before_and_after_and_what_was_cancelled_are_not_in_it(desk: Office) -> None:
    for start in (NOON - timedelta(days=1), NOON + timedelta(days=1), MIDNIGHT - timedelta(minutes=10)):
        desk.bookings.transact(adding(a_booking(start=start)))
    gone = desk.bookings.transact(adding(a_booking()))

    def cancelling(transaction: Any) -> None:
        transaction.change(replace(gone, state=CANCELLED, cancelled_at=NOW))
        transaction.free(gone.id)

    desk.bookings.transact(cancelling)
    assert entries(desk) == []


def test_of_a_couple_each_reads_of_the_guest_whom_they_treat(desk: Office) -> None:
    def half(who: str, minutes: int, **changes: Any) -> PartyGuest:
        plain = PartyGuest(
            guest=None,
            practitioner_id=PractitionerId(who),
            duration_minutes=minutes,
            minutes=minutes,
            add_on_ids=(),
            price=a_booking().price,
            screening=None,
        )
        return replace(plain, **changes)

    other = Guest(name="Léo Roux", email=None, phone=None, phone_typed=None, locale=None, zone=None)
    for start, state in ((NOON, "coming"), (NOON + timedelta(hours=3), KEPT_FREE)):
        guests = (half(ANA, 60), half(BEA, 90, guest=other, state=state))
        made = a_booking(start=start, minutes=90, service_id=COUPLES, practitioner_ids=(ANA, BEA), guests=guests)
        desk.bookings.transact(adding(made, ANA, BEA, ROOM_FOR_TWO))
    assert [(each["guest"], each["duration_minutes"]) for each in entries(desk)] == [("A. M.", 60), ("A. M.", 60)]
    assert [(each["guest"], each["duration_minutes"]) for each in entries(desk, BEA)] == [("L. R.", 90), ("", 90)]


def test_days_of_nobody_and_of_nowhere_are_left_out(desk: Office) -> None:
    asked = [ask(an_id("nobody")), ask(where=an_id("nowhere"))]
    assert days(asked, desk=desk.desk) == {}
