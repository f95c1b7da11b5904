"""Physical therapy over real PostgreSQL and Redis: what the fakes promise, and what only a database can show."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
from booking.adapters.catalog_copy import load
from booking.adapters.sealing import Sealing
from booking.application.access import StaffAccess
from booking.application.attend import check_in
from booking.application.book import Book, book
from booking.application.cancel import cancel_as_staff
from booking.application.documents import Add, Paper, Whose, add_document, list_documents, reduce, revoke, verify
from booking.application.hold import hold
from booking.application.needs import Papers
from booking.application.ports import Desk
from booking.application.resolve_need import resolve
from booking.application.therapy_ports import Listed
from booking.application.warn_documents import warn_documents
from booking.application.warn_needs import warn_needs
from booking.domain.audit import Actor
from booking.domain.booking import NO_FEE, Booking
from booking.domain.documents import CLEARANCE, REFERRAL, Document, DocumentId
from booking.domain.errors import Refused
from booking.domain.screening import Answers
from booking.domain.wish import Sought
from booking.outside import Outside
from cryptography.fernet import InvalidToken
from sqlalchemy import text

from services.booking.tests import therapy_data
from services.booking.tests.adapters.waiting_desk import at, opened
from services.booking.tests.booking_data import NOW
from services.booking.tests.clinic_data import DEEP, PARIS, entities
from services.booking.tests.fake_holds import HandClock
from services.booking.tests.therapy_data import DAY, TEN, TREATMENT, referral

ADMIN = Actor("admin")
INSURED = Papers(payer="public_insurance")


@pytest.fixture
def here(booking_url: str, redis_url: str) -> Iterator[Outside]:
    made = opened(booking_url, redis_url)
    with made.engine.begin() as connection:
        load(connection, [*entities(), *[_newer(each) for each in therapy_data.entities()]], now=NOW)
    yield made
    made.close()


def _newer(told: dict[str, Any]) -> dict[str, Any]:
    return {**told, "data": {**told["data"], "version": 2}}


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def desk(here: Outside, clock: HandClock) -> Desk:
    return at(here, clock)


class _Office:
    """What `therapy_data.booked` needs of an office."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk


def booked(desk: Desk, *arguments: Any, **options: Any) -> Booking:
    return therapy_data.booked(_Office(desk), *arguments, **options)  # type: ignore[arg-type]


def staff(booking: Booking, reason: str | None = None) -> StaffAccess:
    return StaffAccess(booking_id=booking.id, actor=ADMIN, reason=reason)


def needs(desk: Desk, booking: Booking) -> dict[str, str]:
    return {each.kind: each.state for each in desk.therapy.needs([booking.id]).get(booking.id, [])}


def the_referral(desk: Desk, booking: Booking) -> Document:
    [found] = list_documents(Listed(kind=REFERRAL), booking_id=booking.id, actor=ADMIN, desk=desk)
    return found


def paper(document: Document) -> Paper:
    return Paper(document_id=document.id, kind=document.kind, actor=ADMIN, reason="As the doctor wrote")


def test_a_course_of_treatment_from_the_evaluation_to_a_revocation(desk: Desk, clock: HandClock) -> None:
    first = booked(desk, papers=Papers(payer="public_insurance", referral=referral(allowance=3)))
    second = booked(desk, TREATMENT, TEN + 2 * DAY, papers=INSURED)
    third = booked(desk, TREATMENT, TEN + 3 * DAY, papers=INSURED)
    assert needs(desk, second) == {"evaluation": "open", "referral": "open"}
    stated = the_referral(desk, first)
    assert (stated.terms, stated.state, stated.reserved, stated.left) == (referral(allowance=3), "stated", 3, 0)
    verify(paper(stated), desk=desk)
    clock.at = first.start
    check_in(staff(first), desk=desk)
    assert needs(desk, second) == {"evaluation": "met", "referral": "met"}
    cancel_as_staff(staff(third), fee=NO_FEE, desk=desk)
    used = the_referral(desk, first)
    assert (used.used, used.reserved, used.left) == (1, 1, 1)
    assert reduce(paper(used), 1, desk=desk).left == -0
    assert needs(desk, second)["referral"] == "open"
    revoke(paper(used), desk=desk)
    assert desk.bookings.claims(second.id)
    [need] = desk.therapy.open_needs(after=None, limit=9)
    assert (need.booking_id, need.kind) == (second.id, "referral")
    assert desk.therapy.open_needs(after=need.id, limit=9) == []
    assert resolve(staff(second, "Pays"), need.id, "self_pay", desk=desk).state == "confirmed"
    assert needs(desk, second) == {"evaluation": "met", "referral": "waived"}
    actions = [each.action for each in desk.bookings.notes(REFERRAL, used.id)]
    assert [each for each in actions if each != "read"] == ["verify", "reduce", "revoke"]


