from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.domain.availability import is_a_start, slots, still_serves
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.wish import Sought, Wish, check_start, wish
from booking.domain.zones import instant
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    DEEP,
    GYM,
    PARIS,
    PAUL,
    PHONE,
    ROOM_1,
    ROOM_2,
    ROOM_FOR_TWO,
    SWEDISH,
    THERAPY,
    an_id,
    clinic,
    location,
    offer,
    practitioner,
    room,
    schedule,
    service,
    shift,
)

ZONE = ZoneInfo("Europe/Paris")
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)  # Monday, 09:00 in Paris
MONDAY = datetime(2026, 11, 23, tzinfo=ZONE)
TUESDAY = datetime(2026, 11, 24, tzinfo=ZONE)


def asked_of(place: Clinic, service_id: str = SWEDISH, **options: Any) -> Wish:
    return wish(place, Sought(location_id=PARIS, service_id=service_id, **options))


def found(
    place: Clinic,
    since: datetime = TUESDAY,
    *,
    days: float = 1,
    busy: dict[str, list[tuple[datetime, datetime]]] | None = None,
    now: datetime = NOW,
    **options: Any,
) -> list[Any]:
    taken = {who: [(instant(a), instant(b)) for a, b in spans] for who, spans in (busy or {}).items()}
    window = instant(since), instant(since.astimezone(UTC) + timedelta(days=days))
    asked = asked_of(place, **options)
    return slots(place, asked, since=window[0], until=window[1], busy=taken, now=instant(now))


def clock_times(found_slots: list[Any], zone: ZoneInfo = ZONE) -> list[str]:
    return [datetime.fromtimestamp(slot.start, zone).strftime("%H:%M") for slot in found_slots]


def at(hour: int, minute: int = 0, day: datetime = TUESDAY) -> datetime:
    return day.replace(hour=hour, minute=minute)


def test_a_free_day_is_offered_on_the_grid_from_the_first_to_the_last_start_that_fits() -> None:
    starts = clock_times(found(clinic()))
    assert (starts[0], starts[1], starts[-1]) == ("10:00", "10:15", "17:00")
    assert len(starts) == 29


def test_every_practitioner_who_could_serve_is_named() -> None:
    assert found(clinic())[0].practitioner_ids == (ANA, BEA, CLEO)
    assert found(clinic(), service_id=DEEP)[0].practitioner_ids == (ANA,)


def test_hours_are_cut_by_opening_hours_breaks_time_off_and_closures() -> None:
    late = location(opening_hours=[{"weekday": day, "from": "11:00", "to": "21:00"} for day in range(7)])
    assert clock_times(found(clinic(late)))[0] == "11:00"
    lunch = [shift(1, "10:00", "18:00", breaks=[{"from": "12:30", "to": "13:15"}])]
    starts = clock_times(found(clinic(schedule(ANA, weekly=lunch)), practitioner_id=ANA))
    assert "11:30" in starts
    assert "11:45" not in starts
    assert "13:15" in starts
    off = schedule(ANA, time_off=[{"from": "2026-11-24T09:00:00Z", "to": "2026-11-24T11:20:00Z"}])
    assert clock_times(found(clinic(off), practitioner_id=ANA))[0] == "12:30"
    closed = location(closures=[{"from_date": "2026-11-24", "to_date": "2026-11-24", "reason": "works"}])
    assert found(clinic(closed)) == []
    assert len(found(clinic(closed), days=2)) == 29


def test_a_shift_past_midnight_is_offered_into_the_next_day_within_hours_that_run_so_late() -> None:
    late = location(opening_hours=[{"weekday": 1, "from": "18:00", "to": "02:00"}])
    night = schedule(ANA, weekly=[shift(1, "22:00", "03:00", breaks=[{"from": "00:00", "to": "00:15"}])])
    place = clinic(late, night)
    assert clock_times(found(place, practitioner_id=ANA, days=2)) == [
        "22:00", "22:15", "22:30", "22:45", "23:00", "00:15", "00:30", "00:45", "01:00"
    ]  # fmt: skip
    after_midnight = found(place, TUESDAY + timedelta(days=1), practitioner_id=ANA)
    assert clock_times(after_midnight) == ["00:15", "00:30", "00:45", "01:00"]


