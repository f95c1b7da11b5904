"""The clock: guest and desk are told before a document runs out that sessions rely on, once for each threshold."""

from datetime import date, timedelta
from typing import Any

import pytest
from booking.application.cancel import cancel_as_staff
from booking.application.documents import list_running_out, revoke, verify
from booking.application.needs import Papers
from booking.application.warn_documents import warn_documents
from booking.application.warn_needs import warn_needs
from booking.domain.booking import NO_FEE, Booking
from booking.domain.documents import REFERRAL, VERIFIED, Document, DocumentId, Patient
from booking.domain.events import DocumentEvent
from booking.domain.running_out import Threshold, come_to

from services.booking.tests.booking_data import NOW
from services.booking.tests.fakes import Office
from services.booking.tests.therapy_data import DAY, TEN, TREATMENT, booked, referral
from services.booking.tests.unit.test_therapy import ADMIN, add, at, attended, here_in, paper, staff, the_referral

LAST_DAY = (TEN + 40 * DAY).date()
INSURED = Papers(payer="public_insurance")


def told(here: Office) -> list[str]:
    return [each.booking.id for each in here.bookings.told if isinstance(each, DocumentEvent)]


def listed(here: Office) -> list[str]:
    found = here.desk.therapy.running_out(now=here.clock.now(), thresholds=here.desk.rules.running_out, limit=9)
    return [each.booking_id for each in found]


def a_course(here: Office, **terms: Any) -> list[Booking]:
    """An evaluation now, a treatment a month later, and one on the referral's last day."""
    first = booked(
        here, papers=Papers(payer="public_insurance", referral=referral(**{"expires_on": LAST_DAY, **terms}))
    )
    later = [booked(here, TREATMENT, TEN + days * DAY, papers=INSURED) for days in (30, 40)]
    verify(paper(the_referral(here, first)), desk=here.desk)
    return [first, *later]


def test_it_is_told_fourteen_and_three_days_before_the_last_day_of_the_next_session_that_relies_on_it() -> None:
    here = here_in()
    first, second, third = a_course(here)
    assert (warn_documents(desk=here.desk), listed(here)) == (0, [])
    at(here, TEN + 26 * DAY)
    assert [warn_documents(desk=here.desk) for _ in range(3)] == [1, 0, 0]
    assert (told(here), listed(here)) == ([second.id], [second.id])
    ending = here.desk.therapy.ending(
        [first.id, second.id, third.id], now=here.clock.now(), thresholds=here.desk.rules.running_out
    )
    assert ending == {first.id, second.id, third.id}, "whichever of them a message speaks of"
    at(here, TEN + 37 * DAY)
    assert [warn_documents(desk=here.desk) for _ in range(2)] == [1, 0]
    assert (told(here), listed(here)) == ([second.id, third.id], [third.id])
    assert first.id not in told(here)


def test_a_clock_that_leaps_over_both_thresholds_tells_once_and_one_that_goes_back_tells_nothing_again() -> None:
    here = here_in()
    *_, third = a_course(here)
    at(here, TEN + 38 * DAY)
    assert warn_documents(desk=here.desk) == 1
    at(here, TEN + 20 * DAY)
    assert warn_documents(desk=here.desk) == 0
    at(here, TEN + 26 * DAY)
    assert warn_documents(desk=here.desk) == 0
    at(here, TEN + 39 * DAY)
    assert warn_documents(desk=here.desk) == 0
    assert told(here) == [third.id]


def test_a_clock_that_leaps_past_the_last_session_tells_nothing() -> None:
    here = here_in()
    a_course(here)
    at(here, TEN + 50 * DAY)
    assert (warn_documents(desk=here.desk), listed(here)) == (0, [])


def test_it_is_told_when_two_visits_are_left_once_one_was_used() -> None:
    here = here_in()
    first, second, _ = a_course(here, allowance=3, expires_on=None)
    assert warn_documents(desk=here.desk) == 0, "who has just brought it knows how many it is for"
    attended(here, first)
    assert [warn_documents(desk=here.desk) for _ in range(2)] == [1, 0]
    assert told(here) == [second.id]
    [found] = here.desk.therapy.running_out(now=here.clock.now(), thresholds=here.desk.rules.running_out, limit=9)
    assert (found.left, found.expires_on, found.kind) == (2, None, REFERRAL)
    before = len(here.bookings.notes(REFERRAL, found.document_id))
    assert list_running_out(None, 9, actor=ADMIN, desk=here.desk) == [found]
    seen = here.bookings.notes(REFERRAL, found.document_id)[before:]
    assert [(each.actor, each.action) for each in seen] == [("admin", "read")]


