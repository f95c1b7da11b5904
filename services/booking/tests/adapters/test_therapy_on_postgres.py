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
from booking.application.cancel import cancel_as_staff
from booking.application.documents import Add, Paper, add_document, list_documents, reduce, revoke, verify
from booking.application.needs import Papers
from booking.application.ports import Desk
from booking.application.resolve_need import resolve
from booking.application.therapy_ports import Listed
from booking.application.warn_needs import warn_needs
from booking.domain.audit import Actor
from booking.domain.booking import NO_FEE, Booking
from booking.domain.documents import REFERRAL, Document
from booking.outside import Outside
from cryptography.fernet import InvalidToken
from sqlalchemy import text

from services.booking.tests import therapy_data
from services.booking.tests.adapters.waiting_desk import at, opened
from services.booking.tests.booking_data import NOW
from services.booking.tests.clinic_data import entities
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
    with ThreadPoolExecutor(4) as pool:
        assert sum(each.result() for each in [pool.submit(warn_needs, desk=desk) for _ in range(4)]) == 1
    with here.engine.connect() as connection:
        bodies = (
            connection.execute(text("SELECT body FROM outbox WHERE name = 'booking.need_due_soon.v1'")).scalars().all()
        )
    assert [body["data"]["booking_id"] for body in bodies] == [soon.id]
    assert {"kind", "rule", "issuer", "payer"}.isdisjoint(bodies[0]["data"])


def test_who_issued_it_is_sealed_in_the_database_and_opens_with_an_older_key(desk: Desk, here: Outside) -> None:
    first = booked(desk)
    add_document(
        Add(booking_id=first.id, kind=REFERRAL, terms=referral(issuer="Dr. Onco"), verified=True, actor=ADMIN),
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
        command = Add(booking_id=first.id, kind=REFERRAL, terms=referral(), verified=False, actor=ADMIN)
        made.append(add_document(command, desk=desk).id)
    page = Listed(kind=REFERRAL, limit=2)
    seen = [each.id for each in list_documents(page, booking_id=None, actor=ADMIN, desk=desk)]
    rest = list_documents(replace(page, after=seen[-1]), booking_id=None, actor=ADMIN, desk=desk)
    assert [*seen, *(each.id for each in rest)] == made[::-1]