def test_a_closure_ends_the_night_that_begins_on_it_and_not_the_one_before() -> None:
    nights = [{"weekday": day, "from": "18:00", "to": "02:00"} for day in range(7)]
    closed = [{"from_date": "2026-11-25", "to_date": "2026-11-25", "reason": "works"}]
    late = schedule(ANA, weekly=[shift(day, "22:00", "02:00") for day in range(7)])
    place = clinic(location(opening_hours=nights, closures=closed), late)
    assert clock_times(found(place, TUESDAY + timedelta(days=1), practitioner_id=ANA, days=1))[-1] == "01:00"
    assert found(place, TUESDAY + timedelta(days=1, hours=2), practitioner_id=ANA, days=0.9) == []


def test_a_booking_blocks_its_range_and_the_buffers_of_its_neighbours() -> None:
    busy = {ANA: [(at(11, 55), at(13, 10))]}  # 12:00 to 13:00 with buffers
    starts = clock_times(found(clinic(), busy=busy, practitioner_id=ANA))
    assert "10:45" in starts  # ends 11:45, clean at 11:55
    assert not {"11:00", "12:00", "13:00"} & set(starts)
    assert "13:15" in starts  # set up from 13:10


def test_without_a_free_room_nobody_can_serve() -> None:
    busy = {ROOM_1: [(at(9), at(21))], ROOM_2: [(at(9), at(14))]}
    starts = clock_times(found(clinic(), busy=busy))
    assert starts[0] == "14:15"


def test_a_couple_needs_two_therapists_and_the_room_for_two_at_once() -> None:
    busy = {ANA: [(at(9), at(13))], BEA: [(at(9), at(12))], ROOM_FOR_TWO: [(at(15), at(16))]}
    options = found(clinic(), busy=busy, service_id=COUPLES)
    starts = clock_times(options)
    assert starts[0] == "12:15"
    assert options[0].practitioner_ids == (BEA, CLEO)
    assert not {"14:00", "15:00"} & set(starts)
    with_ana = found(clinic(), busy=busy, service_id=COUPLES, practitioner_id=ANA)
    assert clock_times(with_ana)[0] == "13:15"


def test_notice_and_horizon_limit_what_is_offered() -> None:
    today = found(clinic(), MONDAY)
    assert clock_times(today)[0] == "11:00"  # it is 09:00, two hours' notice
    far = clinic(service(offers=[offer(horizon_days=1)]))
    assert len(found(far, TUESDAY, days=5)) == 29
    assert found(far, TUESDAY + timedelta(days=1), days=5) == []


def test_both_passages_of_the_autumn_hour_are_offered_and_none_in_the_spring_gap() -> None:
    nights = location(opening_hours=[{"weekday": day, "from": "00:00", "to": "00:00"} for day in range(7)])
    watch = schedule(ANA, weekly=[shift(6, "00:00", "06:00")])
    hourly = service(offers=[offer(start_grid_minutes=60, horizon_days=400)])
    place = clinic(nights, watch, hourly)
    autumn = found(place, datetime(2027, 10, 31, tzinfo=ZONE), practitioner_id=ANA)
    assert [datetime.fromtimestamp(slot.start, ZONE).strftime("%H:%M%z") for slot in autumn][1:5] == [
        "01:00+0200", "02:00+0200", "02:00+0100", "03:00+0100"
    ]  # fmt: skip
    spring = found(place, datetime(2027, 3, 28, tzinfo=ZONE), practitioner_id=ANA)
    assert clock_times(spring) == ["00:00", "01:00", "03:00", "04:00", "05:00"]
    assert all(slot.end - slot.start == 3600 for slot in [*autumn, *spring])


