"""By whom each of two guests is treated: what they can choose, and what booking is told."""

from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from gateway.schemas.events import SERVICE
from gateway.web.languages import read
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.people import each_asks, rows_of
from gateway_fakes import example

PEOPLE: Sequence[Mapping[str, Any]] = [{"id": "ana", "name": "Ana"}, {"id": "bo", "name": "Bo"}]


def names(choice: Choice, guests: int) -> dict[str, list[str | None]]:
    rows = rows_of(PEOPLE, guests=guests, choice=choice, language=read("en"))
    return {row.key: [person.id for person in row.people] for row in rows}


def test_each_of_two_has_a_row_without_whom_the_other_asked_for() -> None:
    assert names(Choice(), 2) == {"practitioner": [None, "ana", "bo"], "second": [None, "ana", "bo"]}
    chosen = Choice(practitioner="ana", second="bo")
    assert names(chosen, 2) == {"practitioner": [None, "ana"], "second": [None, "bo"]}
    assert names(Choice(practitioner="ana"), 1) == {"person": [None, "ana", "bo"]}


def test_booking_is_told_what_each_asks_for_only_where_one_of_two_asks_for_somebody() -> None:
    chosen = Choice(minutes=60, extras=("mud",), second="bo")
    assert each_asks(chosen, guests=2) == [
        {"duration_minutes": 60, "practitioner_id": None, "add_on_ids": ["mud"]},
        {"duration_minutes": 60, "practitioner_id": "bo", "add_on_ids": ["mud"]},
    ]
    assert each_asks(Choice(minutes=60), guests=2) is None
    assert each_asks(Choice(practitioner="ana"), guests=1) is None


def test_nobody_is_asked_for_by_both() -> None:
    assert read_choice({"practitioner": "ana", "second": "ana"}).second is None
    chosen = read_choice({"practitioner": "ana", "second": "bo"})
    assert (chosen.practitioner, chosen.second) == ("ana", "bo")
    assert "second=bo" in chosen.address()


@pytest.mark.parametrize(
    ("practitioners", "room_for", "guests"),
    [(2, 2, 2), (1, 1, 1), (2, 1, 1), (1, 6, 1)],
    ids=["a couple", "one", "four hands for one", "one in a large room"],
)
def test_a_service_is_for_as_many_as_its_room_if_each_has_a_practitioner(
    practitioners: int, room_for: int, guests: int
) -> None:
    event = example("catalog.service_changed")
    needs = [
        {"kind": "practitioner", "count": practitioners, "skill": "swedish"},
        {"kind": "room", "room_kind": "quiet", "capacity": room_for, "count": 1},
    ]
    assert SERVICE.read({**event["data"], "requirements": needs}).view["guests"] == guests