def test_of_two_who_race_for_the_last_visit_one_has_it_reserved(desk: Desk) -> None:
    first = booked(desk, papers=Papers(payer="public_insurance", referral=referral(allowance=2)))
    verify(paper(the_referral(desk, first)), desk=desk)
    with ThreadPoolExecutor(4) as pool:
        racing = [pool.submit(booked, desk, TREATMENT, TEN + n * DAY, papers=INSURED) for n in (2, 3, 4, 5)]
        made = [each.result() for each in racing]
    assert sorted(needs(desk, each)["referral"] for each in made) == ["met", "open", "open", "open"]
    assert the_referral(desk, first).left == 0


def test_several_clocks_tell_of_a_need_once(desk: Desk, here: Outside) -> None:
    soon = booked(desk, papers=INSURED)
    booked(desk, TREATMENT, TEN + DAY)  # whose evaluation is booked: no paper lacks
    with ThreadPoolExecutor(4) as pool:
        assert sum(each.result() for each in [pool.submit(warn_needs, desk=desk) for _ in range(4)]) == 1
    with here.engine.connect() as connection:
        bodies = (
            connection.execute(text("SELECT body FROM outbox WHERE name = 'booking.need_due_soon.v1'")).scalars().all()
        )
    assert [body["data"]["booking_id"] for body in bodies] == [soon.id]
    assert {"kind", "rule", "issuer", "payer"}.isdisjoint(bodies[0]["data"])


def test_several_clocks_tell_once_that_a_document_runs_out(desk: Desk, here: Outside, clock: HandClock) -> None:
    last_day = (TEN + 40 * DAY).date()
    booked(desk, papers=Papers(payer="public_insurance", referral=referral(expires_on=last_day, allowance=4)))
    second, third = (booked(desk, TREATMENT, TEN + days * DAY, papers=INSURED) for days in (30, 40))
    thresholds = desk.rules.running_out
    assert desk.therapy.running_out(now=clock.now(), thresholds=thresholds, limit=9) == []
    clock.at = TEN + 26 * DAY
    with ThreadPoolExecutor(4) as pool:
        assert sum(each.result() for each in [pool.submit(warn_documents, desk=desk) for _ in range(4)]) == 1
    assert desk.therapy.running_out(now=clock.now(), thresholds=thresholds, untold=True, limit=9) == []
    [found] = desk.therapy.running_out(now=clock.now(), thresholds=thresholds, limit=9)
    assert (found.booking_id, found.kind, found.left, found.expires_on) == (second.id, REFERRAL, 4, last_day)
    assert desk.therapy.running_out(now=clock.now(), thresholds=thresholds, after=found.document_id, limit=9) == []
    both = [second.id, third.id]
    assert desk.therapy.ending(both, now=clock.now(), thresholds=thresholds) == set(both)
    assert desk.therapy.ending(both, now=clock.now() - 5 * DAY, thresholds=thresholds) == set()
    clock.at = second.start
    check_in(staff(second), desk=desk)
    clock.at = TEN + 38 * DAY
    assert warn_documents(desk=desk) == 1
    clock.at = TEN + 26 * DAY
    assert warn_documents(desk=desk) == 0
    with here.engine.connect() as connection:
        query = "SELECT body FROM outbox WHERE name = 'booking.document_running_out.v1' ORDER BY occurred_at"
        bodies = connection.execute(text(query)).scalars().all()
    assert [body["data"]["booking_id"] for body in bodies] == [second.id, third.id]
    assert {"kind", "issuer", "payer", "expires_on"}.isdisjoint(bodies[0]["data"])