def test_a_licence_ends_physical_therapy_with_its_last_day() -> None:
    therapist = practitioner(
        PAUL, skills=["therapy"], licence={"number": "1", "region": "FR", "expires_on": "2026-11-24"}
    )
    session = service(
        THERAPY,
        modality="physical_therapy",
        requirements=[
            {"kind": "practitioner", "count": 1, "skill": "therapy"},
            {"kind": "room", "room_kind": "gym", "capacity": 1, "count": 1},
        ],
    )
    place = clinic(therapist, session, schedule(PAUL), room(GYM, room_kind="gym"))
    assert len(found(place, service_id=THERAPY, days=3)) == 29
    abroad = practitioner(PAUL, skills=["therapy"], licence={"number": "1", "region": "CA", "expires_on": "2030-01-01"})
    assert found(clinic(abroad, session, schedule(PAUL), room(GYM, room_kind="gym")), service_id=THERAPY) == []


def test_a_massage_too_may_ask_for_a_licence_in_the_region_or_in_all_of_its_country() -> None:
    requirements = [{"kind": "practitioner", "count": 1, "skill": "swedish", "licensed": True}]
    place = [location(region="US-NY"), service(requirements=requirements)]
    assert found(clinic(*place)) == []

    def offered(*licences: tuple[str, str]) -> int:
        held = [{"number": "1", "region": region, "expires_on": until} for region, until in licences]
        return len(found(clinic(*place, practitioner(ANA, licence=held[0], licences=held)), days=3))

    assert offered(("US-CA", "2030-01-01")) == 0
    one_day = offered(("US-NY", "2026-11-24"))
    assert 0 < one_day < offered(("US", "2030-01-01"))
    assert offered(("US-CA", "2030-01-01"), ("US-NY", "2026-11-24")) == one_day
    assert offered(("US-NY", "2026-11-24"), ("US", "2030-01-01")) == offered(("US", "2030-01-01"))


def test_what_is_held_for_a_start_is_checked_against_the_present_hours() -> None:
    place, start = clinic(), instant(at(10))
    asked = asked_of(place)
    assert is_a_start(place, asked, start)
    assert not is_a_start(place, asked, start + 60)
    assert still_serves(place, asked, start, [ANA, ROOM_1])
    assert not still_serves(place, asked, start, [ANA])
    assert not still_serves(place, asked, start, [ANA, ROOM_FOR_TWO])
    assert not still_serves(place, asked, start, [ANA, BEA])
    away = clinic(schedule(ANA, time_off=[{"from": "2026-11-24T09:30:00Z", "to": "2026-11-24T09:31:00Z"}]))
    assert not still_serves(away, asked_of(away), start, [ANA, ROOM_1])


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"service_id": an_id("nothing")}, "unknown_service"),
        ({"service_id": THERAPY}, "by_phone_only"),
        ({"duration_minutes": 61}, "duration_not_offered"),
        ({"practitioner_id": an_id("nobody")}, "unknown_practitioner"),
        ({"service_id": DEEP, "practitioner_id": BEA}, "practitioner_cannot"),
    ],
)
def test_what_does_not_exist_or_is_not_offered_so_is_refused(options: dict[str, Any], code: str) -> None:
    with pytest.raises(Refused) as refusal:
        asked_of(clinic(), **options)
    assert refusal.value.code == code
    if code == "by_phone_only":
        assert refusal.value.extra == {"phone": PHONE}


def test_deleted_and_unoffered_things_are_unknown() -> None:
    for place in (clinic(location(deleted=True)), clinic(service(deleted=True)), clinic(service(offers=[]))):
        with pytest.raises(Refused, match=r"unknown_"):
            asked_of(place)
    assert found(clinic(practitioner(ANA, deleted=True)))[0].practitioner_ids == (BEA, CLEO)
    assert found(clinic(room(ROOM_1, deleted=True), room(ROOM_2, deleted=True))) == []


