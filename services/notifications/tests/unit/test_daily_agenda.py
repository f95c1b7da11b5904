"""A practitioner reads in the morning what the day brings: once, whatever is heard of, and in which order."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import permutations

import pytest
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.domain.agenda import day_of
from notifications.domain.facts import Facts
from notifications.domain.gsm7 import segments
from notifications.domain.plan import owed_by
from notifications.domain.rules import BY_NAME
from notifications.domain.staff import Contact, Post
from notifications.domain.terms import Scope, Terms, standing
from notifications.domain.values import Change, Channel, Happening, Key, LocationId, Owed, Reason, Recipient, State
from runtime.clock import FixedClock

from services.notifications.tests.fakes import FakeBookings, FakeContacts, MemoryLedger
from services.notifications.tests.house import House
from services.notifications.tests.made import (
    ANA,
    LOCATION,
    MADE_AT,
    START,
    agenda_facts,
    at,
    cancelled,
    change,
    rescheduled,
)

BEA = "7a0c5d0e-5a2b-4f1c-8a33-0c7d3c1b9f10"
PARIS = "Europe/Paris"
TODAY = day_of(ANA, LocationId(LOCATION), START, PARIS)
KEY = Key(booking_id=TODAY.id, revision=1, rule="daily_agenda", channel=Channel.EMAIL, recipient=Recipient.PRACTITIONER)
SEVEN = at("2026-12-01 06:00")  # in Paris, in winter
REACHED = {
    Post(Recipient.PRACTITIONER, ANA): Contact(
        name="Ana Moreau", email="ana@labelle.example", phone=None, language="fr"
    )
}


def booked(start: datetime = START, *who: str, **differences: object) -> Change:
    return change(start=start, practitioner_ids=who or (ANA,), **differences)


def agendas(*changes: Change) -> list[Owed]:
    owed = [message for each in changes for message in owed_by(each)]
    return [one for one in owed if one.key.rule == "daily_agenda" and one.key.channel is Channel.EMAIL]


def house(known: Facts | None, contacts: Mapping[Post, Contact] = REACHED, *, now: datetime = SEVEN) -> House:
    bookings = FakeBookings({known.booking_id: known} if known else {})
    return House(bookings=bookings, contacts=FakeContacts(contacts), clock=FixedClock(now))


def row_of(here: House) -> tuple[State, Reason | None]:
    row = here.ledger.rows[KEY]
    return row.state, row.reason


def test_each_who_treats_is_owed_one_e_mail_at_seven_of_that_day() -> None:
    (hers, his) = agendas(booked(START, ANA, BEA))
    assert (hers.key, hers.due_at, hers.practitioner_id) == (KEY, SEVEN, ANA)
    assert (
        (hers.start, hers.useful_until)
        == (TODAY.since, TODAY.until)
        == (at("2026-11-30 23:00"), at("2026-12-01 23:00"))
    )
    assert (his.practitioner_id, his.due_at) == (BEA, SEVEN)
    assert his.key.booking_id != hers.key.booking_id
    assert all(one.location_id == LOCATION and one.modality is None for one in (hers, his))


def test_who_is_named_twice_in_a_booking_is_owed_one() -> None:
    assert len(agendas(booked(START, ANA, ANA))) == 1


def test_bookings_of_one_day_owe_the_same_message_and_those_of_another_day_or_branch_do_not() -> None:
    other = booked(at("2026-12-01 20:00"), booking_id="another", modality="physical_therapy")
    assert {one.key for one in agendas(booked(), other)} == {KEY}
    elsewhere = replace(booked(), location_id=LocationId("00000000-0000-4000-8000-000000000000"))
    assert KEY not in {one.key for one in agendas(booked(at("2026-12-01 23:30")), elsewhere)}


def test_a_day_that_begins_before_eight_is_told_an_hour_before() -> None:
    (owed,) = agendas(booked(at("2026-12-01 05:30")))
    assert owed.due_at == at("2026-12-01 04:30")


def test_days_are_the_branchs_own_also_where_a_clock_change_makes_them_shorter() -> None:
    spring = at("2027-03-28 10:00")
    (owed,) = agendas(booked(spring))
    assert owed.due_at == at("2027-03-28 05:00")
    assert owed.useful_until - owed.start == timedelta(hours=23)


def test_a_booking_of_which_nobody_is_told_who_treats_owes_no_agenda() -> None:
    assert agendas(change()) == []


def test_a_move_owes_the_agenda_of_its_new_day_and_a_cancellation_none() -> None:
    (moved,) = agendas(rescheduled(practitioner_ids=(ANA,)))
    assert moved.key.booking_id == day_of(ANA, LocationId(LOCATION), START + timedelta(days=2), PARIS).id
    assert agendas(cancelled(practitioner_ids=(ANA,))) == []


def test_a_day_is_owed_if_any_booking_owes_it_and_at_the_earliest_of_their_times() -> None:
    late = booked(at("2026-12-01 06:40"), made_at=at("2026-12-01 05:50"), booking_id="late")  # due at 05:40
    early, plain = booked(at("2026-12-01 06:30"), booking_id="early"), booked()
    for order in permutations((late, early, plain)):
        ledger = House().ledger
        for which in order:
            ledger.owe(owed_by(which), correlation_id="4f0c2d1e9b7a4c61", now=MADE_AT)
        row = ledger.rows[KEY]
        assert (row.state, row.reason, row.due_at) == (State.DUE, None, at("2026-12-01 05:30"))


def test_what_is_booked_when_the_agenda_would_have_gone_out_owes_none() -> None:
    (owed,) = agendas(booked(made_at=at("2026-12-01 07:10"), happened_at=at("2026-12-01 07:10")))
    assert owed.skipped is Reason.MADE_INSIDE_WINDOW


async def test_it_goes_to_the_practitioner_once_and_names_no_guest() -> None:
    here = house(agenda_facts(START, START + timedelta(hours=2)))
    for which in (booked(), booked(), booked(START + timedelta(hours=2), booking_id="another")):
        here.hears(which)
        await here.works()
    assert here.provider is not None
    (letter,) = here.provider.got
    assert (letter.to, letter.to_name, row_of(here)) == ("ana@labelle.example", "Ana Moreau", (State.SENT, None))


async def test_it_waits_for_its_hour() -> None:
    here = house(agenda_facts(START), now=SEVEN - timedelta(minutes=1))
    here.hears(booked())
    await here.works()
    assert row_of(here) == (State.DUE, None)


@pytest.mark.parametrize(
    ("known", "contacts", "now", "reason"),
    [
        (agenda_facts(), REACHED, SEVEN, Reason.NOTHING_THAT_DAY),
        (agenda_facts(START), {}, SEVEN, Reason.NO_ADDRESS),
        (agenda_facts(START), REACHED, TODAY.until + timedelta(minutes=1), Reason.TOO_LATE),
        (None, REACHED, SEVEN, Reason.BOOKING_UNKNOWN),
    ],
)
async def test_it_is_skipped_with_the_reason(
    known: Facts | None, contacts: Mapping[Post, Contact], now: datetime, reason: Reason
) -> None:
    here = house(known, contacts, now=now)
    here.hears(booked())
    await here.works()
    assert (row_of(here), here.sent(), here.ledger.calls) == ((State.SKIPPED, reason), [], [])


async def test_days_that_cannot_be_learnt_wait_and_guests_messages_do_not() -> None:
    here = house(agenda_facts(START))
    here.bookings.unreadable = {TODAY.id}
    here.hears(booked())
    await here.works()
    assert row_of(here) == (State.DUE, None)
    here.bookings.unreadable = set()
    await here.works()
    assert row_of(here) == (State.SENT, None)


def test_a_branch_can_switch_it_off_for_all_but_not_for_one_modality() -> None:
    def reasons(terms: Mapping[Scope, Terms]) -> set[Reason | None]:
        owed = owed_by(booked(), standing(terms, "massage"))
        return {one.skipped for one in owed if one.key == KEY}

    off = Terms(enabled=False, channels=frozenset({Channel.EMAIL}))
    assert reasons({Scope("daily_agenda"): off}) == {Reason.RULE_OFF}
    assert reasons({Scope("daily_agenda", "massage"): off}) == {None}


def test_switched_on_again_a_day_is_owed_if_it_is_to_come() -> None:
    rules = standing({Scope("daily_agenda"): Terms(enabled=False, channels=frozenset({Channel.EMAIL}))})
    for now, state in ((MADE_AT, State.DUE), (SEVEN, State.SKIPPED)):
        ledger = MemoryLedger()
        ledger.owe(owed_by(booked(), rules), correlation_id="4f0c2d1e9b7a4c61", now=MADE_AT)
        assert ledger.rows[KEY].reason is Reason.RULE_OFF
        ledger.owe(owed_by(booked()), correlation_id="4f0c2d1e9b7a4c61", now=now)
        assert ledger.rows[KEY].state is state


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_letter_has_each_appointment_with_its_room_and_initials(language: str) -> None:
    writer = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
    known = agenda_facts(START, START + timedelta(hours=2))
    known = replace(known, guest=replace(known.guest, locale=language))
    letter = writer.write(BY_NAME["daily_agenda"], KEY, known, now=SEVEN)
    for text in (letter.text, letter.html):
        for line in ("10:30–11:30", "12:30–13:30", "Appointment at La Belle (60 min), Tilleul, C. R."):
            assert line in text.replace("\u00a0", " ")
        assert "/m/" not in text
    assert (letter.attachment, letter.unsubscribe_url) == (None, "")
    assert "2" in letter.subject
    text = writer.write(BY_NAME["daily_agenda"], replace(KEY, channel=Channel.SMS), known, now=SEVEN)
    assert segments(text.text).count == 1


def test_the_plain_letter_reads_so() -> None:
    writer = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
    letter = writer.write(BY_NAME["daily_agenda"], KEY, agenda_facts(START), now=SEVEN)
    assert letter.subject == "Your day: Tuesday 1 December, 1 appointment, La Belle Paris"
    assert letter.text == (
        "Your day: Tuesday 1 December.\n"
        "Ana Moreau\n"
        "\n"
        "1 appointment, 10:30 to 11:30 (Paris time):\n"
        "- 10:30–11:30, Appointment at La Belle (60 min), Tilleul, C. R.\n"
        "\n"
        "Guests are named by their initials. What changes during the day stands in your calendar.\n"
        "\n"
        "-- \n"
        "La Belle Paris, +33 1 99 00 10 10\n"
    )


def test_which_changes_owe_it() -> None:
    assert BY_NAME["daily_agenda"].owed_by == {
        Happening.BOOKED,
        Happening.REINSTATED,
        Happening.REVERTED,
        Happening.RESCHEDULED,
        Happening.PARTY_CHANGED,
    }
