from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.availability import OwnHold, availability
from booking.application.book import Book, Booked, book
from booking.application.hold import Held, hold
from booking.application.keep_hold import describe_hold, extend_hold, release_hold
from booking.application.ports import Idempotency, StorageAway
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.hold import LASTS, HoldState
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
    schedule,
    service,
)
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
ANYONE = Sought(location_id=PARIS, service_id=SWEDISH)
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)
GUEST = Contact(name="Ana Moreau", email="ana@example.com")


def held(here: Office, sought: Sought = ANYONE, start: datetime = TEN, **options: Any) -> Held:
    return hold(sought, start=start, desk=here.desk, **options)


def booked(here: Office, hold_of: Held, **options: Any) -> Booked:
    command = Book(hold_id=hold_of.hold.id, hold_token=hold_of.token, contact=options.pop("contact", GUEST), **options)
    return book(command, desk=here.desk)


def code_of(call: Any, *args: Any, **options: Any) -> str:
    with pytest.raises(Refused) as refusal:
        call(*args, **options)
    return refusal.value.code


def with_clinic(here: Office, changed: Clinic) -> None:
    here.bookings.clinic = changed


# --- who serves ---


def test_anyone_means_whoever_has_the_fewest_booked_minutes_that_day_then_by_id() -> None:
    here = office(clinic())
    assert booked(here, held(here)).booking.practitioner_ids == (ANA,)
    later = TEN + timedelta(hours=3)
    assert held(here, start=later).hold.practitioner_ids == (BEA,)
    next_day = TEN + timedelta(days=1)
    assert held(here, start=next_day).hold.practitioner_ids == (ANA,)


def test_the_next_candidate_serves_when_one_is_held_and_the_rooms_run_out() -> None:
    here = office(clinic())
    assert held(here).hold.practitioner_ids == (ANA,)
    assert held(here).hold.practitioner_ids == (BEA,)
    assert code_of(held, here) == "slot_taken"  # both rooms are held


def test_whom_the_guest_asked_for_is_never_swapped() -> None:
    here = office(clinic())
    assert held(here, WITH_ANA).hold.resource_ids == tuple(sorted((ANA, ROOM_1)))
    assert code_of(held, here, WITH_ANA) == "slot_taken"


def test_a_booking_that_slips_in_before_the_claim_is_seen_after_it() -> None:
    here = office(clinic())
    rival = held(here)
    here.holds.flush()
    here.calendar.after_looking = lambda: (  # after the hold has chosen, before it claims
        setattr(here.calendar, "after_looking", lambda: None),
        booked(here, rival),
    )
    assert held(here).hold.practitioner_ids == (BEA,)


# --- holds ---


def test_a_start_off_the_grid_or_out_of_hours_is_refused_with_the_nearest() -> None:
    here = office(clinic())
    for start in (TEN + timedelta(minutes=1), TEN.replace(hour=20), TEN.replace(microsecond=5)):
        with pytest.raises(Refused) as refusal:
            held(here, start=start)
        assert refusal.value.code == "not_a_start"
        assert len(refusal.value.extra["nearest"]) == 5  # type: ignore[arg-type]


def test_the_alternatives_are_the_nearest_free_starts_in_order() -> None:
    here = office(clinic())
    held(here, WITH_ANA, start=TEN.replace(hour=14))
    with pytest.raises(Refused) as refusal:
        held(here, WITH_ANA, start=TEN.replace(hour=14))
    times = [each["start"].strftime("%H:%M") for each in refusal.value.extra["alternatives"]]  # type: ignore[attr-defined]
    assert times == ["12:15", "12:30", "12:45", "15:15", "15:30"]


def test_others_do_not_see_a_held_slot_and_its_owner_does() -> None:
    here = office(clinic())
    mine = held(here, WITH_ANA)
    window = {"since": TEN, "until": TEN + timedelta(minutes=15), "desk": here.desk}
    assert availability(WITH_ANA, **window).slots == []
    own = OwnHold(id=mine.hold.id, token=mine.token)
    assert len(availability(WITH_ANA, own=own, **window).slots) == 1
    forged = OwnHold(id=mine.hold.id, token=mine.token[:-2] + "xx")
    assert availability(WITH_ANA, own=forged, **window).slots == []


def test_a_repeated_hold_answers_the_same_even_when_its_time_has_been_booked() -> None:
    here = office(clinic())
    key = Idempotency(scope="guest", key="k", body_hash="abc")
    first = held(here, idempotency=key)
    booked(here, first)
    again = held(here, idempotency=key)
    assert (again.hold, again.token, again.replayed) == (first.hold, first.token, True)
    other = Idempotency(scope="guest", key="k", body_hash="xyz")
    assert code_of(held, here, idempotency=other) == "idempotency_key_reused"