@pytest.mark.parametrize(
    ("start", "code"),
    [
        (NOW - timedelta(minutes=1), "in_the_past"),
        (NOW + timedelta(minutes=119), "too_soon"),
        (NOW + timedelta(days=92), "beyond_horizon"),
    ],
)
def test_a_start_outside_notice_and_horizon_is_refused(start: datetime, code: str) -> None:
    with pytest.raises(Refused) as refusal:
        check_start(asked_of(clinic()), instant(start), instant(NOW))
    assert refusal.value.code == code


def test_beside_whom_the_guest_wants_only_those_are_named_who_can_serve_with_them() -> None:
    """Found by the oracle: Bea and Cleo compete for one part, so who wants Bea can't have Cleo."""
    needs = [
        {"kind": "practitioner", "count": 1, "skill": "swedish"},
        {"kind": "practitioner", "count": 1, "skill": "deep_tissue"},
    ]
    place = clinic(
        service(requirements=needs),
        practitioner(BEA, name="Bea", skills=["deep_tissue"]),
        practitioner(CLEO, name="Cleo", skills=["deep_tissue"]),
        practitioner(ANA, name="Ana", skills=["swedish"]),
    )
    assert found(place)[0].practitioner_ids == (ANA, BEA, CLEO)
    assert found(place, practitioner_id=BEA)[0].practitioner_ids == (ANA, BEA)


SPANS = st.lists(
    st.tuples(st.integers(0, 2 * 288), st.integers(1, 60)).map(lambda pair: (pair[0] * 5, (pair[0] + pair[1]) * 5)),
    max_size=6,
)


@settings(max_examples=80, deadline=None)
@given(
    day=st.sampled_from([TUESDAY, datetime(2026, 10, 25, tzinfo=ZONE), datetime(2027, 3, 28, tzinfo=ZONE)]),
    busy=st.fixed_dictionaries(dict.fromkeys((ANA, BEA, ROOM_1, ROOM_2), SPANS)),
    hours=st.tuples(st.integers(0, 23), st.integers(0, 23)),
    buffers=st.tuples(st.sampled_from([0, 5, 20]), st.sampled_from([0, 10, 30])),
)
def test_slots_are_what_a_brute_force_search_finds(
    day: datetime, busy: dict[str, list[tuple[int, int]]], hours: tuple[int, int], buffers: tuple[int, int]
) -> None:
    """The oracle asks each minute of each treatment whether the wall clock is within hours, and compares every pair."""
    base = instant(day)
    taken = {who: [(base + 60 * a, base + 60 * b) for a, b in spans] for who, spans in busy.items()}
    always = location(opening_hours=[{"weekday": each, "from": "00:00", "to": "00:00"} for each in range(7)])
    worked = f"{hours[0]:02}:00", f"{hours[1]:02}:00"
    place = clinic(
        always,
        service(set_up_minutes=buffers[0], clean_up_minutes=buffers[1], offers=[offer(start_grid_minutes=30)]),
        *(schedule(who, weekly=[shift(each, *worked) for each in range(7)]) for who in (ANA, BEA)),
        schedule(CLEO, weekly=[]),
    )
    asked = asked_of(place)
    offered = {
        slot.start: slot.practitioner_ids
        for slot in slots(place, asked, since=base, until=base + 86_400, busy=taken, now=None)
    }

    def works_at(moment: int) -> bool:
        shown = datetime.fromtimestamp(moment, ZONE).hour
        return hours[0] <= shown < hours[1] if hours[0] < hours[1] else shown >= hours[0] or shown < hours[1]

    def free(who: str, start: int) -> bool:
        since, until = start - 60 * buffers[0], start + 3600 + 60 * buffers[1]
        return all(b <= since or until <= a for a, b in taken.get(who, ()))

    expected = {}
    for start in range(base, base + 86_400, 60):
        if datetime.fromtimestamp(start, ZONE).minute % 30:
            continue
        at_work = all(works_at(moment) for moment in range(start, start + 3600, 60))
        able = tuple(who for who in (ANA, BEA) if at_work and free(who, start))
        if able and any(free(each, start) for each in (ROOM_1, ROOM_2)):
            expected[start] = able
    assert offered == expected
