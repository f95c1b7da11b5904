"""Several sessions as one wish: planned by a cadence, booked all or nothing or as far as it goes, repaired."""

from dataclasses import replace
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.access import GuestAccess
from booking.application.book import Book, book
from booking.application.book_series import BookSeries, book_series
from booking.application.book_several import BookedSeries
from booking.application.cancel import cancel
from booking.application.hold import hold
from booking.application.plan_series import Wanted, plan_series
from booking.application.ports import Idempotency
from booking.application.repair_series import Repair, propose, repair
from booking.application.show_series import SeriesAccess, cancel_series, see_series
from booking.domain.booking import CANCELLED, CONFIRMED, Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.events import BOOKED
from booking.domain.guest import Contact
from booking.domain.screening import Answers
from booking.domain.series import ALL_OR_NOTHING, BEST_EFFORT, ONE_AFTER_ANOTHER, Cadence, Part
from booking.domain.wish import Sought
from booking.domain.zones import local, utc
from hypothesis import given, settings
from hypothesis import strategies as st

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    DEEP,
    PARIS,
    PAUL,
    SWEDISH,
    THERAPY,
    clinic,
    offer,
    practitioner,
    schedule,
    service,
    shift,
)
from services.booking.tests.fakes import Office, office

ZONE = ZoneInfo("Europe/Paris")
TUESDAY = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, duration_minutes=60, practitioner_id=ANA)
WEEKLY = Cadence(every_days=7)
CONTACT = Contact(name="Ana Moreau", email="ana@example.com")
TUESDAYS = [shift(1, "10:00", "13:00"), shift(2, "10:00", "11:00")]  # and an hour on Wednesdays


def a_clinic(*changes: Any) -> Any:
    return clinic(schedule(ANA, weekly=TUESDAYS), *changes)


def wanted(sessions: int = 4, **changes: Any) -> Wanted:
    asked = Wanted(
        location_id=PARIS, parts=(Part(sought=WITH_ANA, sessions=sessions),), cadence=WEEKLY, starting=TUESDAY
    )
    return replace(asked, **changes)


def series(here: Office, asked: Wanted | None = None, *, mode: str = ALL_OR_NOTHING, **changes: Any) -> BookedSeries:
    command = BookSeries(wanted=asked or wanted(), mode=mode, contact=CONTACT, screening={})
    return book_series(replace(command, **changes), desk=here.desk)


def taken(here: Office, start: datetime, sought: Sought = WITH_ANA) -> Booking:
    held = hold(sought, start=start, desk=here.desk)
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=CONTACT), desk=here.desk).booking


def opens(made: BookedSeries) -> SeriesAccess:
    return SeriesAccess(series_id=made.series.id, token=made.token)


def starts(made: BookedSeries) -> list[datetime]:
    return sorted(each.start for each in made.bookings.values())


def weeks(*numbers: int) -> list[datetime]:
    return [TUESDAY + timedelta(weeks=each) for each in numbers]


def cancelled(here: Office, booking: Booking) -> None:
    token = manage_token(booking.id, booking.generation, here.desk.manage_key)
    cancel(GuestAccess(booking_id=booking.id, token=token), accept_fee=True, desk=here.desk)


def refused(code: str) -> Any:
    return pytest.raises(Refused, match=f"^{code}: ")


def test_every_session_is_a_booking_of_its_own_at_the_same_time_of_the_week() -> None:
    here = office(a_clinic())
    made = series(here)
    assert starts(made) == weeks(0, 1, 2, 3)
    assert [each.name for each in here.bookings.told] == [BOOKED] * 4
    assert [each.booking_id for each in made.series.sessions] == list(made.bookings)
    assert not here.holds.taken([ANA], (0, 2**40)), "what was claimed for the booking is given up"


def test_the_wall_clock_is_kept_when_the_clocks_change() -> None:
    here = office(clinic(schedule(ANA, weekly=[shift(day, "09:00", "18:00") for day in range(7)])))
    here.clock.at = datetime(2027, 3, 1, 8, 0, tzinfo=ZONE)
    made = series(here, wanted(3, starting=datetime(2027, 3, 16, 10, 0, tzinfo=ZONE)))
    assert [each.astimezone(ZONE).hour for each in starts(made)] == [10, 10, 10]
    assert starts(made)[2] - starts(made)[1] == timedelta(days=7, hours=-1)
    assert starts(made)[1] - starts(made)[0] == timedelta(days=7)


def test_a_session_gives_way_within_the_tolerance() -> None:
    here = office(a_clinic())
    taken(here, TUESDAY + timedelta(weeks=1))
    made = series(here, wanted(cadence=replace(WEEKLY, within_minutes=90)))
    assert starts(made) == sorted([*weeks(0, 2, 3), TUESDAY + timedelta(weeks=1, minutes=75)])