def test_a_hold_is_extended_to_thirty_minutes_in_all() -> None:
    here = office(clinic())
    mine = held(here)
    for _ in range(5):
        here.clock.advance(minutes=9)
        if here.clock.now().timestamp() >= mine.hold.expires_at:
            break
        mine = extend_hold(mine.hold.id, mine.token, desk=here.desk)
    assert mine.hold.expires_at == mine.hold.made_at + 30 * 60
    here.clock.advance(minutes=20)
    assert code_of(extend_hold, mine.hold.id, mine.token, desk=here.desk) == "hold_expired"
    described = describe_hold(mine.hold.id, mine.token, desk=here.desk)
    assert described.state is HoldState.EXPIRED


def test_a_released_hold_books_no_more_and_frees_its_time() -> None:
    here = office(clinic())
    mine = held(here, WITH_ANA)
    release_hold(mine.hold.id, mine.token, desk=here.desk)
    assert code_of(booked, here, mine) == "hold_released"
    assert code_of(extend_hold, mine.hold.id, mine.token, desk=here.desk) == "hold_released"
    held(here, WITH_ANA)


# --- confirming ---


def test_one_hold_makes_one_booking_however_often_it_is_confirmed() -> None:
    here = office(clinic())
    mine = held(here)
    first = booked(here, mine)
    again = booked(here, mine)
    assert (again.booking, again.replayed) == (first.booking, True)
    assert [event.name for event in here.bookings.told] == ["booking.booked.v1"]


def test_an_expired_hold_books_if_its_time_is_still_free_and_else_offers_others() -> None:
    here = office(clinic())
    first = held(here, WITH_ANA)
    here.clock.advance(seconds=LASTS + 1)
    assert booked(here, first).booking.practitioner_ids == (ANA,)
    second = held(here, WITH_ANA, start=TEN.replace(hour=14))
    here.clock.advance(seconds=LASTS + 1)
    held(here, WITH_ANA, start=TEN.replace(hour=14))
    assert code_of(booked, here, second) == "hold_expired"


def test_an_expired_hold_is_judged_by_notice_again_and_a_living_one_is_not() -> None:
    here = office(clinic())
    start = TEN - timedelta(days=1) + timedelta(hours=1)  # 11:00 today, exactly two hours ahead
    living = held(here, start=start)
    here.clock.advance(minutes=9)
    booked(here, living)
    other = held(here, start=start + timedelta(minutes=15), sought=ANYONE)
    here.clock.advance(minutes=11)
    assert code_of(booked, here, other) == "too_soon"


def test_a_hold_that_ran_out_a_day_ago_is_not_taken_up_again() -> None:
    here = office(clinic())
    mine = held(here, start=TEN + timedelta(days=7))
    here.clock.advance(days=1, minutes=11)
    assert code_of(booked, here, mine) == "hold_expired"


def test_a_hold_that_the_database_cut_short_keeps_the_time_from_nobody() -> None:
    here = office(clinic())

    def cut() -> None:
        here.calendar.away = True

    here.calendar.after_looking = cut
    with pytest.raises(StorageAway):
        held(here, WITH_ANA)
    here.calendar.after_looking, here.calendar.away = (lambda: None), False
    assert held(here, WITH_ANA).exclusive


def test_with_the_memory_of_holds_away_everything_still_works_on_the_truth() -> None:
    here = office(clinic())
    with here.holds_away():
        mine, theirs = held(here, WITH_ANA), held(here, WITH_ANA)
        assert (mine.exclusive, theirs.exclusive) == (False, False)
        longer = extend_hold(mine.hold.id, mine.token, desk=here.desk)
        assert not longer.exclusive
        assert describe_hold(mine.hold.id, mine.token, desk=here.desk).state is HoldState.HELD
        made = booked(here, longer)
        assert code_of(booked, here, theirs) == "slot_taken"
        assert describe_hold(mine.hold.id, mine.token, desk=here.desk).booking_id == made.booking.id
        release_hold(theirs.hold.id, theirs.token, desk=here.desk)


def test_with_the_memory_away_two_guests_of_anyone_are_both_served() -> None:
    here = office(clinic())
    with here.holds_away():
        both = [held(here), held(here)]
        made = [booked(here, each).booking for each in both]
    assert [each.practitioner_ids for each in made] == [(ANA,), (BEA,)]
    assert len({claim.resource_id for each in made for claim in here.bookings.claims(each.id)}) == 4


def test_with_the_memory_flushed_a_confirm_takes_its_time_again() -> None:
    here = office(clinic())
    mine = held(here, WITH_ANA)
    here.holds.flush()
    assert booked(here, mine).booking.practitioner_ids == (ANA,)
    later = held(here, WITH_ANA, start=TEN.replace(hour=14))
    here.holds.flush()
    held(here, WITH_ANA, start=TEN.replace(hour=14))
    assert code_of(booked, here, later) == "slot_taken"


