"""What is read of others: the contracts' examples, and answers that have grown, shrunk or gone wrong."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from notifications.application.ports import Entry
from notifications.domain.facts import Money
from notifications.domain.values import Channel, Happening, Reason, State
from notifications.event_schemas import load_change
from notifications.schemas import ValidationError, dump_entry, load_booking_id, load_facts

from services.notifications.tests.made import ANA, BOOKING, MADE_AT, START, at, cancelled, change, facts, key
from services.notifications.tests.wire import example, view

EVENTS = ["booking.booked", "booking.cancelled", "booking.reinstated"]


def read(event: dict[str, Any]) -> Any:
    return load_change(event["name"], at(event["occurred_at"][:19].replace("T", " ")), event["data"])


def test_the_contracts_examples_are_read_as_they_are_meant() -> None:
    booked, gone, back = (read(example(name)) for name in EVENTS)
    assert booked == change(recipient_zone="Europe/London", practitioner_ids=(ANA,))
    told = {"recipient_zone": "Europe/London", "practitioner_ids": (ANA,)}
    assert gone == cancelled(happened_at=at("2026-11-24 08:00"), **told)
    assert (back.happening, back.revision) == (Happening.REINSTATED, 3)
    for name in ("checked_in", "completed", "no_show", "reverted"):
        assert read(example(f"booking.{name}")).happening.value == name
    moved = read(example("booking.rescheduled"))
    assert (moved.happening, moved.revision, moved.start) == (Happening.RESCHEDULED, 2, at("2026-12-02 13:00"))


def test_an_event_of_before_names_nobody_who_treats() -> None:
    event = example("booking.booked")
    del event["data"]["practitioner_ids"]
    assert read(event).practitioner_ids == ()


@pytest.mark.parametrize("name", EVENTS)
def test_an_event_may_grow(name: str) -> None:
    event = example(name)
    before = read(event)
    event["data"] |= {"surprise": 1, "channels": [*event["data"]["channels"], "carrier_pigeon"]}
    assert read(event) == before


def test_a_zone_that_this_machine_does_not_know_gives_way_to_the_branchs() -> None:
    event = example("booking.booked")
    for unknown in ("Mars/Olympus", "../etc/passwd", "", None):
        event["data"]["guest_zone"] = unknown
        assert read(event).recipient_zone == "Europe/Paris"


@pytest.mark.parametrize(
    "wrong",
    [
        {"booking_id": "42"},
        {"revision": 0},
        {"revision": "1"},
        {"start": "2026-12-01T09:30:00"},  # no offset
        {"start": None},
        {"zone": "Mars/Olympus"},
        {"channels": "email"},
    ],
)
def test_an_event_that_cannot_be_read_is_refused(wrong: dict[str, Any]) -> None:
    event = example("booking.booked")
    event["data"] |= wrong
    with pytest.raises(ValidationError):
        read(event)


def test_an_event_of_another_name_is_refused() -> None:
    event = example("booking.booked")
    for name in ("booking.forgotten.v1", "booking.booked.v2", "catalog.booked.v1"):
        with pytest.raises(ValidationError):
            read(event | {"name": name})


def test_bookings_answer_is_read_as_it_is_meant() -> None:
    assert load_facts(view()) == facts()


def test_bookings_answer_may_grow_and_lack_what_is_optional() -> None:
    wire = view(needs=[], surprise=1, price=None, fee=None, practitioners=[])
    wire["guest"] = {"name": "Ana", "surprise": 1}
    wire["location"] |= {"phone": None, "address": None}
    found = load_facts(wire)
    assert found.guest.locale == "en"
    assert found.guest.zone == "Europe/Paris"
    assert (found.guest.address(Channel.EMAIL), found.guest.address(Channel.SMS)) == (None, None)
    assert (found.price, found.fee, found.practitioners) == (None, None, ())
    assert (found.place.phone, found.place.address) == ("", ())


def test_amounts_are_exact() -> None:
    found = load_facts(view(price={"amount": "0.10", "currency": "EUR"}))
    assert found.price == Money(amount=Decimal("0.10"), currency="EUR")


@pytest.mark.parametrize("lost", ["state", "revision", "start", "guest", "service", "location", "manage_token"])
def test_bookings_answer_without_what_a_message_needs_is_refused(lost: str) -> None:
    wire = view()
    del wire[lost]
    with pytest.raises(ValidationError):
        load_facts(wire)


def test_a_line_of_the_ledger_is_told_in_utc_and_without_contact() -> None:
    entry = Entry(
        key=key("first_reminder", Channel.SMS),
        state=State.SKIPPED,
        reason=Reason.MADE_INSIDE_WINDOW,
        due_at=START - timedelta(hours=24),
        sent_at=None,
        attempts=0,
    )
    assert dump_entry(entry) == {
        "rule": "first_reminder",
        "revision": 1,
        "channel": "sms",
        "recipient": "guest",
        "state": "skipped",
        "reason": "made_inside_window",
        "due_at": "2026-11-30T09:30:00Z",
        "sent_at": None,
        "attempts": 0,
        "provider": None,
        "provider_id": None,
        "receipt_at": None,
        "problem": None,
        "segments": None,
        "cost": None,
    }
    sent = Entry(key=key(), state=State.SENT, reason=None, due_at=MADE_AT, sent_at=MADE_AT, attempts=1)
    assert dump_entry(sent)["sent_at"] == "2026-11-23T10:15:00Z"


def test_an_id_has_one_spelling() -> None:
    assert load_booking_id(str(BOOKING).upper()) == BOOKING
    for wrong in ("42", "", None, 7, {"a": 1}):
        with pytest.raises(ValidationError):
            load_booking_id(wrong)