def test_all_or_nothing_books_nothing_if_one_has_no_time_and_names_what_comes_nearest() -> None:
    here = office(a_clinic())
    taken(here, TUESDAY + timedelta(weeks=2))
    with refused("series_incomplete") as caught:
        series(here, wanted(cadence=replace(WEEKLY, within_minutes=0)))
    assert len(here.bookings.truth.bookings) == 1
    assert not here.bookings.truth.series
    (missing,) = caught.value.extra["sessions"]  # type: ignore[misc]
    assert missing["session"] == 3
    assert missing["alternatives"][0]["start"] > TUESDAY + timedelta(weeks=2)


def test_best_effort_books_the_others_and_leaves_that_place_open() -> None:
    here = office(a_clinic())
    taken(here, TUESDAY + timedelta(weeks=2))
    made = series(here, wanted(cadence=replace(WEEKLY, within_minutes=0)), mode=BEST_EFFORT)
    assert starts(made) == weeks(0, 1, 3)
    assert [each.booking_id is None for each in made.series.sessions] == [False, False, True, False]
    assert made.proposed[2].alternatives


def test_best_effort_that_finds_nothing_at_all_is_refused() -> None:
    here = office(clinic(schedule(ANA, weekly=[])))
    with refused("series_incomplete"):
        series(here, mode=BEST_EFFORT)
    assert not here.bookings.truth.series


def test_a_time_taken_between_plan_and_commit_is_planned_again() -> None:
    here = office(a_clinic())
    asked = wanted(cadence=replace(WEEKLY, within_minutes=90))

    def rival() -> None:
        here.calendar.after_looking = lambda: None
        taken(here, TUESDAY + timedelta(weeks=1))

    here.calendar.after_looking = rival
    made = series(here, asked)
    assert len(made.bookings) == 4
    assert TUESDAY + timedelta(weeks=1) not in starts(made)


def test_a_series_without_holds_is_booked_all_the_same() -> None:
    here = office(a_clinic())
    with here.holds_away():
        assert len(series(here).bookings) == 4


def test_the_same_key_makes_one_series_and_another_body_is_refused() -> None:
    here = office(a_clinic())
    key = Idempotency(scope="s", key="k", body_hash="b")
    made = series(here, idempotency=key)
    again = series(here, idempotency=key)
    assert (again.series, again.token, again.replayed) == (made.series, made.token, True)
    assert len(here.bookings.truth.bookings) == 4
    with refused("idempotency_key_reused"):
        series(here, idempotency=replace(key, body_hash="c"))


def test_each_service_asks_its_own_safety_questions() -> None:
    deep = Sought(location_id=PARIS, service_id=DEEP, duration_minutes=60)
    asked = wanted(parts=(Part(sought=WITH_ANA, sessions=1), Part(sought=deep, sessions=1)))
    here = office(a_clinic())
    with refused("screening_required"):
        series(here, asked)
    with refused("clearance_needed"):
        series(here, asked, screening={DEEP: Answers(version=3, all_clear=False)})
    assert not here.bookings.truth.bookings
    made = series(here, asked, screening={DEEP: Answers(version=3, all_clear=True)})
    assert [each.service_id for each in made.bookings.values()] == [SWEDISH, DEEP]
    assert [each.screening for each in made.bookings.values()] == [None, Answers(version=3, all_clear=True)]


def test_both_modalities_take_turns_or_follow_one_another() -> None:
    paul = practitioner(PAUL, skills=["evaluation"], licence={"region": "FR", "expires_on": "2030-12-31"})
    needed = [{"kind": "practitioner", "count": 1, "skill": "evaluation"}]
    check = service(THERAPY, modality="physical_therapy", requirements=needed, offers=[offer()])
    here = office(a_clinic(check, paul, schedule(PAUL)))
    recovery = Part(sought=Sought(location_id=PARIS, service_id=THERAPY), sessions=2)
    asked = wanted(parts=(recovery, Part(sought=WITH_ANA, sessions=3)))
    order = [each.session.sought.service_id for each in plan_series(asked, desk=here.desk).sessions]
    assert order == [THERAPY, SWEDISH, THERAPY, SWEDISH, SWEDISH]
    made = series(here, replace(asked, order=ONE_AFTER_ANOTHER))
    assert [each.service_id for each in made.bookings.values()] == [THERAPY] * 2 + [SWEDISH] * 3


