from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from uuid import UUID

import pytest
from messaging.envelope import Event, MalformedEvent, from_wire

EVENT = Event(
    id=UUID("9e43120d-4178-4fc1-a163-66f239776aec"),
    name="booking.booked.v1",
    occurred_at=datetime(2026, 11, 23, 11, 15, tzinfo=timezone(timedelta(hours=1))),
    correlation_id="4f0c2d1e9b7a4c61",
    causation_id=None,
    aggregate_id=UUID("9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10"),
    version=3,
    data={"revision": 3},
)


def test_an_event_survives_the_wire() -> None:
    assert from_wire(EVENT.to_wire()) == EVENT


def test_times_travel_in_utc() -> None:
    assert EVENT.to_wire()["occurred_at"] == "2026-11-23T10:15:00Z"
    assert from_wire(EVENT.to_wire()).occurred_at.tzinfo is UTC


def test_the_exchange_is_the_first_part_of_the_name() -> None:
    assert EVENT.exchange == "booking"


def test_fields_that_we_do_not_know_are_left_alone() -> None:
    assert from_wire({**EVENT.to_wire(), "tenant": "x"}) == EVENT


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("id", "7"),
        ("id", None),
        ("name", ""),
        ("occurred_at", "yesterday"),
        ("occurred_at", "2026-11-23T10:15:00"),
        ("correlation_id", 5),
        ("causation_id", ""),
        ("aggregate_id", {}),
        ("version", "3"),
        ("version", True),
        ("data", []),
    ],
)
def test_what_is_wrong_is_named(field: str, value: Any) -> None:
    with pytest.raises(MalformedEvent, match=f"^{field} "):
        from_wire({**EVENT.to_wire(), field: value})


@pytest.mark.parametrize("wire", [None, [], "event", 1])
def test_anything_but_an_object_is_no_event(wire: object) -> None:
    with pytest.raises(MalformedEvent):
        from_wire(wire)
