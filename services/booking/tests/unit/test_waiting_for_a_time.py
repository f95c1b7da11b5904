from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.accept_offer import Accept, accept
from booking.application.access import GuestAccess
from booking.application.availability import availability
from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import hold
from booking.application.join_waitlist import Join, Joined, join
from booking.application.offer_times import Pass, offer_times
from booking.application.ports import Idempotency
from booking.application.show import wait_facts
from booking.application.sweep import sweep
from booking.application.waiting import Waiter, decline, leave, see
from booking.domain.booking import CONFIRMED, Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.events import BOOKED, WAITLIST_JOINED, WAITLIST_OFFERED, WaitEvent
from booking.domain.guest import Contact
from booking.domain.screening import Answers
from booking.domain.waitlist import Entry, Lease, Wanted, answer_by
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import ANA, BEA, DEEP, PARIS, SWEDISH, clinic, schedule, shift
from services.booking.tests.fake_waitlist import FakeWaitlist
from services.booking.tests.fakes import Office, office

ZONE = ZoneInfo("Europe/Paris")
TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZONE)
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)
THAT_HOUR = Wanted(since=TEN, until=TEN + timedelta(minutes=15))
ONE_HOUR = [shift(1, "10:00", "11:00")]  # Tuesdays: one treatment, and then the day is full


def a_clinic() -> Any:
    return clinic(schedule(ANA, weekly=ONE_HOUR))


def booked(here: Office, sought: Sought = WITH_ANA, start: datetime = TEN) -> Booking:
    held = hold(sought, start=start, desk=here.desk)
    contact = Contact(name="First", email="first@example.com")
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=contact), desk=here.desk).booking


def cancelled(here: Office, booking: Booking) -> GuestAccess:
    token = manage_token(booking.id, booking.generation, here.desk.manage_key)
    access = GuestAccess(booking_id=booking.id, token=token)
    cancel(access, accept_fee=True, desk=here.desk)
    return access


def waits(here: Office, name: str, *, sought: Sought = WITH_ANA, wanted: Wanted = THAT_HOUR, **changes: Any) -> Waiter:
    return waiter(joined(here, name, sought=sought, wanted=wanted, **changes))


def joined(
    here: Office, name: str, *, sought: Sought = WITH_ANA, wanted: Wanted = THAT_HOUR, key: str = "", body: str = "b"
) -> Joined:
    contact = Contact(name=name, email=f"{name.lower()}@example.com", zone="Europe/Paris")
    idempotency = Idempotency(scope="s", key=key, body_hash=body) if key else None
    made = join(Join(sought=sought, wanted=wanted, contact=contact, idempotency=idempotency), desk=here.desk)
    here.clock.advance(seconds=1)
    return made


def waiter(made: Joined) -> Waiter:
    return Waiter(entry_id=made.entry.id, token=made.token)


def offer_to(here: Office, who: Waiter) -> Lease | None:
    return see(who, desk=here.desk).offer


def swept(here: Office, **later: float) -> Pass:
    here.clock.advance(**later)
    return offer_times(desk=here.desk)