@pytest.mark.parametrize("sessions", [0, 1, 31, 500])
def test_a_series_has_2_to_30_sessions(sessions: int) -> None:
    with refused("invalid_request") as caught:
        plan_series(wanted(sessions), desk=office(a_clinic()).desk)
    assert f"has {sessions}." in caught.value.fields[0].problem


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"every_days": 0}, "cadence.every"),
        ({"every_days": 57}, "cadence.every"),
        ({"within_days": 4}, "cadence.within_days"),
        ({"within_minutes": 721}, "cadence.within_minutes"),
        ({"weekdays": frozenset()}, "cadence.weekdays"),
        ({"weekdays": frozenset({7})}, "cadence.weekdays"),
    ],
)
def test_a_rhythm_that_cannot_be_kept_is_refused(changes: dict[str, Any], field: str) -> None:
    with refused("invalid_request") as caught:
        plan_series(wanted(cadence=replace(WEEKLY, **changes)), desk=office(a_clinic()).desk)
    assert [each.field for each in caught.value.fields] == [field]


def test_a_length_that_is_not_offered_is_refused() -> None:
    part = Part(sought=replace(WITH_ANA, duration_minutes=55), sessions=3)
    with refused("duration_not_offered"):
        plan_series(wanted(parts=(part,)), desk=office(a_clinic()).desk)


def test_it_may_pass_the_horizon_of_its_service_but_not_a_year() -> None:
    here = office(a_clinic())
    assert len(series(here, wanted(20)).bookings) == 20
    with refused("beyond_horizon"):
        plan_series(wanted(30, cadence=replace(WEEKLY, every_days=14)), desk=here.desk)
    with refused("beyond_horizon"):  # nor may it begin so far ahead
        plan_series(wanted(3, starting=TUESDAY + timedelta(days=120)), desk=here.desk)
    with refused("in_the_past"):
        plan_series(wanted(3, starting=TUESDAY - timedelta(days=7)), desk=here.desk)


def test_a_series_from_long_ago_is_refused_before_anything_is_read() -> None:
    here = office(a_clinic())
    read: list[bool] = []
    here.calendar.after_looking = lambda: read.append(True)
    with refused("in_the_past"):
        plan_series(wanted(3, starting=TUESDAY - timedelta(days=20_000)), desk=here.desk)
    assert not read


def test_what_fell_out_is_filled_by_the_nearest_time_between_its_neighbours() -> None:
    here = office(a_clinic())
    made = series(here)
    fallen = list(made.bookings.values())[1]
    cancelled(here, fallen)
    taken(here, fallen.start)
    found = propose(opens(made), 2, desk=here.desk)
    first = utc(found.slots[0].start)
    assert first.date() == fallen.start.date()
    assert all(weeks(0)[0] < utc(each.start) < weeks(2)[0] for each in found.slots)
    mended = repair(Repair(access=opens(made), position=2, start=first), desk=here.desk)
    new = mended.bookings[mended.series.sessions[1].booking_id]  # type: ignore[index]
    assert (new.start, new.state, new.guest.email, new.practitioner_ids) == (first, CONFIRMED, CONTACT.email, (ANA,))
    again = repair(Repair(access=opens(made), position=2, start=first), desk=here.desk)
    assert again == mended
    with refused("session_stands"):
        propose(opens(made), 2, desk=here.desk)


def test_a_repair_is_by_someone_else_only_if_the_one_known_has_no_time() -> None:
    here = office(clinic(schedule(ANA, weekly=[shift(1, "10:00", "11:00")])))
    made = series(here, wanted(3))
    fallen = list(made.bookings.values())[1]
    cancelled(here, fallen)
    assert propose(opens(made), 2, desk=here.desk).slots[0].practitioner_ids == (ANA,)
    taken(here, fallen.start)
    found = propose(opens(made), 2, desk=here.desk)
    assert utc(found.slots[0].start) == fallen.start
    mended = repair(Repair(access=opens(made), position=2, start=fallen.start), desk=here.desk)
    new = mended.bookings[mended.series.sessions[1].booking_id]  # type: ignore[index]
    assert new.practitioner_ids == (min(found.slots[0].practitioner_ids),)
    assert ANA not in new.practitioner_ids


def test_a_repair_beyond_its_neighbours_or_at_a_taken_time_is_refused_with_proposals() -> None:
    here = office(a_clinic())
    made = series(here)
    cancelled(here, list(made.bookings.values())[1])
    with refused("slot_taken") as caught:
        repair(Repair(access=opens(made), position=2, start=TUESDAY + timedelta(weeks=3, hours=1)), desk=here.desk)
    assert caught.value.extra["alternatives"]
    assert see_series(opens(made), desk=here.desk).series == made.series


def test_a_repair_asks_the_safety_questions_again() -> None:
    here = office(a_clinic())
    deep = Part(sought=Sought(location_id=PARIS, service_id=DEEP, duration_minutes=60), sessions=2)
    yes = Answers(version=3, all_clear=True)
    made = series(here, wanted(parts=(deep,)), screening={DEEP: yes})
    fallen = list(made.bookings.values())[1]
    cancelled(here, fallen)
    with refused("screening_required"):
        repair(Repair(access=opens(made), position=2, start=fallen.start), desk=here.desk)
    repair(Repair(access=opens(made), position=2, start=fallen.start, screening=yes), desk=here.desk)