def test_nearly_used_up_is_judged_in_the_database_as_in_the_rules(desk: Desk, clock: HandClock) -> None:
    def listed() -> list[tuple[str, int | None]]:
        found = desk.therapy.running_out(now=clock.now(), thresholds=desk.rules.running_out, limit=9)
        return [(each.booking_id, each.left) for each in found]

    said = referral(expires_on=None, allowance=3)
    first = booked(desk, papers=Papers(payer="public_insurance", referral=said))
    second = booked(desk, TREATMENT, TEN + 9 * DAY, papers=INSURED)
    assert listed() == []
    clock.at = first.start
    check_in(staff(first), desk=desk)
    assert listed() == [(second.id, 2)]
    command = Add(whose=first.id, kind=REFERRAL, terms=referral(), verified=True, actor=ADMIN)
    newer = add_document(command, desk=desk)
    assert listed() == []
    revoke(paper(newer), desk=desk)
    assert (listed(), warn_documents(desk=desk)) == ([(second.id, 2)], 1)


def test_who_is_not_clear_books_with_a_clearance_and_without_it_nothing_is_written(desk: Desk, here: Outside) -> None:
    sought = Sought(location_id=PARIS, service_id=DEEP)  # type: ignore[arg-type]
    held = hold(sought, start=TEN, desk=desk)
    yes = Answers(version=3, all_clear=False)
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=therapy_data.LISA, screening=yes)
    with pytest.raises(Refused, match="clearance_needed"):
        book(command, desk=desk)
    with here.engine.connect() as connection:
        assert connection.execute(text("SELECT count(*) FROM bookings")).scalar_one() == 0
    whose = Whose(location_id=PARIS, contact=therapy_data.LISA)  # type: ignore[arg-type]
    terms = replace(referral(), allowance=None)
    add_document(Add(whose=whose, kind=CLEARANCE, terms=terms, verified=True, actor=ADMIN), desk=desk)
    assert book(command, desk=desk).booking.screening == yes


def test_a_key_is_of_the_whole_request_for_a_document_even_after_a_reduction(desk: Desk) -> None:
    first, second = booked(desk), booked(desk, start=TEN + DAY)
    key = DocumentId("743a01d5-33e0-5eea-806c-1967ae24ae66")
    asked = Add(
        whose=first.id, kind=REFERRAL, terms=referral(), verified=True, actor=ADMIN, document_id=key, body_hash="a"
    )
    reduce(paper(add_document(asked, desk=desk)), 2, desk=desk)
    assert add_document(asked, desk=desk).terms.allowance == 2
    for other in (replace(asked, whose=second.id), replace(asked, verified=False)):
        with pytest.raises(Refused, match="idempotency_key_reused"):
            add_document(replace(other, body_hash="b"), desk=desk)
    assert add_document(replace(asked, body_hash=None), desk=desk).id == key, "a release that sends none compares terms"


def test_who_issued_it_is_sealed_in_the_database_and_opens_with_an_older_key(desk: Desk, here: Outside) -> None:
    first = booked(desk)
    add_document(
        Add(whose=first.id, kind=REFERRAL, terms=referral(issuer="Dr. Onco"), verified=True, actor=ADMIN),
        desk=desk,
    )
    with here.engine.connect() as connection:
        row = connection.execute(text("SELECT * FROM documents")).mappings().one()
    assert "Onco" not in str(dict(row))
    assert b"Onco" not in bytes(row["sealed"])
    assert the_referral(desk, first).terms.issuer == "Dr. Onco"

    old, new = Sealing([b"o" * 32]), Sealing([b"n" * 32, b"o" * 32])
    assert new.open(old.seal({"issuer": "Dr. Petit"})) == {"issuer": "Dr. Petit"}
    with pytest.raises(InvalidToken):
        old.open(new.seal({"issuer": "Dr. Petit"}))


def test_documents_are_listed_page_by_page_the_newest_first(desk: Desk, clock: HandClock) -> None:
    first = booked(desk)
    made = []
    for number in range(3):
        clock.at = NOW.replace(minute=number)
        command = Add(whose=first.id, kind=REFERRAL, terms=referral(), verified=False, actor=ADMIN)
        made.append(add_document(command, desk=desk).id)
    page = Listed(kind=REFERRAL, limit=2)
    seen = [each.id for each in list_documents(page, booking_id=None, actor=ADMIN, desk=desk)]
    rest = list_documents(replace(page, after=seen[-1]), booking_id=None, actor=ADMIN, desk=desk)
    assert [*seen, *(each.id for each in rest)] == made[::-1]
