"""Who begins to wait has it in writing at once, with the way out, and only while they wait."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.domain.gsm7 import segments
from notifications.domain.plan import owed_by
from notifications.domain.rules import BY_NAME
from notifications.domain.values import BookingId, Channel, Key, Reason, State
from notifications.event_schemas import load_change

from services.notifications.tests.fakes import FakeBookings
from services.notifications.tests.house import House
from services.notifications.tests.made import ENTRY, MADE_AT, at, facts, joined, wait_facts
from services.notifications.tests.wire import example

KEY = Key(booking_id=BookingId(ENTRY), revision=1, rule="waitlist_joined", channel=Channel.EMAIL)


def house(**known: object) -> House:
    here = House(bookings=FakeBookings({BookingId(ENTRY): wait_facts(**known)}))
    here.hears(joined())
    return here


def test_the_contracts_example_owes_it_on_the_guests_channels_and_nothing_else() -> None:
    event = example("booking.waitlist_joined")
    change = load_change(event["name"], MADE_AT, event["data"])
    assert (change.booking_id, change.start, change.deadline) == (ENTRY, at("2026-11-30 23:00"), at("2026-12-04 23:00"))
    owed = owed_by(change)
    assert [(each.key.rule, each.key.channel, each.skipped) for each in owed] == [
        ("waitlist_joined", Channel.EMAIL, None),
        ("waitlist_joined", Channel.SMS, None),
    ]
    assert {(each.due_at, each.useful_until) for each in owed} == {(MADE_AT, MADE_AT + timedelta(hours=24))}
    assert {each.key.channel for each in owed_by(replace(change, channels=(Channel.SMS,)))} == {Channel.SMS}


def test_it_is_of_no_use_once_the_days_are_over() -> None:
    (mail, _) = owed_by(joined(end=MADE_AT + timedelta(hours=2), deadline=MADE_AT + timedelta(hours=2)))
    assert mail.useful_until == MADE_AT + timedelta(hours=2)


async def test_it_goes_out_once() -> None:
    here = house()
    for _ in range(2):
        here.hears(joined())
        await here.works()
    assert here.sent() == ["waitlist_joined"]


@pytest.mark.parametrize("state", ["offered", "accepted", "expired", "withdrawn"])
async def test_who_waits_no_longer_is_not_told_that_they_do(state: str) -> None:
    here = house(state=state)
    await here.works()
    row = here.ledger.rows[KEY]
    assert (row.state, row.reason, here.sent()) == (State.SKIPPED, Reason.WAITS_NO_LONGER, [])


async def test_nobody_is_called_about_it() -> None:
    here = house(guest=replace(facts().guest, email=None, phone=None))
    await here.works()
    assert (here.ledger.rows[KEY].reason, here.ledger.calls) == (Reason.NO_ADDRESS, [])


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_it_says_what_for_which_days_and_where_to_leave(language: str) -> None:
    writer = JinjaLetters(public_url="https://book.example/", organizer="hello@labelle.example")
    known = wait_facts(guest=replace(facts().guest, locale=language))
    link = f"https://book.example/w/{ENTRY}/{known.manage_token}"
    mail = writer.write(BY_NAME["waitlist_joined"], KEY, known, now=MADE_AT)
    for text in (mail.text, mail.html):
        assert link in text
        assert "Appointment at La Belle" in text
        assert re.search(r" 1(er)? ", text)
        assert " 5 " in text  # the window ends with that day
        assert "massage" not in text.lower()
    assert mail.attachment is None
    text = writer.write(BY_NAME["waitlist_joined"], replace(KEY, channel=Channel.SMS), known, now=MADE_AT)
    assert link in text.text
    assert segments(text.text).count <= 2


def test_the_plain_letter_reads_so() -> None:
    writer = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
    known = wait_facts(practitioners=("Ana Moreau",))
    letter = writer.write(BY_NAME["waitlist_joined"], KEY, known, now=MADE_AT)
    assert letter.subject == "You are on the waitlist: La Belle Paris"
    assert letter.text == (
        "You are on the waitlist.\n"
        "Camille Roux, as soon as a time frees and it is your turn, we write to you. It is then yours alone while you"
        " decide.\n"
        "\n"
        "What   Appointment at La Belle, 60 minutes\n"
        "When   Tuesday 1 December to Saturday 5 December\n"
        "With   Ana Moreau\n"
        "Where  La Belle Paris\n"
        "       14 rue des Tilleuls\n"
        "       75011 Paris\n"
        "\n"
        "See or leave the list:\n"
        f"https://book.example/w/{ENTRY}/{known.manage_token}\n"
        "\n"
        "-- \n"
        "La Belle Paris, +33 1 99 00 10 10\n"
    )
