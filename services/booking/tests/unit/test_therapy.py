"""Physical therapy as guests and staff live it: evaluation first, referrals, visits, what staff do about a need."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from booking.application.access import StaffAccess
from booking.application.attend import check_in, complete, miss, revert
from booking.application.cancel import cancel_as_staff, undo_cancel
from booking.application.documents import Add, Paper, add_document, list_documents, reduce, revoke, verify
from booking.application.needs import Papers
from booking.application.reschedule import To, reschedule
from booking.application.resolve_need import resolve
from booking.application.therapy_ports import Listed
from booking.application.warn_needs import warn_needs
from booking.domain.audit import Actor
from booking.domain.booking import NO_FEE, Booking
from booking.domain.documents import AUTHORIZATION, REFERRAL, Document
from booking.domain.errors import Refused
from booking.domain.events import NeedEvent
from booking.domain.guest import Contact

from services.booking.tests.fakes import Office, office
from services.booking.tests.therapy_data import (
    ALEX,
    DAY,
    EVALUATION,
    JULIEN,
    LISA,
    TEN,
    TREATMENT,
    booked,
    referral,
    therapy_clinic,
)

ADMIN = Actor("admin")


def here_in(region: str = "FR") -> Office:
    return office(therapy_clinic(region))


def staff(booking: Booking, reason: str | None = None) -> StaffAccess:
    return StaffAccess(booking_id=booking.id, actor=ADMIN, reason=reason)


def needs(here: Office, booking: Booking) -> dict[str, str]:
    found = here.desk.therapy.needs([booking.id]).get(booking.id, [])
    return {each.kind: each.state for each in found}


def due(here: Office, booking: Booking, kind: str) -> datetime:
    return next(each.due for each in here.desk.therapy.needs([booking.id])[booking.id] if each.kind == kind)


def told(here: Office) -> list[tuple[str, str]]:
    return [(each.name.split(".")[1], each.booking.id) for each in here.bookings.told if isinstance(each, NeedEvent)]


def at(here: Office, moment: datetime) -> Office:
    here.clock.at = moment
    return here


def refusal(work: Callable[..., Any], *arguments: Any, **options: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        work(*arguments, **options)
    return refused.value


def attended(here: Office, booking: Booking) -> None:
    check_in(staff(booking), desk=at(here, booking.start).desk)
    complete(staff(booking), desk=at(here, booking.end).desk)


def the_referral(here: Office, booking: Booking) -> Document:
    [found] = list_documents(Listed(kind=REFERRAL), booking_id=booking.id, actor=ADMIN, desk=here.desk)
    return found


def paper(document: Document) -> Paper:
    return Paper(document_id=document.id, kind=document.kind, actor=ADMIN, reason="As the doctor wrote")


def add(here: Office, booking: Booking, kind: str = REFERRAL, **changes: Any) -> Document:
    command = Add(whose=booking.id, kind=kind, terms=referral(**changes), verified=True, actor=ADMIN)
    return add_document(command, desk=here.desk)


def test_a_treatment_without_an_evaluation_is_refused_and_nothing_is_kept() -> None:
    here = here_in()
    refused = refusal(booked, here, TREATMENT)
    assert (refused.code, refused.extra["rule"]) == ("evaluation_required", "evaluation.first")
    assert here.bookings.truth.bookings == {}
    assert here.bookings.truth.allocations == []


def test_a_treatment_after_a_booked_evaluation_is_open_until_the_evaluation_has_taken_place() -> None:
    here = here_in()
    first = booked(here)
    second = booked(here, TREATMENT, TEN + 7 * DAY)
    assert needs(here, first) == {}
    assert (needs(here, second), due(here, second, "evaluation")) == ({"evaluation": "open"}, second.start)
    attended(here, first)
    assert needs(here, second) == {"evaluation": "met"}


def test_an_evaluation_that_is_missed_opens_the_need_again() -> None:
    here = here_in()
    first = booked(here)
    second = booked(here, TREATMENT, TEN + 7 * DAY)
    check_in(staff(first), desk=at(here, first.start).desk)
    assert needs(here, second) == {"evaluation": "met"}
    revert(staff(first), desk=here.desk)
    miss(staff(first), desk=here.desk)
    assert needs(here, second) == {"evaluation": "open"}
    assert told(here) == [("need_opened", second.id)] * 2


def test_somebody_else_with_the_same_phone_has_no_part_in_an_evaluation() -> None:
    here = here_in()
    booked(here, contact=Contact(name="Lisa Roy", phone="+33199001234"))
    refused = refusal(booked, here, TREATMENT, TEN + DAY, contact=Contact(name="Tom Roy", phone="+33199001234"))
    assert refused.code == "evaluation_required"
    booked(here, TREATMENT, TEN + DAY, contact=Contact(name=" lisa  ROY", phone="+33199001234"))


def test_an_assistant_treats_but_never_evaluates() -> None:
    here = here_in()
    assert booked(here).practitioner_ids == (JULIEN,)
    assert refusal(booked, here, EVALUATION, TEN).code in {"slot_taken", "not_a_start"}
    assert booked(here, TREATMENT, TEN + 2 * DAY).practitioner_ids
    served = {booked(here, TREATMENT, TEN + 3 * DAY).practitioner_ids for _ in range(2)}
    assert served == {(JULIEN,), (ALEX,)}


def test_the_insurance_asks_for_a_referral_and_the_booking_keeps_its_time_without() -> None:
    here = here_in()
    insured = booked(here, start=TEN + 3 * DAY, papers=Papers(payer="public_insurance"))
    assert needs(here, insured) == {"referral": "open"}
    assert due(here, insured, "referral") == insured.start - DAY
    assert here.bookings.claims(insured.id)
    assert told(here) == [("need_opened", insured.id)]


def test_a_need_is_never_due_after_the_start_nor_before_it_was_made() -> None:
    here = here_in()
    insured = booked(here, start=TEN - timedelta(hours=20), papers=Papers(payer="public_insurance"))
    assert due(here, insured, "referral") == insured.start


def test_a_stated_referral_is_open_until_staff_verify_it() -> None:
    here = here_in()
    insured = booked(here, papers=Papers(payer="public_insurance", referral=referral()))
    assert needs(here, insured) == {"referral": "open"}
    found = the_referral(here, insured)
    assert (found.state, found.changed_by, found.reserved, found.left) == ("stated", "guest", 1, 9)
    assert verify(paper(found), desk=here.desk).state == "verified"
    assert needs(here, insured) == {"referral": "met"}


def test_visits_are_reserved_used_and_returned() -> None:
    here = here_in()
    first = booked(here, papers=Papers(payer="public_insurance", referral=referral(allowance=3)))
    insured = Papers(payer="public_insurance")
    second = booked(here, TREATMENT, TEN + 2 * DAY, papers=insured)
    third = booked(here, TREATMENT, TEN + 3 * DAY, papers=insured)
    verify(paper(the_referral(here, first)), desk=here.desk)

    def counts() -> tuple[int, int, int | None]:
        found = the_referral(here, first)
        return found.reserved, found.used, found.left

    assert counts() == (3, 0, 0)
    cancel_as_staff(staff(third), fee=NO_FEE, desk=here.desk)
    assert counts() == (2, 0, 1)
    undo_cancel(staff(third), desk=here.desk)
    assert counts() == (3, 0, 0)
    attended(here, first)
    assert counts() == (2, 1, 0)
    assert needs(here, second) == {"evaluation": "met", "referral": "met"}


def test_a_visit_that_was_given_back_serves_who_lacks_one() -> None:
    here = here_in()
    insured = Papers(payer="public_insurance")
    first = booked(here, papers=Papers(payer="public_insurance", referral=referral(allowance=2)))
    second = booked(here, TREATMENT, TEN + 2 * DAY, papers=insured)
    third = booked(here, TREATMENT, TEN + 3 * DAY, papers=insured)
    verify(paper(the_referral(here, first)), desk=here.desk)
    assert needs(here, third)["referral"] == "open"
    cancel_as_staff(staff(second), fee=NO_FEE, desk=here.desk)
    assert needs(here, third)["referral"] == "met"


def test_a_reduction_flags_the_last_sessions_that_it_no_longer_reaches() -> None:
    here = here_in()
    insured = Papers(payer="public_insurance")
    first = booked(here, papers=Papers(payer="public_insurance", referral=referral(allowance=3)))
    second = booked(here, TREATMENT, TEN + 2 * DAY, papers=insured)
    third = booked(here, TREATMENT, TEN + 3 * DAY, papers=insured)
    verify(paper(the_referral(here, first)), desk=here.desk)
    before = len(told(here))
    reduce(paper(the_referral(here, first)), 2, desk=here.desk)
    assert [needs(here, each)["referral"] for each in (first, second, third)] == ["met", "met", "open"]
    assert told(here)[before:] == [("need_opened", third.id)]
    assert here.bookings.claims(third.id)
    assert refusal(reduce, paper(the_referral(here, first)), 9, desk=here.desk).code == "invalid_request"


def test_a_revocation_flags_every_session_to_come_and_a_new_document_restores_them() -> None:
    here = here_in()
    first = booked(here, papers=Papers(payer="public_insurance", referral=referral()))
    second = booked(here, TREATMENT, TEN + 2 * DAY, papers=Papers(payer="public_insurance"))
    verify(paper(the_referral(here, first)), desk=here.desk)
    attended(here, first)
    revoke(paper(the_referral(here, first)), desk=here.desk)
    assert needs(here, second)["referral"] == "open"
    assert needs(here, first)["referral"] == "met"
    assert refusal(verify, paper(the_referral(here, first)), desk=here.desk).code == "document_revoked"
    add(here, second)
    assert needs(here, second)["referral"] == "met"


def test_a_referral_is_tested_against_the_day_of_each_session_and_again_when_it_moves() -> None:
    here = here_in()
    last = (TEN + 2 * DAY).date()
    first = booked(here, papers=Papers(payer="public_insurance", referral=referral(expires_on=last)))
    verify(paper(the_referral(here, first)), desk=here.desk)
    on_its_last_day = booked(here, TREATMENT, TEN + 2 * DAY, papers=Papers(payer="public_insurance"))
    assert needs(here, on_its_last_day)["referral"] == "met"
    moved = reschedule(staff(on_its_last_day), To(start=TEN + 3 * DAY), desk=here.desk)
    assert needs(here, moved)["referral"] == "open"
    assert due(here, moved, "referral") == moved.start - DAY


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"issued_on": date(2026, 11, 24)}, "referral.issued_on"),
        ({"expires_on": date(2026, 11, 23)}, "referral.expires_on"),
        ({"expires_on": date(2026, 10, 1)}, "referral.expires_on"),
        ({"allowance": 0}, "referral.visits"),
        ({"allowance": -1}, "referral.visits"),
        ({"issuer": "  "}, "referral.issuer"),
    ],
)
def test_a_referral_that_cannot_be_is_refused_with_its_field(changes: dict[str, Any], field: str) -> None:
    here = here_in()
    refused = refusal(booked, here, papers=Papers(referral=referral(**changes)))
    assert (refused.code, [each.field for each in refused.fields]) == ("invalid_request", [field])
    assert here.bookings.truth.charts.documents == {}


def test_an_unknown_payer_is_refused() -> None:
    refused = refusal(booked, here_in(), papers=Papers(payer="the king"))
    assert [each.field for each in refused.fields] == ["payer"]


def test_an_authorization_counts_in_quarters_of_an_hour_begun() -> None:
    here = here_in("US")
    first = booked(here, papers=Papers(payer="private_insurance"))
    second = booked(here, TREATMENT, TEN + 5 * DAY, papers=Papers(payer="private_insurance"), minutes=40)
    assert needs(here, second)["authorization"] == "open"
    added = add(here, first, AUTHORIZATION, allowance=6, counted_in="units", number="A-77")
    assert (added.reserved, added.left) == (3, 3)
    assert needs(here, second)["authorization"] == "met"


def test_a_guest_who_says_the_same_referral_twice_has_one() -> None:
    here = here_in()
    first = booked(here, papers=Papers(referral=referral()))
    booked(here, start=TEN + DAY, papers=Papers(referral=referral(allowance=9)))
    assert the_referral(here, first)


def test_staff_resolve_a_need_by_what_they_have_seen() -> None:
    here = here_in()
    insured = booked(here, papers=Papers(payer="public_insurance", referral=referral()))
    [need] = here.desk.therapy.needs([insured.id])[insured.id]
    resolve(staff(insured, "Seen at the desk"), need.id, "verified", desk=here.desk)
    assert (needs(here, insured), the_referral(here, insured).state) == ({"referral": "waived"}, "verified")
    assert refusal(resolve, staff(insured, "Again"), need.id, "verified", desk=here.desk).code == "need_not_open"


def test_a_guest_who_pays_needs_what_payers_of_their_own_need() -> None:
    here = here_in()
    insured = booked(here, papers=Papers(payer="public_insurance"))
    [need] = here.desk.therapy.needs([insured.id])[insured.id]
    resolve(staff(insured, "Pays"), need.id, "self_pay", desk=here.desk)
    assert needs(here, insured) == {"referral": "waived"}
    second = booked(here, TREATMENT, TEN + 7 * DAY)
    [need] = here.desk.therapy.needs([second.id])[second.id]
    assert refusal(resolve, staff(second, "Pays"), need.id, "self_pay", desk=here.desk).code == "need_stands"
    assert needs(here, second) == {"evaluation": "open"}


def test_staff_give_the_time_up_with_a_reason() -> None:
    here = here_in()
    insured = booked(here, papers=Papers(payer="public_insurance"))
    [need] = here.desk.therapy.needs([insured.id])[insured.id]
    released = resolve(staff(insured, "No referral came"), need.id, "release", desk=here.desk)
    assert (released.state, needs(here, insured)) == ("cancelled", {"referral": "released"})
    assert here.bookings.truth.bookings[insured.id].state == "cancelled"
    actions = [each.action for each in here.bookings.truth.notes]
    assert {"resolve_need", "cancel"} <= set(actions)


def test_every_document_that_staff_read_leaves_a_note() -> None:
    here = here_in()
    first = booked(here, papers=Papers(referral=referral()))
    seen = the_referral(here, first)
    [note] = here.bookings.notes(REFERRAL, seen.id)
    assert (note.actor, note.action) == ("admin", "read")


def test_the_clock_tells_once_and_releases_nothing() -> None:
    here = here_in()
    insured = booked(here, start=TEN + 10 * DAY, papers=Papers(payer="public_insurance"))
    assert warn_needs(desk=here.desk) == 0
    at(here, insured.start - 4 * DAY)
    assert (warn_needs(desk=here.desk), warn_needs(desk=here.desk)) == (1, 0)
    assert told(here)[-1] == ("need_due_soon", insured.id)
    at(here, insured.start - timedelta(hours=1))
    [need] = here.desk.therapy.open_needs(after=None, limit=10)
    assert (need.is_overdue(here.clock.now()), here.bookings.truth.bookings[insured.id].state) == (True, "confirmed")
    assert here.bookings.claims(insured.id)


def test_a_massage_needs_nothing_whatever_is_said() -> None:
    here = here_in()
    from services.booking.tests.clinic_data import SWEDISH

    made = booked(here, SWEDISH, papers=Papers(payer="public_insurance"))
    assert needs(here, made) == {}
    assert LISA.name
