"""One half of a couple cannot come: keep the place for another, or go on with one guest."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from booking.application.access import StaffAccess
from booking.application.attend import waive_fee
from booking.application.book import Companion
from booking.application.hold import hold
from booking.application.reschedule import To, reschedule
from booking.application.withdraw import Withdraw, go_on_alone, keep_free, name_guest
from booking.domain.audit import Actor
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.events import BOOKED, PARTY_CHANGED
from booking.domain.guest import Contact
from booking.domain.part import GuestSought
from booking.domain.screening import Answers
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    DEEP,
    PARIS,
    ROOM_1,
    ROOM_2,
    SCREENING,
    SWEDISH,
    clinic,
    key_of,
    offer,
    price,
    service,
)
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_parties import START, booked, couples, held, opens, refusal

LATE = START - timedelta(hours=2)
LUC = Companion(contact=Contact(name="Luc Moreau", email="luc@example.com"))


def asked(*questions: str) -> dict[str, Any]:
    return {"version": 3, "questions": [{"id": each, "text": f"{each}?"} for each in questions]}


def a_couple(*changes: dict[str, Any], second: Companion = LUC, place: Clinic | None = None) -> tuple[Office, Booking]:
    """Ana serves the one who booked, Bea the other."""
    here = office(place or clinic(couples(), *changes))
    mine = held(here, GuestSought(practitioner_id=ANA), GuestSought(practitioner_id=BEA))
    return here, booked(here, mine, companions=(second,)).booking


def claimed(here: Office, made: Booking) -> set[str]:
    return {each.claim.resource_id for each in here.bookings.truth.allocations if each.active}


def test_who_stays_keeps_practitioner_and_time_in_a_room_for_one_at_the_price_for_one() -> None:
    here, made = a_couple(service(offers=[offer(durations=[{"minutes": 60, "price": price("85.00")}])]))
    after = go_on_alone(opens(here, made), Withdraw(place=2), desk=here.desk)
    assert (after.id, after.revision, after.service_id, after.start) == (made.id, 2, SWEDISH, made.start)
    assert (after.practitioner_ids, after.price.amount, after.guest.name) == ((ANA,), Decimal("85.00"), "Ana Moreau")
    assert claimed(here, after) == {ANA, ROOM_1}
    assert [(each.state, each.fee) for each in after.guests] == [("coming", None), ("withdrawn", None)]
    assert [each.name for each in here.bookings.told] == [BOOKED, PARTY_CHANGED]
    assert [each.action for each in here.bookings.notes("booking", made.id)] == ["go_on_alone"]


def test_if_who_booked_cannot_come_the_other_is_the_guest_and_is_written_to() -> None:
    here, made = a_couple()
    after = go_on_alone(opens(here, made), Withdraw(place=1), desk=here.desk)
    assert (after.guest.name, after.guest.email, after.practitioner_ids) == ("Luc Moreau", "luc@example.com", (BEA,))
    here, made = a_couple(second=Companion(contact=Contact(name="Luc Moreau")))
    after = go_on_alone(opens(here, made), Withdraw(place=1), desk=here.desk)
    assert (after.guest.name, after.guest.email) == ("Luc Moreau", "ana@example.com")


def test_the_next_room_serves_if_the_first_is_held_or_booked() -> None:
    here, made = a_couple()
    hold(Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=CLEO), start=START, desk=here.desk)
    after = go_on_alone(opens(here, made), Withdraw(place=2), desk=here.desk)
    assert claimed(here, after) == {ANA, ROOM_2}


def test_without_a_room_for_one_or_a_service_for_one_the_couple_stays_as_it_is() -> None:
    rooms = [("resource", ROOM_1), ("resource", ROOM_2)]
    here, made = a_couple(place=clinic(couples(), without=rooms))
    assert refusal(go_on_alone, opens(here, made), Withdraw(place=2), desk=here.desk).code == "no_single_counterpart"
    here, made = a_couple(place=clinic(couples(), without=[key_of(service())]))
    assert refusal(go_on_alone, opens(here, made), Withdraw(place=2), desk=here.desk).code == "no_single_counterpart"
    assert here.bookings.find([made.id])[made.id] == made


def test_who_stays_answers_what_the_service_for_one_asks_more_and_nothing_twice() -> None:
    clear = Answers(version=3, all_clear=True)
    answered = Companion(contact=LUC.contact, screening=clear)
    both = (couples(screening=asked("clots", "fever")), service(screening=asked("clots")))
    here = office(clinic(*both))
    mine = held(here, GuestSought(practitioner_id=ANA), GuestSought(practitioner_id=BEA))
    made = booked(here, mine, companions=(answered,), screening=clear).booking
    assert go_on_alone(opens(here, made), Withdraw(place=2), desk=here.desk).screening == clear

    here = office(clinic(couples(screening=asked("clots")), service(screening=SCREENING | {"version": 7})))
    mine = held(here, GuestSought(practitioner_id=ANA), GuestSought(practitioner_id=BEA))
    made = booked(here, mine, companions=(answered,), screening=clear).booking
    refused = refusal(go_on_alone, opens(here, made), Withdraw(place=2), desk=here.desk)
    assert (refused.code, refused.extra["guest"]) == ("screening_required", 1)
    unwell = Withdraw(place=2, screening=Answers(version=7, all_clear=False))
    assert refusal(go_on_alone, opens(here, made), unwell, desk=here.desk).code == "clearance_needed"
    well = Withdraw(place=2, screening=Answers(version=7, all_clear=True))
    assert go_on_alone(opens(here, made), well, desk=here.desk).service_id == SWEDISH


def test_withdrawing_late_costs_the_fee_for_one_half_and_must_be_agreed_to() -> None:
    here, made = a_couple()
    here.clock.at = LATE
    refused = refusal(go_on_alone, opens(here, made), Withdraw(place=2), desk=here.desk)
    assert (refused.code, str(refused.extra["fee"].amount)) == ("outside_policy", "20.00")  # type: ignore[attr-defined]
    after = go_on_alone(opens(here, made), Withdraw(place=2, accept_fee=True), desk=here.desk)
    left = after.guests[1]
    assert left.fee is not None
    assert (left.state, left.fee.amount) == ("withdrawn", Decimal("20.00"))


def test_staff_let_the_one_who_withdrew_off_the_fee_and_nobody_else() -> None:
    here, made = a_couple()
    here.clock.at = LATE
    go_on_alone(opens(here, made), Withdraw(place=2, accept_fee=True), desk=here.desk)
    access = StaffAccess(booking_id=made.id, actor=Actor("mia"), reason="Was ill")
    let_off = waive_fee(access, place=2, desk=here.desk)
    fee = let_off.guests[1].fee
    assert fee is not None
    assert let_off.guests[1].fee_waived_at == LATE
    assert waive_fee(access, place=2, desk=here.desk) == let_off
    assert here.bookings.truth.notes[-1].detail == {"guest": "2"}
    assert refusal(waive_fee, access, place=1, desk=here.desk).code == "no_fee"
    assert refusal(waive_fee, access, place=3, desk=here.desk).code == "unknown_guest"


def test_a_place_is_kept_free_for_whoever_is_named_until_the_deadline() -> None:
    here, made = a_couple()
    kept = keep_free(opens(here, made), 2, desk=here.desk)
    assert kept.guests[1].fee is not None
    assert (kept.guests[1].state, kept.guests[1].fee.amount) == ("kept_free", Decimal("20.00"))
    assert claimed(here, kept) == claimed(here, made)
    nora = Companion(contact=Contact(name="Nora Petit"))
    named = name_guest(opens(here, made), 2, nora, desk=here.desk)
    assert named.guests[1].guest is not None
    assert (named.guests[1].guest.name, named.guests[1].state, named.guests[1].fee) == ("Nora Petit", "coming", None)
    keep_free(opens(here, made), 2, desk=here.desk)
    here.clock.at = LATE
    refused = refusal(name_guest, opens(here, made), 2, nora, desk=here.desk)
    assert refused.code == "outside_policy"
    assert here.bookings.find([made.id])[made.id].guests[1].state == "kept_free"


def test_whoever_is_named_answers_for_themselves() -> None:
    clear = Answers(version=3, all_clear=True)
    here = office(clinic(couples(screening=SCREENING)))
    made = booked(here, held(here), companions=(Companion(contact=LUC.contact, screening=clear),), screening=clear)
    access = opens(here, made.booking)
    keep_free(access, 2, desk=here.desk)
    nora = Companion(contact=Contact(name="Nora Petit"))
    assert refusal(name_guest, access, 2, nora, desk=here.desk).code == "screening_required"
    unwell = replace(nora, screening=Answers(version=3, all_clear=False))
    assert refusal(name_guest, access, 2, unwell, desk=here.desk).code == "clearance_needed"
    assert name_guest(access, 2, replace(nora, screening=clear), desk=here.desk).guests[1].screening == clear


@pytest.mark.parametrize(("place", "code"), [(0, "unknown_guest"), (3, "unknown_guest")])
def test_a_guest_who_is_not_there_cannot_withdraw(place: int, code: str) -> None:
    here, made = a_couple()
    assert refusal(keep_free, opens(here, made), place, desk=here.desk).code == code
    assert refusal(go_on_alone, opens(here, made), Withdraw(place=place), desk=here.desk).code == code


def test_the_last_who_comes_cancels_instead_and_nobody_withdraws_twice() -> None:
    here, made = a_couple()
    keep_free(opens(here, made), 2, desk=here.desk)
    assert refusal(keep_free, opens(here, made), 1, desk=here.desk).code == "last_guest"
    assert refusal(keep_free, opens(here, made), 2, desk=here.desk).code == "guest_wrong_state"
    assert refusal(name_guest, opens(here, made), 1, LUC, desk=here.desk).code == "guest_wrong_state"
    go_on_alone(opens(here, made), Withdraw(place=2), desk=here.desk)
    assert refusal(keep_free, opens(here, made), 1, desk=here.desk).code == "unknown_guest"


def test_an_appointment_that_became_one_for_one_guest_moves_as_any_other() -> None:
    here, made = a_couple()
    go_on_alone(opens(here, made), Withdraw(place=1), desk=here.desk)
    moved = reschedule(opens(here, made), To(start=START + timedelta(hours=2)), desk=here.desk)
    assert (moved.service_id, moved.practitioner_ids) == (SWEDISH, (BEA,))
    assert [each.practitioner_id for each in moved.guests] == [ANA, BEA]


def test_another_revision_or_a_wrong_token_changes_nothing() -> None:
    here, made = a_couple()
    stale = replace(opens(here, made), revision=9)
    assert refusal(go_on_alone, stale, Withdraw(place=2), desk=here.desk).code == "revision_mismatch"
    stranger = replace(opens(here, made), token="nonsense")
    assert refusal(keep_free, stranger, 2, desk=here.desk).code == "token_invalid"
    with pytest.raises(Refused):
        name_guest(stranger, 2, LUC, desk=here.desk)


def test_a_couple_becomes_no_treatment_of_another_skill() -> None:
    here, made = a_couple(place=clinic(couples(), without=[key_of(service())]))
    assert {COUPLES, DEEP} <= set(here.bookings.clinic.services)
    assert refusal(go_on_alone, opens(here, made), Withdraw(place=2), desk=here.desk).code == "no_single_counterpart"