def refusal_of(call: Any, *args: Any, **options: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        call(*args, **options)
    return refusal.value


def test_a_cancelled_time_is_offered_after_the_three_minutes_of_undo_to_whoever_waits_longest() -> None:
    here = office(a_clinic())
    booking = booked(here)
    first, second = waits(here, "Zoe"), waits(here, "Abe")
    assert swept(here) == Pass()
    cancelled(here, booking)
    assert swept(here, minutes=3) == Pass(), "it may still be taken back"
    assert swept(here, seconds=1) == Pass(offered=1)
    offer = offer_to(here, first)
    assert offer is not None
    assert offer.start == TEN
    assert offer.deadline == here.clock.now() + timedelta(minutes=30)
    assert offer_to(here, second) is None
    told = here.bookings.told[-1]
    assert told.name == WAITLIST_OFFERED
    assert swept(here) == Pass(), "one offer, however often one looks"


def test_who_begins_to_wait_is_told_of_once_and_who_is_refused_not_at_all() -> None:
    here = office(a_clinic())
    for _ in range(2):
        made = joined(here, "Zoe", key="k")
    told = [each for each in here.bookings.told if isinstance(each, WaitEvent)]
    assert [(each.name, each.entry.id, each.zone) for each in told] == [
        (WAITLIST_JOINED, made.entry.id, "Europe/Paris")
    ]
    over = Wanted(since=TEN - timedelta(days=300), until=TEN - timedelta(days=299))
    assert refusal_of(waits, here, "Abe", wanted=over).code == "in_the_past"
    assert len(here.bookings.told) == 1
    assert wait_facts([made.entry.id], desk=here.desk)[made.entry.id].token == made.token


def test_a_cancellation_that_was_taken_back_is_offered_to_nobody() -> None:
    here = office(a_clinic())
    booking = booked(here)
    waits(here, "Zoe")
    undo_cancel(cancelled(here, booking), desk=here.desk)
    assert swept(here, minutes=10) == Pass()


def test_nobody_else_can_hold_or_book_what_is_offered() -> None:
    here = office(a_clinic())
    cancelled(here, booked(here))
    waits(here, "Zoe")
    swept(here, minutes=4)
    here.holds.flush()
    assert refusal_of(hold, WITH_ANA, start=TEN, desk=here.desk).code == "slot_taken"


def test_a_time_that_a_guest_holds_is_offered_when_the_hold_ran_out() -> None:
    here = office(a_clinic())
    waits(here, "Zoe")
    hold(WITH_ANA, start=TEN, desk=here.desk)
    assert swept(here) == Pass()
    assert swept(here, minutes=11) == Pass(offered=1)


def test_accepting_makes_one_booking_however_often_it_is_repeated() -> None:
    here = office(a_clinic())
    who = waits(here, "Zoe")
    swept(here)
    offer = offer_to(here, who)
    assert offer is not None
    made = accept(Accept(waiter=who), desk=here.desk)
    again = accept(Accept(waiter=who), desk=here.desk)
    assert not made.replayed
    assert again.replayed
    assert made.booking == again.booking
    assert (made.booking.state, made.booking.start) == (CONFIRMED, TEN)
    assert made.booking.guest.email == "zoe@example.com"
    assert [each.name for each in here.bookings.told].count(BOOKED) == 1
    claims = here.bookings.claims(made.booking.id)
    assert sorted(each.resource_id for each in claims) == list(offer.resource_ids)
    found = see(who, desk=here.desk)
    assert found.booking == made.booking
    assert found.entry.state == "accepted"
    assert found.offer is None


def test_the_safety_questions_are_asked_before_an_offer_is_taken() -> None:
    here = office(clinic(schedule(ANA, weekly=ONE_HOUR)))
    deep = Sought(location_id=PARIS, service_id=DEEP)
    who = waits(here, "Zoe", sought=deep)
    swept(here)
    assert refusal_of(accept, Accept(waiter=who), desk=here.desk).code == "screening_required"
    unclear = Answers(version=3, all_clear=False)
    assert refusal_of(accept, Accept(waiter=who, screening=unclear), desk=here.desk).code == "clearance_needed"
    clear = Answers(version=3, all_clear=True)
    assert accept(Accept(waiter=who, screening=clear), desk=here.desk).booking.screening == clear


def test_an_offer_that_lapses_goes_to_the_next_and_its_guest_behind_everyone() -> None:
    here = office(a_clinic())
    first, second, third = waits(here, "Zoe"), waits(here, "Abe"), waits(here, "Mia")
    swept(here)
    refused = refusal_of(_late, here, first)
    assert refused.code == "offer_expired"
    assert [each["start"] for each in refused.extra["alternatives"]] == [TEN + timedelta(days=7)]  # type: ignore[attr-defined]
    assert offer_to(here, second) is None
    assert offer_times(desk=here.desk) == Pass(lapsed=1, offered=1)
    assert offer_to(here, second) is not None
    assert see(first, desk=here.desk).entry.lapses == 1
    turns = [each.id for each in here.waitlist.waiting(limit=9)]
    assert turns == [third.entry_id, first.entry_id]


def _late(here: Office, who: Waiter) -> None:
    here.clock.advance(minutes=30)
    accept(Accept(waiter=who), desk=here.desk)


def test_who_declines_keeps_their_place_and_is_not_offered_the_same_again() -> None:
    here = office(clinic(schedule(ANA, weekly=[shift(1, "10:00", "11:15")])))
    wide = Wanted(since=TEN, until=TEN + timedelta(hours=4))
    first, second = waits(here, "Zoe", wanted=wide), waits(here, "Abe", wanted=wide)
    swept(here)
    assert decline(first, desk=here.desk).offer is None
    decline(first, desk=here.desk)
    assert swept(here) == Pass(offered=1)
    assert offer_to(here, first) is None, "a quarter of an hour later is the same time"
    assert offer_to(here, second) is not None
    assert [each.id for each in here.waitlist.waiting(limit=9)] == [first.entry_id]


def test_nobodys_silence_keeps_a_time_from_everyone() -> None:
    here = office(a_clinic())
    waits(here, "Zoe")
    swept(here)
    assert swept(here, minutes=31) == Pass(lapsed=1)
    assert hold(WITH_ANA, start=TEN, desk=here.desk).exclusive


def test_after_three_silences_a_guest_waits_no_more() -> None:
    here = office(clinic())
    who = waits(here, "Zoe", wanted=Wanted(since=TEN, until=TEN + timedelta(hours=8)))
    for _ in range(3):
        assert swept(here).offered == 1
        here.clock.advance(minutes=30)
    assert swept(here) == Pass(lapsed=1)
    assert see(who, desk=here.desk).entry.state == "expired"


def test_who_leaves_frees_what_they_were_offered() -> None:
    here = office(a_clinic())
    first, second = waits(here, "Zoe"), waits(here, "Abe")
    swept(here)
    assert leave(first, desk=here.desk).entry.state == "withdrawn"
    leave(first, desk=here.desk)
    assert swept(here) == Pass(offered=1)
    assert offer_to(here, second) is not None
    assert refusal_of(accept, Accept(waiter=first), desk=here.desk).code == "offer_expired"


def test_new_hours_free_a_time_too() -> None:
    here = office(clinic(schedule(ANA, weekly=[])))
    who = waits(here, "Zoe")
    assert swept(here) == Pass()
    here.bookings.clinic = a_clinic()
    assert swept(here) == Pass(offered=1)
    assert offer_to(here, who) is not None


def test_an_offer_that_can_not_be_kept_is_taken_back() -> None:
    here = office(a_clinic())
    who = waits(here, "Zoe")
    swept(here)
    here.bookings.clinic = clinic(schedule(ANA, weekly=[]))
    assert refusal_of(accept, Accept(waiter=who), desk=here.desk).code == "slot_taken"
    entry = see(who, desk=here.desk).entry
    assert (entry.state, entry.lapses) == ("waiting", 0)
    here.bookings.clinic = clinic()
    assert hold(WITH_ANA, start=TEN, desk=here.desk).exclusive


def test_days_and_times_of_day_narrow_what_would_do() -> None:
    here = office(clinic())
    fridays = Wanted(
        since=TEN, until=TEN + timedelta(days=14), weekdays=frozenset({4}), earliest=14 * 60 + 30, latest=16 * 60
    )
    who = waits(here, "Zoe", wanted=fridays)
    swept(here)
    offer = offer_to(here, who)
    assert offer is not None
    assert offer.start == datetime(2026, 11, 27, 14, 30, tzinfo=ZONE)


def test_one_request_makes_one_entry() -> None:
    here = office(a_clinic())
    first, again = joined(here, "Zoe", key="k"), joined(here, "Zoe", key="k")
    assert (first.entry.id, first.token) == (again.entry.id, again.token)
    assert (first.replayed, again.replayed) == (False, True)
    assert refusal_of(joined, here, "Zoe", key="k", body="other").code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("wanted", "code"),
    [
        (Wanted(since=TEN, until=TEN), "range_inverted"),
        (Wanted(since=TEN, until=TEN + timedelta(days=63)), "range_too_wide"),
        (Wanted(since=TEN - timedelta(days=9), until=TEN - timedelta(days=8)), "in_the_past"),
        (replace(THAT_HOUR, weekdays=frozenset()), "invalid_request"),
        (replace(THAT_HOUR, earliest=600, latest=600), "invalid_request"),
    ],
)
def test_times_that_nobody_could_wait_for_are_refused(wanted: Wanted, code: str) -> None:
    here = office(a_clinic())
    assert refusal_of(waits, here, "Zoe", wanted=wanted).code == code
    assert here.waitlist.entries == []


