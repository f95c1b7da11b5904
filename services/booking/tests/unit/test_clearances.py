"""A yes to a safety question: any clinician may clear a guest, staff write it down, and then they may book."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from booking.application.book import Book, Companion, book
from booking.application.book_as_staff import StaffBook, book_as_staff
from booking.application.documents import Add, Whose, add_document, revoke
from booking.application.hold import hold
from booking.application.reschedule import To, reschedule
from booking.domain.audit import Actor
from booking.domain.booking import Booking
from booking.domain.clinic import Screening
from booking.domain.documents import CLEARANCE, Document, Terms
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.need_rules import ACCEPT
from booking.domain.screening import Answers
from booking.domain.wish import Sought

from services.booking.tests.clinic_data import COUPLES, DEEP, PARIS
from services.booking.tests.fakes import Office, office
from services.booking.tests.therapy_data import DAY, EVALUATION, TEN, therapy_clinic
from services.booking.tests.unit.test_therapy import needs, paper, staff

YES = Answers(version=3, all_clear=False)
LISA = Contact(name="Lisa Roy", phone="01 99 00 12 34")
CLEARED = Terms(issuer="Dr. Petit", issued_on=date(2026, 11, 1))


def here_asking() -> Office:
    """A clinic that asks before an evaluation as well."""
    clinic = therapy_clinic()
    screening = Screening(version=3, questions=clinic.services[DEEP].screening.questions)  # type: ignore[index, union-attr]
    asks = replace(clinic.services[EVALUATION], screening=screening)  # type: ignore[index]
    return office(replace(clinic, services={**clinic.services, EVALUATION: asks}))  # type: ignore[dict-item]


def wants(here: Office, service_id: str = DEEP, *, by: Contact = LISA, **options: Any) -> Booking:
    sought = Sought(location_id=PARIS, service_id=service_id)  # type: ignore[arg-type]
    held = hold(sought, start=options.pop("start", TEN), desk=here.desk)
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=by, screening=YES)
    return book(replace(command, **options), desk=here.desk).booking


def code(work: Any, *arguments: Any, **options: Any) -> str:
    with pytest.raises(Refused) as refused:
        work(*arguments, **options)
    return refused.value.code


def cleared(here: Office, terms: Terms = CLEARED, by: Contact = LISA) -> Document:
    whose = Whose(location_id=PARIS, contact=by)  # type: ignore[arg-type]
    command = Add(whose=whose, kind=CLEARANCE, terms=terms, verified=True, actor=Actor("admin"))
    return add_document(command, desk=here.desk)


@pytest.mark.parametrize("service_id", [DEEP, EVALUATION], ids=["massage", "therapy"])
def test_whoever_is_not_clear_books_once_staff_have_written_a_clearance_down(service_id: str) -> None:
    here = here_asking()
    assert code(wants, here, service_id) == "clearance_needed"
    assert here.bookings.truth.bookings == {}
    kept = cleared(here)
    made = wants(here, service_id, start=TEN + timedelta(hours=2))  # the first time is still held
    assert made.screening == YES
    assert [each.action for each in here.bookings.notes(CLEARANCE, kept.id)] == ["add"]


def test_a_clearance_is_of_one_guest_for_as_long_as_it_is_good() -> None:
    here = here_asking()
    kept = cleared(here, replace(CLEARED, expires_on=TEN.date()))
    made = wants(here)
    later = TEN + timedelta(hours=2)
    assert code(wants, here, start=later, by=replace(LISA, name="Tom Roy")) == "clearance_needed"
    assert code(wants, here, start=TEN + DAY) == "clearance_needed"
    revoke(paper(kept), desk=here.desk)
    assert code(wants, here, start=later + timedelta(hours=2)) == "clearance_needed"
    assert here.bookings.truth.bookings[made.id].state == "confirmed"


def test_a_massage_is_not_moved_out_of_its_clearance() -> None:
    here = here_asking()
    cleared(here, replace(CLEARED, expires_on=TEN.date()))
    made = wants(here)
    assert code(reschedule, staff(made), To(start=TEN + DAY), desk=here.desk) == "clearance_needed"
    assert reschedule(staff(made), To(start=TEN + timedelta(hours=1)), desk=here.desk).revision == 2


def at_the_desk(here: Office, service_id: str) -> Booking:
    sought = Sought(location_id=PARIS, service_id=service_id)  # type: ignore[arg-type]
    command = StaffBook(sought=sought, start=TEN, contact=LISA, actor=Actor("admin"), screening=YES)
    return book_as_staff(command, desk=here.desk).booking


def test_staff_book_therapy_with_an_open_clearance_that_the_guest_can_see() -> None:
    here = here_asking()
    made = at_the_desk(here, EVALUATION)
    assert needs(here, made)["clearance"] == "open"
    cleared(here)
    assert needs(here, made)["clearance"] == "met"


def test_staff_book_a_massage_only_after_the_clearance() -> None:
    here = here_asking()
    assert code(at_the_desk, here, DEEP) == "clearance_needed"
    cleared(here)
    assert at_the_desk(here, DEEP).screening == YES


def test_a_clinics_rule_may_let_a_guests_session_wait_for_the_clearance() -> None:
    here = here_asking()
    rules = here.desk.rules
    accepting = tuple(replace(each, without=ACCEPT) if each.kind == CLEARANCE else each for each in rules.rules)
    here = replace(here, desk=replace(here.desk, rules=replace(rules, rules=accepting)))
    assert needs(here, wants(here, EVALUATION))["clearance"] == "open"


def test_of_a_party_one_who_is_not_clear_is_seen_to_by_phone_whatever_is_written_down() -> None:
    here = here_asking()
    cleared(here)
    clinic = here.bookings.clinic
    asked = replace(clinic.services[COUPLES], screening=clinic.services[DEEP].screening)  # type: ignore[index]
    here.bookings.clinic = replace(clinic, services={**clinic.services, COUPLES: asked})  # type: ignore[dict-item]
    other = Companion(contact=Contact(name="Tom"), screening=Answers(version=3, all_clear=True))
    assert code(wants, here, COUPLES, companions=(other,)) == "clearance_needed"


def test_a_clearance_needs_somebody_whom_it_is_about() -> None:
    here = here_asking()
    assert code(cleared, here, by=Contact(name="Lisa Roy")) == "contact_required"
    assert code(cleared, here, replace(CLEARED, issued_on=date(2027, 1, 1))) == "invalid_request"
    assert here.bookings.truth.charts.documents == {}
