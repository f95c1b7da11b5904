"""Equipment, places, alternating and one-off hours: what the catalog tells is what can be booked."""

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.domain.availability import slots
from booking.domain.clinic import Clinic
from booking.domain.ids import LocationId, ResourceId, ServiceId
from booking.domain.ranges import Range
from booking.domain.wish import Sought, wish
from booking.domain.zones import instant

from services.booking.tests.clinic_data import ANA, PARIS, SWEDISH, an_id, clinic, room, schedule, service, shift

PARIS_ZONE = ZoneInfo("Europe/Paris")
MONDAY = datetime(2026, 11, 23, tzinfo=PARIS_ZONE)
STONES_1, STONES_2 = sorted(an_id(each) for each in ("stones-1", "stones-2"))
NEEDS = [
    {"kind": "practitioner", "count": 1, "skill": "swedish"},
    {"kind": "room", "room_kind": "treatment", "capacity": 1, "count": 1},
]


def a_heater(resource_id: str, **changes: Any) -> Any:
    return room(resource_id, kind="equipment", room_kind=None, unit_kind="stone_heater", **changes)


def starts(here: Clinic, day: datetime, busy: dict[str, list[Range]] | None = None) -> list[str]:
    asked = wish(here, Sought(location_id=LocationId(PARIS), service_id=ServiceId(SWEDISH)))
    taken = {ResourceId(who): spans for who, spans in (busy or {}).items()}
    since, until = instant(day), instant(day + timedelta(days=1))
    found = slots(here, asked, since=since, until=until, busy=taken, now=None)
    return [f"{datetime.fromtimestamp(slot.start, UTC).astimezone(PARIS_ZONE):%H:%M}" for slot in found]


def test_a_service_that_needs_equipment_is_not_offered_where_there_is_none() -> None:
    needs = [*NEEDS, {"kind": "equipment", "unit_kind": "stone_heater", "count": 1}]
    assert starts(clinic(service(requirements=needs)), MONDAY) == []
    assert starts(clinic(service(requirements=needs), a_heater(STONES_1)), MONDAY)[0] == "10:00"
    of_another_kind = room(STONES_1, kind="place", room_kind=None, unit_kind="stone_heater")
    assert starts(clinic(service(requirements=needs), of_another_kind), MONDAY) == []


def test_two_units_are_both_claimed_and_one_that_is_taken_is_not_offered_again() -> None:
    needs = [*NEEDS, {"kind": "equipment", "unit_kind": "stone_heater", "count": 2}]
    here = clinic(service(requirements=needs), a_heater(STONES_1), a_heater(STONES_2))
    morning = (instant(MONDAY.replace(hour=10)), instant(MONDAY.replace(hour=12)))
    assert starts(here, MONDAY)[0] == "10:00"
    assert starts(here, MONDAY, {STONES_2: [morning]})[0] == "12:15"


def test_places_of_a_pool_are_claimed_one_by_one() -> None:
    needs = [*NEEDS, {"kind": "place", "unit_kind": "mat", "count": 1}]
    mats = [room(an_id(f"mat-{n}"), kind="place", room_kind=None, unit_kind="mat") for n in (1, 2)]
    here = clinic(service(requirements=needs), *mats)
    morning = (instant(MONDAY.replace(hour=10)), instant(MONDAY.replace(hour=12)))
    assert starts(here, MONDAY, {an_id("mat-1"): [morning]})[0] == "10:00"
    assert starts(here, MONDAY, {an_id("mat-1"): [morning], an_id("mat-2"): [morning]})[0] == "12:15"


def hours_of_ana(**hours: Any) -> Clinic:
    nobody_else = [schedule(an_id(each), weekly=[]) for each in ("first", "second", "third")]
    return clinic(*nobody_else, schedule(ANA, **hours))


def test_hours_of_every_second_week_are_offered_in_those_weeks_alone() -> None:
    alternating = [{**shift(0, "10:00", "12:00"), "every_weeks": 2, "from_week_of": "2026-11-23"}]
    here = hours_of_ana(weekly=[], alternating=alternating)
    found = [bool(starts(here, MONDAY + timedelta(weeks=week))) for week in range(4)]
    assert found == [True, False, True, False]


def test_one_off_hours_are_offered_on_their_day_alone() -> None:
    extra = {"location_id": PARIS, "date": "2026-11-29", "from": "10:00", "to": "12:00", "breaks": []}
    here = hours_of_ana(weekly=[], one_off=[extra])
    sunday = MONDAY + timedelta(days=6)
    assert starts(here, sunday) == ["10:00", "10:15", "10:30", "10:45", "11:00"]
    assert starts(here, sunday + timedelta(days=7)) == []


def test_nobody_is_offered_beyond_what_their_hands_can_take() -> None:
    here = hours_of_ana(weekly=[shift(0, "10:00", "18:00")], daily_hands_on_minutes=120)
    assert starts(here, MONDAY)[-1] == "11:00"
