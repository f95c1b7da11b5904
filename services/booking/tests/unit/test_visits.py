"""Several services in one visit: one after another, or at once; all of them or nothing."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import product
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.access import GuestAccess
from booking.application.book import Book, book
from booking.application.book_several import BookedSeries
from booking.application.book_visit import BookVisit, VisitPart, book_visit
from booking.application.cancel import cancel
from booking.application.hold import hold
from booking.application.plan_visit import VisitSought, find_visits
from booking.application.ports import Idempotency
from booking.application.repair_series import propose
from booking.application.reschedule import To, reschedule
from booking.application.show_series import SeriesAccess, cancel_series, see_series
from booking.domain.booking import CANCELLED, CONFIRMED, Booking, Claim, manage_token
from booking.domain.errors import Refused
from booking.domain.events import BOOKED
from booking.domain.guest import Contact
from booking.domain.screening import Answers
from booking.domain.together import AT_ONCE, LONGEST_WAIT, ONE_AFTER_ANOTHER, Placed
from booking.domain.wish import Sought
from booking.domain.zones import instant, utc
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    DEEP,
    PARIS,
    ROOM_1,
    ROOM_2,
    SWEDISH,
    THERAPY,
    clinic,
    offer,
    schedule,
    service,
    shift,
)
from services.booking.tests.fakes import Office, office

ZONE = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)  # it is Monday, 09:00
SWEDISH_60 = Sought(location_id=PARIS, service_id=SWEDISH)
DEEP_60 = Sought(location_id=PARIS, service_id=DEEP)
CONTACT = Contact(name="Ana Moreau", email="ana@example.com")
CLEAR = Answers(version=3, all_clear=True)
KEY = Idempotency(scope="scope", key="key", body_hash="body")
ONLY_ANA = ("practitioner", BEA), ("practitioner", CLEO), ("schedule", BEA), ("schedule", CLEO)
HALF_PAST = {"start_grid_minutes": 30}


def sought(*parts: Sought, arrangement: str = ONE_AFTER_ANOTHER) -> VisitSought:
    return VisitSought(location_id=PARIS, arrangement=arrangement, parts=parts)


def found(here: Office, wanted: VisitSought, since: datetime = TUESDAY, **span: float) -> list[tuple[Placed, ...]]:
    until = since + timedelta(**(span or {"minutes": 1}))
    return list(find_visits(wanted, since=since, until=until, desk=here.desk).found)


def visit(here: Office, *parts: VisitPart, arrangement: str = ONE_AFTER_ANOTHER, **changes: Any) -> BookedSeries:
    command = BookVisit(
        location_id=PARIS, arrangement=arrangement, start=TUESDAY, parts=parts or TWO_PARTS, contact=CONTACT
    )
    return book_visit(replace(command, **changes), desk=here.desk)


TWO_PARTS = VisitPart(sought=SWEDISH_60), VisitPart(sought=DEEP_60, screening=CLEAR)
TWO_GUESTS = VisitPart(sought=SWEDISH_60), VisitPart(sought=SWEDISH_60, name="Luc Moreau")


def taken(here: Office, start: datetime, practitioner_id: str, minutes: int = 60) -> Booking:
    wanted = replace(SWEDISH_60, practitioner_id=practitioner_id, duration_minutes=minutes)
    held = hold(wanted, start=start, desk=here.desk)
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=CONTACT), desk=here.desk).booking


def times(placed: tuple[Placed, ...]) -> list[str]:
    return [utc(each.start).astimezone(ZONE).strftime("%H:%M") for each in placed]


def in_order(made: BookedSeries) -> list[Booking]:
    return [made.bookings[each.booking_id] for each in made.series.sessions if each.booking_id is not None]


def test_other_hands_follow_at_once_and_the_same_hands_when_all_is_ready() -> None:
    assert times(*found(office(clinic()), sought(SWEDISH_60, DEEP_60))) == ["10:00", "11:00"]
    alone = office(clinic(without=ONLY_ANA))
    assert times(*found(alone, sought(SWEDISH_60, DEEP_60))) == ["10:00", "11:15"]  # 10 to clean up, 5 to set up
    assert times(*found(alone, sought(SWEDISH_60, DEEP_60, SWEDISH_60))) == ["10:00", "11:15", "12:30"]


def test_at_once_needs_hands_and_rooms_for_each() -> None:
    together = sought(SWEDISH_60, SWEDISH_60, arrangement=AT_ONCE)
    [(one, other)] = found(office(clinic()), together)
    assert one.start == other.start == instant(TUESDAY)
    assert len({*one.resource_ids, *other.resource_ids}) == 4
    assert found(office(clinic(without=ONLY_ANA)), together) == []
    assert found(office(clinic(without=[("resource", ROOM_2)])), together) == []


def test_who_alone_can_give_the_other_part_is_left_for_it() -> None:
    here = office(clinic())  # Ana alone gives deep tissue, and comes first by id or not
    for parts in ((SWEDISH_60, DEEP_60), (DEEP_60, SWEDISH_60)):
        [placed] = found(here, sought(*parts, arrangement=AT_ONCE))
        deep = placed[parts.index(DEEP_60)]
        assert ANA in deep.resource_ids


def test_nobody_waits_longer_than_half_an_hour() -> None:
    here = office(clinic(without=ONLY_ANA))
    taken(here, TUESDAY + timedelta(minutes=75), ANA)
    assert found(here, sought(SWEDISH_60, DEEP_60)) == []
    [placed] = found(here, sought(SWEDISH_60, DEEP_60), TUESDAY + timedelta(minutes=150))
    assert times(placed) == ["12:30", "13:45"]


def test_a_later_part_keeps_its_own_notice() -> None:
    in_a_week = service(DEEP, name="Deep", requirements=[{"kind": "practitioner", "count": 1, "skill": "deep_tissue"}])
    in_a_week["data"]["offers"] = [offer(minimum_notice_minutes=7 * 24 * 60)]
    assert found(office(clinic(in_a_week)), sought(SWEDISH_60, DEEP_60)) == []


def test_what_is_held_counts_as_taken() -> None:
    here = office(clinic(without=ONLY_ANA))
    held = hold(DEEP_60, start=TUESDAY + timedelta(minutes=75), desk=here.desk)
    assert found(here, sought(SWEDISH_60, DEEP_60)) == []
    here.clock.advance(minutes=10)
    assert held.hold.expires_at <= instant(here.clock.now())
    assert found(here, sought(SWEDISH_60, DEEP_60)) != []


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (sought(SWEDISH_60), "invalid_request"),
        (sought(*[SWEDISH_60] * 5), "invalid_request"),
        (sought(SWEDISH_60, replace(SWEDISH_60, service_id=COUPLES)), "party_size"),
        (sought(SWEDISH_60, replace(SWEDISH_60, service_id=THERAPY)), "by_phone_only"),
        (sought(SWEDISH_60, replace(SWEDISH_60, service_id="nothing")), "unknown_service"),
        (sought(SWEDISH_60, replace(SWEDISH_60, duration_minutes=7)), "duration_not_offered"),
    ],
)
def test_what_cannot_be_a_visit_is_refused_by_name(wanted: VisitSought, code: str) -> None:
    with pytest.raises(Refused) as refused:
        found(office(clinic()), wanted)
    assert refused.value.code == code


def test_a_range_of_more_than_two_weeks_or_none_is_refused() -> None:
    here = office(clinic())
    for span, code in (({"days": 15}, "range_too_wide"), ({"days": -1}, "range_inverted")):
        with pytest.raises(Refused, match=code):
            found(here, sought(SWEDISH_60, DEEP_60), **span)


def test_physical_therapy_for_several_at_once_is_arranged_by_phone() -> None:
    therapy = service(SWEDISH, name="Session", modality="physical_therapy")
    with pytest.raises(Refused, match="by_phone_only"):
        found(office(clinic(therapy)), sought(SWEDISH_60, SWEDISH_60, arrangement=AT_ONCE))


def test_what_was_looked_for_in_vain_is_counted() -> None:
    here = office(clinic(without=ONLY_ANA))
    assert found(here, sought(SWEDISH_60, SWEDISH_60, arrangement=AT_ONCE)) == []
    assert here.demand.counted == [(PARIS, SWEDISH)]


# --- booking ---


def test_each_part_becomes_a_booking_and_all_of_them_one_wish() -> None:
    here = office(clinic())
    made = visit(here)
    first, second = in_order(made)
    assert (first.start, second.start) == (TUESDAY, TUESDAY + timedelta(hours=1))
    assert {each.state for each in made.bookings.values()} == {CONFIRMED}
    assert made.series.arrangement == ONE_AFTER_ANOTHER
    told = [each for each in here.bookings.told if each.name == BOOKED]
    assert [(each.booking.id, each.series_id) for each in told] == [
        (first.id, made.series.id), (second.id, made.series.id)
    ]  # fmt: skip
    assert second.screening == CLEAR


def test_at_once_each_guest_has_their_own_booking_and_whoever_books_is_written_to() -> None:
    made = visit(office(clinic()), *TWO_GUESTS, arrangement=AT_ONCE)
    one, other = in_order(made)
    assert one.start == other.start
    assert (one.guest.name, other.guest.name) == ("Ana Moreau", "Luc Moreau")
    assert other.guest.email == CONTACT.email


def test_the_same_key_makes_one_visit_and_another_body_is_refused() -> None:
    here = office(clinic())
    made = visit(here, idempotency=KEY)
    again = visit(here, idempotency=KEY)
    assert again.replayed
    assert again.bookings == made.bookings
    with pytest.raises(Refused, match="idempotency_key_reused"):
        visit(here, idempotency=replace(KEY, body_hash="other"))


def test_every_part_asks_its_own_safety_questions_and_nothing_is_booked_without() -> None:
    here = office(clinic())
    with pytest.raises(Refused) as refused:
        visit(here, TWO_PARTS[0], replace(TWO_PARTS[1], screening=None))
    assert (refused.value.code, refused.value.extra["part"]) == ("screening_required", 2)
    with pytest.raises(Refused, match="clearance_needed"):
        visit(here, TWO_PARTS[0], replace(TWO_PARTS[1], screening=replace(CLEAR, all_clear=False)))
    assert here.bookings.truth.bookings == {}
    assert here.bookings.truth.series == {}


@pytest.mark.parametrize(
    ("parts", "arrangement"),
    [
        ((TWO_GUESTS[0], replace(TWO_GUESTS[1], name=None)), AT_ONCE),
        ((replace(TWO_GUESTS[0], name="Luc"), TWO_GUESTS[1]), AT_ONCE),
        ((TWO_PARTS[0], replace(TWO_PARTS[1], name="Luc")), ONE_AFTER_ANOTHER),
    ],
)
def test_it_must_be_clear_who_comes(parts: tuple[VisitPart, ...], arrangement: str) -> None:
    with pytest.raises(Refused, match="invalid_request"):
        visit(office(clinic()), *parts, arrangement=arrangement)


def test_a_time_that_is_gone_comes_with_the_nearest_and_one_that_never_was_too() -> None:
    here = office(clinic(without=ONLY_ANA))
    taken(here, TUESDAY, ANA)
    with pytest.raises(Refused) as refused:
        visit(here)
    assert refused.value.code == "slot_taken"
    nearest = refused.value.extra["alternatives"]
    assert TUESDAY + timedelta(minutes=75) in [each["start"] for each in nearest]  # type: ignore[union-attr]
    with pytest.raises(Refused) as refused:
        visit(here, start=TUESDAY + timedelta(minutes=7))
    assert refused.value.code == "not_a_start"
    assert refused.value.extra["nearest"]


def test_where_the_days_next_to_it_have_none_the_week_after_is_looked_through() -> None:
    on_tuesdays = schedule(ANA, weekly=[shift(1, "10:00", "12:30")])
    here = office(clinic(on_tuesdays, without=ONLY_ANA))
    taken(here, TUESDAY, ANA)
    with pytest.raises(Refused) as refused:
        visit(here)
    assert TUESDAY + timedelta(days=7) in [each["start"] for each in refused.value.extra["alternatives"]]  # type: ignore[union-attr]


def test_without_the_memory_of_holds_the_database_decides() -> None:
    here = office(clinic())
    with here.holds_away():
        assert len(visit(here).bookings) == 2


def test_a_visit_is_seen_and_cancelled_as_a_series_and_keeps_no_rhythm() -> None:
    here = office(clinic())
    made = visit(here)
    opens = SeriesAccess(series_id=made.series.id, token=made.token)
    assert see_series(opens, desk=here.desk).series.arrangement == ONE_AFTER_ANOTHER
    gone = cancel_series(opens, accept_fee=False, desk=here.desk)
    assert {each.state for each in gone.bookings.values()} == {CANCELLED}
    with pytest.raises(Refused, match="no_rhythm"):
        propose(opens, 1, desk=here.desk)


def test_a_later_part_follows_until_nothing_stands_before_it_that_day() -> None:
    here = office(clinic())
    first, second = in_order(visit(here))
    following = here.desk.series.following
    assert following([first.id, second.id]) == {second.id}
    access = GuestAccess(booking_id=first.id, token=manage_token(first.id, 1, here.desk.manage_key))
    reschedule(access, To(start=TUESDAY + timedelta(days=1)), desk=here.desk)
    assert following([first.id, second.id]) == set()
    cancel(access, accept_fee=False, desk=here.desk)
    assert following([second.id]) == set()


# --- against trying everything ---

MINUTES = st.integers(min_value=0, max_value=32).map(lambda quarters: quarters * 15)
BUSY = st.lists(st.tuples(st.sampled_from([ANA, BEA, CLEO, ROOM_1, ROOM_2]), MINUTES), max_size=8)
PART = st.sampled_from(
    [SWEDISH_60, DEEP_60, replace(SWEDISH_60, duration_minutes=90), replace(DEEP_60, practitioner_id=ANA)]
)
SKILLED = {SWEDISH: [ANA, BEA, CLEO], DEEP: [ANA]}
OPEN, CLOSES = TUESDAY, TUESDAY.replace(hour=18)


@settings(max_examples=80, deadline=None)
@given(
    busy=BUSY, parts=st.lists(PART, min_size=2, max_size=3), arrangement=st.sampled_from([ONE_AFTER_ANOTHER, AT_ONCE])
)
def test_a_visit_is_found_if_and_only_if_trying_everything_finds_one(
    busy: list[tuple[str, int]], parts: list[Sought], arrangement: str
) -> None:
    here = office(clinic())
    blocked = [(who, OPEN + timedelta(minutes=at), OPEN + timedelta(minutes=at + 45)) for who, at in busy]
    claims = [Claim(resource_id=who, during=(instant(since), instant(until))) for who, since, until in blocked]
    here.bookings.truth.allocate("a block", claims)
    got = {utc(each[0].start) for each in found(here, sought(*parts, arrangement=arrangement), OPEN, hours=8)}
    starts = [OPEN + timedelta(minutes=15 * quarter) for quarter in range(32)]
    tried = {start for start in starts if any(_all_ways(parts, arrangement, start, blocked))}
    assert got == tried


Taken = tuple[str, datetime, datetime]


def _all_ways(parts: list[Sought], arrangement: str, start: datetime, blocked: list[Taken]) -> Iterator[bool]:
    if not parts:
        yield True
        return
    first, *others = parts
    length = timedelta(minutes=first.duration_minutes or 60)
    end = start + length
    if start < OPEN or end > CLOSES:
        return
    hands = [first.practitioner_id] if first.practitioner_id else SKILLED[first.service_id]
    claim = start - timedelta(minutes=5), end + timedelta(minutes=10)
    for who, room in product(hands, (ROOM_1, ROOM_2)):
        if any(each in {who, room} and since < claim[1] and claim[0] < until for each, since, until in blocked):
            continue
        taken_then = [*blocked, (who, *claim), (room, *claim)]
        quarters = [start] if arrangement == AT_ONCE else _quarters_from(end)
        for following in quarters:
            if any(_all_ways(others, arrangement, following, taken_then)):
                yield True
                return


def _quarters_from(end: datetime) -> list[datetime]:
    return [end + timedelta(minutes=wait) for wait in range(0, LONGEST_WAIT // 60 + 1, 15)]