def test_cancelling_the_series_cancels_what_is_to_come_or_nothing() -> None:
    here = office(a_clinic())
    made = series(here)
    here.clock.at = TUESDAY + timedelta(days=1)
    gone = cancel_series(opens(made), accept_fee=False, desk=here.desk)
    assert [each.state for each in gone.bookings.values()] == [CONFIRMED, CANCELLED, CANCELLED, CANCELLED]
    assert cancel_series(opens(made), accept_fee=False, desk=here.desk) == gone


def test_a_series_whose_next_session_is_too_near_is_cancelled_for_its_fee_only() -> None:
    here = office(a_clinic())
    made = series(here)
    here.clock.at = TUESDAY - timedelta(hours=3)
    with refused("outside_policy"):
        cancel_series(opens(made), accept_fee=False, desk=here.desk)
    assert {each.state for each in see_series(opens(made), desk=here.desk).bookings.values()} == {CONFIRMED}
    gone = cancel_series(opens(made), accept_fee=True, desk=here.desk)
    assert {each.state for each in gone.bookings.values()} == {CANCELLED}


def test_nobody_sees_a_series_without_its_token() -> None:
    here = office(a_clinic())
    made = series(here)
    with refused("token_invalid"):
        see_series(replace(opens(made), token="wrong"), desk=here.desk)
    with refused("token_invalid"):
        see_series(replace(opens(made), series_id="nobody"), desk=here.desk)  # type: ignore[arg-type]


def _rhythm(every: int, within_days: int, within_minutes: int, weekdays: frozenset[int] | None) -> Cadence:
    allowed = min(within_days, (every - 1) // 2)
    return Cadence(every_days=every, within_days=allowed, within_minutes=within_minutes, weekdays=weekdays)


_RHYTHMS = st.builds(
    _rhythm,
    every=st.integers(1, 14),
    within_days=st.integers(0, 3),
    within_minutes=st.integers(0, 240),
    weekdays=st.none() | st.frozensets(st.integers(0, 6), min_size=2),
)


@settings(max_examples=60, deadline=None)
@given(
    cadence=_RHYTHMS,
    sessions=st.lists(st.integers(1, 6), min_size=1, max_size=2).filter(lambda each: sum(each) > 1),
    first=st.integers(0, 400),
    busy=st.lists(st.tuples(st.integers(0, 80), st.integers(32, 68)), max_size=40),
)
def test_planned_sessions_never_overlap_keep_the_rhythm_and_lie_within_hours(
    cadence: Cadence, sessions: list[int], first: int, busy: list[tuple[int, int]]
) -> None:
    here = office(clinic())
    here.clock.at = datetime(2026, 10, 1, 6, 0, tzinfo=ZONE)  # the clocks change on 25 October and 28 March
    starting = datetime(2026, 10, 2, 10, 0, tzinfo=ZONE) + timedelta(minutes=15 * first)
    for day, quarter in busy:
        start = (starting + timedelta(days=day)).replace(hour=quarter // 4, minute=quarter % 4 * 15)
        for who in (ANA, BEA):
            try:
                taken(here, start, replace(WITH_ANA, practitioner_id=who))
            except Refused:
                continue
    services = [WITH_ANA, Sought(location_id=PARIS, service_id=DEEP, duration_minutes=90)]
    parts = tuple(Part(sought=sought, sessions=n) for sought, n in zip(services, sessions, strict=False))
    planned = plan_series(wanted(parts=parts, cadence=cadence, starting=starting), desk=here.desk)
    slots = [each.slot for each in planned.sessions if each.slot is not None]
    assert all(one.end <= two.start for one, two in pairwise(slots))
    for place, each in enumerate(planned.sessions):
        target = starting.replace(tzinfo=None) + timedelta(days=place * cadence.every_days)  # what the wall shows
        if each.slot is None:
            continue
        start = local(each.slot.start, "Europe/Paris").replace(tzinfo=None)
        assert abs((start.date() - target.date()).days) <= cadence.within_days
        minutes = [at.hour * 60 + at.minute for at in (start, target)]
        assert abs(minutes[0] - minutes[1]) <= cadence.within_minutes
        assert cadence.weekdays is None or start.weekday() in cadence.weekdays
        assert start.hour >= 10
        end = local(each.slot.end, "Europe/Paris")
        assert (end.hour, end.minute) <= (18, 0)
        assert not any(
            set(each.slot.practitioner_ids) <= {claim.claim.resource_id}
            and claim.claim.during[0] < each.slot.end
            and each.slot.start < claim.claim.during[1]
            for claim in here.bookings.truth.allocations
        )