def test_what_does_not_exist_and_who_can_not_be_reached_is_refused() -> None:
    here = office(a_clinic())
    unknown = Sought(location_id=PARIS, service_id=PARIS)  # type: ignore[arg-type]
    assert refusal_of(waits, here, "Zoe", sought=unknown).code == "unknown_service"
    silent = Join(sought=WITH_ANA, wanted=THAT_HOUR, contact=Contact(name="Zoe"))
    assert refusal_of(join, silent, desk=here.desk).code == "contact_required"


def test_one_contact_waits_for_three_times_at_most() -> None:
    here = office(a_clinic())
    last = [waits(here, "Zoe") for _ in range(3)][-1]
    assert refusal_of(waits, here, "Zoe").code == "waits_enough"
    leave(last, desk=here.desk)
    waits(here, "Zoe")


def test_only_the_token_opens_an_entry() -> None:
    here = office(a_clinic())
    mine, theirs = waits(here, "Zoe"), waits(here, "Abe")
    swept(here)
    for call in (see, decline, leave):
        for wrong in (replace(mine, token=theirs.token), replace(mine, entry_id=DEEP)):
            assert refusal_of(call, wrong, desk=here.desk).code == "token_invalid"
    assert refusal_of(accept, Accept(waiter=replace(mine, token="")), desk=here.desk).code == "token_invalid"
    assert refusal_of(accept, Accept(waiter=theirs), desk=here.desk).code == "no_offer"