def test_when_the_held_therapist_falls_ill_the_next_serves_unless_she_was_asked_for() -> None:
    here = office(clinic())
    any_one, her = held(here), held(here, WITH_ANA, start=TEN.replace(hour=14))
    assert any_one.hold.practitioner_ids == (ANA,)
    with_clinic(here, clinic(schedule(ANA, weekly=[])))
    assert booked(here, any_one).booking.practitioner_ids == (BEA,)
    assert code_of(booked, here, her) == "slot_taken"


def test_what_is_no_longer_offered_online_is_not_booked() -> None:
    here = office(clinic())
    mine = held(here)
    with_clinic(here, clinic(service(offers=[offer(channel="phone")])))
    assert code_of(booked, here, mine) == "by_phone_only"
    with_clinic(here, clinic(location(deleted=True)))
    assert code_of(booked, here, mine) == "unknown_location"


def test_a_booking_keeps_the_price_it_was_held_at_and_the_policy_it_was_made_at() -> None:
    here = office(clinic())
    mine = held(here)
    dearer = [offer(durations=[{"minutes": 60, "price": {"amount": "99.00", "currency": "EUR"}}])]
    with_clinic(here, clinic(service(offers=dearer, cancellation={"free_until_hours": 48, "fee_percent": 10})))
    made = booked(here, mine).booking
    assert str(made.price.amount) == "80.00"
    assert made.policy.free_until_hours == 48


def test_only_the_outcome_and_the_version_of_the_screening_are_kept() -> None:
    here = office(clinic())
    mine = held(here, Sought(location_id=PARIS, service_id=DEEP))
    assert code_of(booked, here, mine) == "screening_required"
    made = booked(here, mine, screening=Answers(version=3, all_clear=True)).booking
    assert made.screening == Answers(version=3, all_clear=True)
    plain = booked(here, held(here, start=TEN.replace(hour=15)), screening=Answers(version=9, all_clear=True))
    assert plain.booking.screening is None


def test_the_same_idempotency_key_gives_the_same_booking_and_another_body_is_refused() -> None:
    here = office(clinic())
    first, second = held(here), held(here, start=TEN.replace(hour=15))
    key = Idempotency(scope="book", key="k", body_hash="abc")
    made = booked(here, first, idempotency=key).booking
    assert booked(here, second, idempotency=key).booking == made
    assert code_of(booked, here, second, idempotency=Idempotency(scope="book", key="k", body_hash="x")) == (
        "idempotency_key_reused"
    )


def test_what_was_booked_is_the_answer_whatever_has_changed_since() -> None:
    """Its time has passed, the contact would be refused today, the memory of holds was flushed."""
    here = office(clinic())
    mine = held(here)
    first = booked(here, mine)
    here.clock.advance(days=9)
    assert booked(here, mine).booking == first.booking
    here.holds.flush()
    again = booked(here, mine)
    assert (again.booking, again.replayed) == (first.booking, True)


def test_a_repeated_confirm_leaves_nothing_claimed_when_the_memory_of_holds_was_flushed() -> None:
    here = office(clinic())
    mine = held(here)
    booked(here, mine)
    here.holds.flush()
    booked(here, mine)
    assert not here.holds.taken(mine.hold.resource_ids, mine.hold.claim)


def test_a_new_booking_asks_the_truth_only_once() -> None:
    here = office(clinic())
    mine = held(here)
    asked: list[Any] = []
    here.bookings.earlier = lambda *of: asked.append(of)  # type: ignore[assignment,method-assign]
    assert not booked(here, mine).replayed
    assert asked == []


def test_a_rival_of_the_same_key_who_commits_first_gives_the_answer() -> None:
    here = office(clinic())
    mine = held(here)
    rival: list[Booked] = []

    original = here.bookings.transact

    def transact(work: Any) -> Any:
        if not rival:
            rival.append(Booked(booking=original(work)))
        return original(work)

    here.bookings.transact = transact  # type: ignore[method-assign]
    answer = booked(here, mine)
    assert (answer.booking, answer.replayed) == (rival[0].booking, True)


def test_a_token_of_another_hold_or_installation_is_refused() -> None:
    here = office(clinic())
    mine, theirs = held(here), held(here)
    swapped = Held(hold=mine.hold, token=theirs.token, exclusive=True)
    assert code_of(booked, here, swapped) == "hold_token_invalid"
    elsewhere = office(clinic(), hold_key=b"x" * 32)
    assert code_of(booked, elsewhere, mine) == "hold_token_invalid"
    for garbage in ("", ".", "a.b", "é.è", mine.token + "x"):
        broken = Held(hold=mine.hold, token=garbage, exclusive=True)
        assert code_of(booked, here, broken) == "hold_token_invalid"


def test_rooms_and_practitioners_of_a_booking_are_those_that_were_held() -> None:
    here = office(clinic())
    held(here)
    second = held(here)
    made = booked(here, second).booking
    claims = here.bookings.claims(made.id)
    assert {claim.resource_id for claim in claims} == {BEA, ROOM_2}
    assert CLEO not in second.hold.resource_ids
    assert all(claim.during == second.hold.claim for claim in claims)