def test_who_brings_a_document_near_its_end_is_not_told_of_that_at_once() -> None:
    here = here_in()
    only = booked(here, start=TEN + 9 * DAY, papers=Papers(referral=referral(expires_on=(TEN + 10 * DAY).date())))
    assert warn_documents(desk=here.desk) == 0
    at(here, TEN + 7 * DAY)
    assert (warn_documents(desk=here.desk), told(here)) == (0, []), "self-pay needs none, and takes nothing of it"
    insured = booked(here, start=TEN + 9 * DAY + timedelta(hours=2), papers=INSURED)
    assert (warn_documents(desk=here.desk), told(here)) == (1, [insured.id])
    assert only.id not in told(here)


def test_a_newer_document_takes_it_off_the_list() -> None:
    here = here_in()
    first, *_ = a_course(here)
    at(here, TEN + 25 * DAY)
    newer = add(here, first, expires_on=date(2027, 6, 1))
    at(here, TEN + 26 * DAY)
    assert (warn_documents(desk=here.desk), listed(here)) == (0, [])
    revoke(paper(newer), desk=here.desk)
    assert (warn_documents(desk=here.desk), len(listed(here))) == (1, 1)


def test_nothing_is_told_of_a_document_that_no_session_to_come_relies_on() -> None:
    here = here_in()
    for each in a_course(here):
        cancel_as_staff(staff(each), fee=NO_FEE, desk=here.desk)
    at(here, TEN + 26 * DAY)
    assert (warn_documents(desk=here.desk), listed(here)) == (0, [])


def test_of_an_evaluation_that_is_booked_nobody_is_told_as_of_a_paper_that_lacks() -> None:
    here = here_in()
    booked(here)
    second = booked(here, TREATMENT, TEN + 2 * DAY)
    at(here, second.start - DAY)
    [need] = here.desk.therapy.open_needs(after=None, limit=9)
    assert (need.kind, warn_needs(desk=here.desk)) == ("evaluation", 0)


def a_document(*, used: int = 0, **terms: Any) -> Document:
    return Document(
        id=DocumentId("d"),
        kind=REFERRAL,
        patient=Patient(name="lisa roy", email="lisa@example.com", phone=None),
        terms=referral(**terms),
        state=VERIFIED,
        stated_at=NOW,
        changed_at=NOW,
        changed_by="admin",
        used=used,
    )


@pytest.mark.parametrize(
    ("today", "stated_on", "reached"),
    [
        (date(2026, 12, 17), date(2026, 11, 23), []),
        (date(2026, 12, 18), date(2026, 11, 23), [14]),
        (date(2026, 12, 28), date(2026, 11, 23), [14]),
        (date(2026, 12, 29), date(2026, 11, 23), [14, 3]),
        (date(2026, 12, 29), date(2026, 12, 18), [3]),
        (date(2026, 12, 31), date(2026, 12, 30), []),
    ],
)
def test_how_many_days_before_the_last_one(today: date, stated_on: date, reached: list[int]) -> None:
    ending = a_document(expires_on=date(2027, 1, 1))
    asked = [Threshold(days=14), Threshold(days=3)]
    found = come_to(ending, asked, today=today, stated_on=stated_on, cost=1)
    assert [each.days for each in found] == reached


@pytest.mark.parametrize(
    ("allowance", "used", "cost", "told"), [(6, 3, 1, 0), (6, 4, 1, 1), (2, 0, 1, 0), (8, 2, 3, 1)]
)
def test_how_many_visits_or_units_are_left(allowance: int, used: int, cost: int, told: int) -> None:
    nearly = a_document(used=used, allowance=allowance, expires_on=None)
    found = come_to(nearly, [Threshold(visits=2)], today=NOW.date(), stated_on=NOW.date(), cost=cost)
    assert len(found) == told


def test_a_thresholds_name_is_what_was_written_down_before() -> None:
    assert [each.name for each in (Threshold(days=14), Threshold(visits=2))] == ["days:14", "visits:2"]