def test_the_waiting_ends_with_its_times_and_is_forgotten_a_month_later() -> None:
    here = office(clinic(schedule(ANA, weekly=[])))
    who = waits(here, "Zoe")
    swept(here, days=2)
    assert see(who, desk=here.desk).entry.state == "expired"
    here.clock.advance(days=30)
    assert sweep(desk=here.desk).entries == 0
    here.clock.advance(seconds=1)
    assert sweep(desk=here.desk).entries == 1
    assert refusal_of(see, who, desk=here.desk).code == "token_invalid"


@pytest.mark.parametrize(
    ("now", "start", "deadline"),
    [
        ("2026-11-24 10:00", "2026-11-25 10:00", "2026-11-24 10:30"),
        ("2026-11-24 20:50", "2026-11-25 10:00", "2026-11-24 21:20"),
        ("2026-11-24 21:00", "2026-11-25 10:00", "2026-11-25 08:30"),
        ("2026-11-25 03:00", "2026-11-25 10:00", "2026-11-25 08:30"),
        ("2026-11-25 03:00", "2026-11-25 08:30", "2026-11-25 08:15"),
        ("2026-11-25 03:00", "2026-11-25 08:15", None),
        ("2026-11-25 09:00", "2026-11-25 09:40", "2026-11-25 09:25"),
        ("2026-11-25 09:00", "2026-11-25 09:24", None),
    ],
)
def test_an_offer_stands_for_half_an_hour_of_the_day_and_ends_before_its_time(
    now: str, start: str, deadline: str | None
) -> None:
    def at(text: str) -> datetime:
        return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)

    assert answer_by(at(now), at(start), "Europe/Paris") == (at(deadline) if deadline else None)


def test_a_search_that_found_nothing_is_counted_and_one_that_found_something_is_not() -> None:
    here = office(a_clinic())
    day = TEN.replace(hour=0)
    availability(WITH_ANA, since=day, until=day + timedelta(days=1), desk=here.desk)
    assert here.demand.counted == []
    booked(here)
    availability(WITH_ANA, since=day, until=day + timedelta(days=1), desk=here.desk)
    assert here.demand.counted == [(PARIS, SWEDISH)]


def test_two_who_want_different_hands_are_both_served_in_one_pass() -> None:
    here = office(clinic(schedule(ANA, weekly=ONE_HOUR), schedule(BEA, weekly=ONE_HOUR)))
    first, second = waits(here, "Zoe", sought=replace(WITH_ANA, practitioner_id=BEA)), waits(here, "Abe")
    assert swept(here) == Pass(offered=2)
    assert offer_to(here, first) is not None
    assert offer_to(here, second) is not None


class ReadBefore:
    """A waitlist as it was when it was read; what is changed is the real one."""

    def __init__(self, waitlist: FakeWaitlist) -> None:
        self._waitlist = waitlist
        self._waiting = waitlist.waiting(limit=9)

    def waiting(self, *, limit: int) -> list[Entry]:
        return self._waiting[:limit]

    def __getattr__(self, name: str) -> Any:
        return getattr(self._waitlist, name)


def test_who_was_offered_something_since_the_list_was_read_is_not_offered_more() -> None:
    here = office(clinic())
    who = waits(here, "Zoe", wanted=Wanted(since=TEN, until=TEN + timedelta(hours=8)))
    late = replace(here.desk, waitlist=ReadBefore(here.waitlist))
    assert swept(here) == Pass(offered=1)
    assert offer_times(desk=late) == Pass()
    assert len(see(who, desk=here.desk).entry.leases) == 1
