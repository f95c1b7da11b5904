"""Search by time first: what can be had tonight, and what else where nothing can."""

from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.book import Book, Companion, book
from booking.application.by_time import ByTime, FoundByTime, find_by_time
from booking.application.hold import hold
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.wish import Sought
from booking.domain.zones import utc

from services.booking.tests.clinic_data import (
    ANA,
    COUPLES,
    DEEP,
    PARIS,
    ROOM_FOR_TWO,
    SWEDISH,
    an_id,
    clinic,
    entities,
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
FOUR = datetime(2026, 11, 24, 16, 0, tzinfo=ZONE)  # a Tuesday; it is Monday, 09:00; they work until 18:00
LYON = an_id("lyon")


def found(here: Office, guests: int = 1, since: datetime = FOUR, hours: float = 8, **more: Any) -> FoundByTime:
    asked = ByTime(location_id=PARIS, guests=guests, **more)
    return find_by_time(asked, since=since, until=since + timedelta(hours=hours), desk=here.desk)


def by_service(offered: Any) -> dict[str, list[str]]:
    return {
        each.asked.service.id: [utc(slot.start).astimezone(ZONE).strftime("%H:%M") for slot in each.slots]
        for each in offered
    }


def taken_for_two(here: Office, start: datetime) -> None:
    held = hold(Sought(location_id=PARIS, service_id=COUPLES), start=start, desk=here.desk)
    contact = Contact(name="Ana", email="ana@example.com")
    companion = Companion(contact=Contact(name="Luc"))
    book(Book(hold_id=held.hold.id, hold_token=held.token, contact=contact, companions=(companion,)), desk=here.desk)


def lyon() -> list[dict[str, Any]]:
    """Another branch with a room for two and people of its own."""
    works = [shift(day, "10:00", "18:00", location_id=LYON) for day in range(7)]
    couples = next(each for each in entities() if each["data"].get("service_id") == COUPLES)
    couples["data"]["offers"] = [offer(), offer(location_id=LYON)]
    return [
        location(location_id=LYON, name="La Belle Lyon"),
        couples,
        *[practitioner(an_id(f"lyon {at}"), location_ids=[LYON]) for at in range(2)],
        *[schedule(an_id(f"lyon {at}"), weekly=works) for at in range(2)],
        room(an_id("lyon room"), location_id=LYON, room_kind="couples", capacity=2),
    ]


def test_everything_that_one_guest_can_have_is_listed_at_its_shortest() -> None:
    tonight = found(office(clinic()))
    quarters = ["16:00", "16:15", "16:30", "16:45", "17:00"]
    assert by_service(tonight.offered) == {SWEDISH: quarters, DEEP: quarters}
    assert {each.asked.minutes for each in tonight.offered} == {60}
    assert tonight.instead is None


def test_two_are_offered_what_is_for_two() -> None:
    assert set(by_service(found(office(clinic()), guests=2).offered)) == {COUPLES}


def test_what_is_booked_by_phone_is_not_listed_nor_what_another_trade_gives() -> None:
    by_phone = service(DEEP, name="Deep", offers=[offer(channel="phone")])
    assert set(by_service(found(office(clinic(by_phone))).offered)) == {SWEDISH}
    assert found(office(clinic()), modality="physical_therapy").offered == []


def test_where_the_room_for_two_is_taken_two_rooms_at_once_are_offered_and_the_waitlist() -> None:
    here = office(clinic(without=[("resource", ROOM_FOR_TWO)]))
    tonight = found(here, guests=2)
    assert tonight.offered == []
    assert tonight.instead is not None
    assert tonight.instead.elsewhere == []
    [swedish] = tonight.instead.at_once  # deep tissue is given by Ana alone
    assert {each.service.id for each in swedish.asked} == {SWEDISH}
    assert len(swedish.found) == 5
    assert tonight.instead.waitlist == [COUPLES]
    assert here.demand.counted == [(PARIS, COUPLES)]


def test_the_other_branch_is_offered_where_it_has_what_is_taken_here() -> None:
    here = office(clinic(*lyon()))
    taken_for_two(here, FOUR)
    tonight = found(here, guests=2, hours=1)
    assert tonight.instead is not None
    [elsewhere] = tonight.instead.elsewhere
    assert elsewhere.location.name == "La Belle Lyon"
    assert set(by_service(elsewhere.offered)) == {COUPLES}


def test_what_is_held_counts_and_without_the_memory_of_holds_the_rest_is_found() -> None:
    here = office(clinic())
    hold(Sought(location_id=PARIS, service_id=COUPLES), start=FOUR, desk=here.desk)
    assert "16:00" not in by_service(found(here, guests=2).offered).get(COUPLES, [])
    with here.holds_away():
        assert "16:00" in by_service(found(here, guests=2).offered)[COUPLES]


@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ({"guests": 0}, "invalid_request"),
        ({"guests": 50}, "invalid_request"),
        ({"hours": 25}, "range_too_wide"),
        ({"hours": -1}, "range_inverted"),
    ],
)
def test_what_cannot_be_searched_is_refused_by_name(asked: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refused:
        found(office(clinic()), **asked)
    assert refused.value.code == code


def test_a_branch_that_does_not_exist_is_refused() -> None:
    with pytest.raises(Refused, match="unknown_location"):
        find_by_time(
            ByTime(location_id=an_id("nowhere"), guests=1),
            since=FOUR,
            until=FOUR + timedelta(hours=1),
            desk=office(clinic()).desk,
        )


def test_the_last_night_of_a_practitioner_past_midnight_is_found() -> None:
    nights = schedule(ANA, weekly=[shift(1, "22:00", "02:00")])
    open_late = location(opening_hours=[{"weekday": 1, "from": "20:00", "to": "03:00"}])
    tonight = found(office(clinic(nights, open_late)), since=FOUR + timedelta(hours=6), hours=4)
    assert by_service(tonight.offered)[SWEDISH][-1] == "01:00"
