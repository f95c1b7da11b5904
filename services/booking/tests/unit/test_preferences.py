"""What guests wish of whoever treats them: a strict wish is kept on every way to a time, a soft one only orders."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from booking.application.access import GuestAccess, StaffAccess
from booking.application.availability import availability
from booking.application.book import Book, Companion, book
from booking.application.cancel import cancel
from booking.application.explain import explain_start
from booking.application.hold import Held, hold
from booking.application.join_waitlist import Join, join
from booking.application.offer_times import offer_times
from booking.application.rearrange import Rearranged, rearrange
from booking.application.reschedule import To, reschedule
from booking.domain.booking import UNDO_FOR, Booking, manage_token
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.hold import opened, packed, sign, unpacked
from booking.domain.part import GuestSought
from booking.domain.preference import ANYONE, Preference, from_words, in_words, preference
from booking.domain.waitlist import Wanted
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    PARIS,
    ROOM_1,
    ROOM_2,
    SWEDISH,
    clinic,
    practitioner,
    room,
    schedule,
)
from services.booking.tests.fakes import Office, office

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
LATER = START + timedelta(hours=3)
A_WOMAN = Preference(gender="female")
IN_SPANISH = Preference(languages=("es",))
CONTACT = Contact(name="Ana Moreau", email="ana@example.com")


def here(*changes: dict[str, Any]) -> Office:
    """Ana is a woman who speaks French and Spanish, Bea a man who speaks French and English, Cleo does not say."""
    return office(
        clinic(
            practitioner(ANA, name="Ana", skills=["swedish", "deep_tissue"], gender="female", languages=["fr", "es"]),
            practitioner(BEA, name="Bea", gender="male", languages=["en", "fr"]),
            practitioner(CLEO, name="Cleo", languages=["fr"]),
            room(ROOM_1, capacity=1),
            *changes,
        )
    )


def massage(wished: Preference = ANYONE, **more: Any) -> Sought:
    return Sought(location_id=PARIS, service_id=SWEDISH, preference=wished, **more)  # type: ignore[arg-type]


def offered(at: Office, sought: Sought) -> dict[datetime, tuple[str, ...]]:
    day = START.replace(hour=0)
    found = availability(sought, since=day, until=day + timedelta(days=1), desk=at.desk)
    return {datetime.fromtimestamp(slot.start, UTC): slot.practitioner_ids for slot in found.slots}


def booked(at: Office, held: Held, *companions: Companion) -> Booking:
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=CONTACT, companions=companions)
    return book(command, desk=at.desk).booking


def made(at: Office, wished: Preference, start: datetime = START, **more: Any) -> Booking:
    return booked(at, hold(massage(wished, **more), start=start, desk=at.desk))


def opens(at: Office, one: Booking) -> GuestAccess:
    return GuestAccess(booking_id=one.id, token=manage_token(one.id, one.generation, at.desk.manage_key))


def refused(call: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as refusal:
        call(*args, **more)
    return refusal.value


# --- the rule ---


def test_a_strict_wish_allows_only_who_says_to_be_so() -> None:
    known = here().desk.calendar.known().practitioners
    assert [A_WOMAN.allows(known[who]) for who in (ANA, BEA, CLEO)] == [True, False, False]  # type: ignore[index]


def test_any_one_of_the_languages_will_do() -> None:
    known = here().desk.calendar.known().practitioners
    wished = Preference(languages=("en", "es"))
    assert [wished.allows(known[who]) for who in (ANA, BEA, CLEO)] == [True, True, False]  # type: ignore[index]


def test_a_soft_wish_allows_everyone_and_counts_what_is_missed() -> None:
    known = here().desk.calendar.known().practitioners
    wished = Preference(gender="female", languages=("en",), soft=("gender", "languages"))
    assert all(wished.allows(known[who]) for who in (ANA, BEA, CLEO))  # type: ignore[index]
    assert [wished.misses(known[who]) for who in (ANA, BEA, CLEO)] == [1, 1, 2]  # type: ignore[index]


@pytest.mark.parametrize(
    "wished",
    [
        ANYONE,
        A_WOMAN,
        IN_SPANISH,
        preference(gender="male", languages=["fr", "es", "fr"], soft=["languages"]),
        preference(gender=None, languages=["fr"], soft=["gender", "languages"]),
    ],
)
def test_what_is_written_down_is_read_again(wished: Preference) -> None:
    assert from_words(in_words(wished)) == wished


def test_equal_wishes_are_equal_however_they_are_said() -> None:
    one = preference(gender=None, languages=["fr", "es"], soft=["gender"])
    assert one == preference(gender=None, languages=["es", "fr", "es"], soft=[])


# --- finding and holding a time ---


def test_only_those_who_match_a_strict_wish_are_offered() -> None:
    assert set(offered(here(), massage(A_WOMAN)).values()) == {(ANA,)}


def test_a_soft_wish_keeps_no_time_from_being_offered() -> None:
    at = here()
    assert offered(at, massage(replace(A_WOMAN, soft=("gender",)))) == offered(at, massage())


def test_a_time_at_which_nobody_who_matches_is_free_is_not_offered() -> None:
    at = here()
    made(at, A_WOMAN)
    assert START in offered(at, massage())
    assert START not in offered(at, massage(A_WOMAN))
    assert refused(hold, massage(A_WOMAN), start=START, desk=at.desk).code == "slot_taken"


def test_who_meets_most_soft_wishes_is_tried_first() -> None:
    wished = preference(gender="male", languages=["en"], soft=["gender", "languages"])
    assert hold(massage(wished), start=START, desk=here().desk).hold.practitioner_ids == (BEA,)


def test_soft_wishes_come_before_who_has_worked_least() -> None:
    at = here()
    made(at, A_WOMAN, LATER)
    softly = replace(A_WOMAN, soft=("gender",))
    assert made(at, softly).practitioner_ids == (ANA,)
    assert made(at, softly).practitioner_ids == (BEA,), "and whoever is left serves, by the usual rule"


def test_naming_someone_who_is_not_as_wished_is_refused() -> None:
    refusal = refused(hold, massage(A_WOMAN, practitioner_id=BEA), start=START, desk=here().desk)
    assert refusal.code == "practitioner_cannot"


@pytest.mark.parametrize("wished", [ANYONE, A_WOMAN, preference(gender="male", languages=["fr"], soft=["gender"])])
def test_a_token_and_the_memory_of_holds_keep_the_wish(wished: Preference) -> None:
    at = here()
    held = hold(massage(wished), start=START, desk=at.desk).hold
    assert held.preference == wished
    assert unpacked(packed(held)) == held
    assert opened(sign(held, at.desk.hold_key), at.desk.hold_key) == held


def test_a_hold_without_a_wish_is_written_as_ever() -> None:
    assert packed(hold(massage(), start=START, desk=here().desk).hold).startswith("[1,")


# --- from the hold to the booking, and after ---


def test_a_confirm_passes_on_only_to_who_matches() -> None:
    at = here(practitioner(CLEO, name="Cleo", gender="female"))
    held = hold(massage(A_WOMAN), start=START, desk=at.desk)
    at.holds.flush()
    [first] = held.hold.practitioner_ids
    rival = made(at, ANYONE, practitioner_id=first)
    assert rival.practitioner_ids == (first,)
    assert {*booked(at, held).practitioner_ids, first} == {ANA, CLEO}


def test_a_practitioner_who_stopped_matching_does_not_serve_what_was_held() -> None:
    at = here()
    held = hold(massage(A_WOMAN), start=START, desk=at.desk)
    at.bookings.clinic = here(practitioner(ANA, name="Ana", gender="male")).bookings.clinic
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=CONTACT)
    assert refused(book, command, desk=at.desk).code == "slot_taken"


def test_a_booking_keeps_its_wish_and_moves_only_to_who_matches() -> None:
    at = here()
    one = made(at, A_WOMAN)
    assert one.preference == A_WOMAN
    made(at, A_WOMAN, LATER)
    assert refused(reschedule, opens(at, one), To(start=LATER), desk=at.desk).code == "slot_taken"
    moved = reschedule(opens(at, one), To(start=LATER + timedelta(hours=2)), desk=at.desk)
    assert (moved.practitioner_ids, moved.preference) == ((ANA,), A_WOMAN)


def test_the_times_to_move_to_are_those_at_which_the_wish_can_be_kept() -> None:
    at = here()
    one = made(at, A_WOMAN)
    made(at, A_WOMAN, LATER)
    day = START.replace(hour=0)
    found = availability(massage(), since=day, until=day + timedelta(days=1), moving=opens(at, one), desk=at.desk)
    starts = {datetime.fromtimestamp(slot.start, UTC): slot.practitioner_ids for slot in found.slots}
    assert LATER not in starts
    assert set(starts.values()) == {(ANA,)}


def test_staff_may_give_it_other_hands_and_the_wish_stays() -> None:
    at = here()
    one = made(at, A_WOMAN)
    access = StaffAccess(booking_id=one.id, actor="admin", reason="They have agreed to Bea.")
    after = rearrange(access, Rearranged(practitioner_id=BEA), desk=at.desk)  # type: ignore[arg-type]
    assert (after.practitioner_ids, after.preference) == ((BEA,), A_WOMAN)
    again = rearrange(access, Rearranged(start=LATER), desk=at.desk)
    assert again.practitioner_ids == (BEA,)


# --- several guests ---


def couple(*guests: Preference) -> Sought:
    each = tuple(GuestSought(preference=one) for one in guests)
    return Sought(location_id=PARIS, service_id=COUPLES, guests=each)  # type: ignore[arg-type]


def test_each_guest_of_a_party_has_a_wish_of_their_own() -> None:
    at = here()
    held = hold(couple(Preference(gender="male"), A_WOMAN), start=START, desk=at.desk)
    assert [part.practitioner_id for part in held.hold.guests] == [BEA, ANA]
    assert unpacked(packed(held.hold)) == held.hold
    one = booked(at, held, Companion(contact=Contact(name="Luc")))
    assert [each.preference for each in one.guests] == [Preference(gender="male"), A_WOMAN]
    moved = reschedule(opens(at, one), To(start=LATER), desk=at.desk)
    assert [each.practitioner_id for each in moved.guests] == [BEA, ANA]


def test_two_cannot_both_have_the_only_one_who_matches() -> None:
    at = here()
    assert offered(at, couple(A_WOMAN, A_WOMAN)) == {}
    assert refused(hold, couple(A_WOMAN, A_WOMAN), start=START, desk=at.desk).code == "not_a_start"


def test_a_wish_said_for_all_is_that_of_each() -> None:
    sought = Sought(location_id=PARIS, service_id=COUPLES, preference=Preference(languages=("en", "es")))  # type: ignore[arg-type]
    held = hold(sought, start=START, desk=here().desk)
    assert set(held.hold.practitioner_ids) == {ANA, BEA}


# --- waiting ---


def waits(at: Office, wished: Preference) -> None:
    wanted = Wanted(since=START, until=START + timedelta(minutes=1))
    join(Join(sought=massage(wished), wanted=wanted, contact=CONTACT), desk=at.desk)


def test_who_waits_is_offered_only_what_matches() -> None:
    at = here()
    ana = made(at, A_WOMAN)
    waits(at, A_WOMAN)
    assert offer_times(desk=at.desk).offered == 0, "Bea is free, and is not what is wished for"
    cancel(opens(at, ana), accept_fee=True, desk=at.desk)
    at.clock.advance(minutes=UNDO_FOR.seconds // 60 + 1)
    assert offer_times(desk=at.desk).offered == 1


# --- why not ---


def why(at: Office, sought: Sought) -> tuple[str, ...]:
    return explain_start(sought, start=START, desk=at.desk).explanation.reasons


def test_that_nobody_is_as_wished_is_a_reason_of_its_own() -> None:
    at = here()
    assert why(at, massage(A_WOMAN)) == ()
    made(at, A_WOMAN)
    assert why(at, massage(A_WOMAN)) == ("not_as_wished",)
    assert why(at, massage()) == ()


def test_where_all_are_taken_the_wish_is_no_reason() -> None:
    at = here(room(ROOM_2, capacity=1), schedule(BEA, weekly=[]), schedule(CLEO, weekly=[]))
    made(at, A_WOMAN)
    assert why(at, massage(A_WOMAN)) == ("all_taken",)


def test_staff_see_of_everyone_whether_they_are_as_wished() -> None:
    found = explain_start(massage(A_WOMAN), start=START, by_staff=True, desk=here().desk)
    codes = {each.resource_id: [obstacle.code for obstacle in each.obstacles] for each in found.explanation.standings}
    assert (codes[ANA], codes[BEA], codes[CLEO]) == ([], ["not_as_wished"], ["not_as_wished"])  # type: ignore[index]
