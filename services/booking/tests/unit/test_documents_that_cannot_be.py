"""Documents that cannot be, handed in at the desk or read out by a guest: refused by name, and nothing is kept."""

from datetime import date
from typing import Any

import pytest
from booking.application.documents import Add, add_document
from booking.application.needs import Papers
from booking.domain.audit import Actor
from booking.domain.documents import AUTHORIZATION, CLEARANCE, REFERRAL, UNITS
from booking.domain.errors import Refused

from services.booking.tests.booking_data import NOW
from services.booking.tests.fakes import Office
from services.booking.tests.therapy_data import TEN, booked, referral
from services.booking.tests.unit.test_therapy import here_in

TOMORROW, YESTERDAY = date(2026, 11, 24), date(2026, 11, 22)
CANNOT_BE = {
    "a referral from the future": (REFERRAL, {"issued_on": TOMORROW}, "issued_on"),
    "an expired referral": (REFERRAL, {"expires_on": YESTERDAY}, "expires_on"),
    "a referral for 0 visits": (REFERRAL, {"allowance": 0}, "visits"),
    "a referral from nobody": (REFERRAL, {"issuer": " "}, "issuer"),
    "an authorization of 0 units": (AUTHORIZATION, {"allowance": 0, "counted_in": UNITS}, "units"),
    "an authorization of less than nothing": (AUTHORIZATION, {"allowance": -3, "counted_in": UNITS}, "units"),
    "an authorization of more than anyone gives": (AUTHORIZATION, {"allowance": 1001}, "visits"),
    "an authorization that ends before it begins": (
        AUTHORIZATION,
        {"issued_on": date(2026, 11, 10), "expires_on": date(2026, 11, 9)},
        "expires_on",
    ),
    "a clearance from the future": (CLEARANCE, {"issued_on": TOMORROW}, "issued_on"),
    "an expired clearance": (CLEARANCE, {"expires_on": YESTERDAY}, "expires_on"),
}


def kept(here: Office) -> tuple[int, int, int, int]:
    truth = here.bookings.truth
    return len(truth.bookings), len(truth.charts.documents), len(truth.notes), len(here.bookings.told)


@pytest.mark.parametrize(("kind", "changes", "field"), CANNOT_BE.values(), ids=CANNOT_BE)
def test_at_the_desk_it_is_refused_by_name_and_nothing_is_kept(kind: str, changes: dict[str, Any], field: str) -> None:
    here = here_in()
    first = booked(here)
    before = kept(here)
    command = Add(whose=first.id, kind=kind, terms=referral(**changes), verified=True, actor=Actor("admin"))
    with pytest.raises(Refused) as refused:
        add_document(command, desk=here.desk)
    assert (refused.value.code, [each.field for each in refused.value.fields]) == ("invalid_request", [field])
    assert kept(here) == before


@pytest.mark.parametrize("name", [each for each, (kind, _, _) in CANNOT_BE.items() if kind == REFERRAL])
def test_from_a_guest_it_is_refused_by_name_and_nothing_is_booked(name: str) -> None:
    here, (_, changes, field) = here_in(), CANNOT_BE[name]
    with pytest.raises(Refused) as refused:
        booked(here, papers=Papers(referral=referral(**changes)))
    assert [each.field for each in refused.value.fields] == [f"referral.{field}"]
    assert kept(here) == (0, 0, 0, 0)


def test_a_document_of_today_is_good_and_so_is_one_that_ends_today() -> None:
    here = here_in()
    first = booked(here)
    today = NOW.date()
    terms = referral(issued_on=today, expires_on=today)
    made = add_document(
        Add(whose=first.id, kind=REFERRAL, terms=terms, verified=False, actor=Actor("admin")), desk=here.desk
    )
    assert (made.state, made.covers(TEN.date())) == ("received", False)
