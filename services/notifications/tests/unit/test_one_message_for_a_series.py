"""Sessions that were booked as one wish are confirmed in one message, in whatever order they are heard of."""

from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from notifications.adapters.jinja_letters import JinjaLetters
from notifications.domain.gsm7 import segments
from notifications.domain.plan import owed_by
from notifications.domain.relevance import Skip, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.values import Change, Channel, Happening, Key, Reason, State

from services.notifications.tests.fakes import MemoryLedger
from services.notifications.tests.house import House
from services.notifications.tests.made import MADE_AT, SERIES, change, facts, key, series_facts, session

pytestmark = pytest.mark.anyio

WHOLE = Key(booking_id=SERIES, revision=1, rule="series_confirmation", channel=Channel.EMAIL)
FOUR = [session(number) for number in range(4)]


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


def hearing(*changes: Change, known: tuple[int, ...] = (0, 1, 2, 3)) -> House:
    here = House()
    here.bookings.known = {SERIES: series_facts(*known)}
    here.bookings.known |= {
        each.booking_id: facts(booking_id=each.booking_id, start=each.start, end=each.end) for each in FOUR
    }
    for which in changes:
        here.hears(which)
    return here


def said(ledger: MemoryLedger) -> set[tuple[Key, State, Reason | None]]:
    return {(each, row.state, row.reason) for each, row in ledger.rows.items()}


def own(number: int, channel: Channel = Channel.EMAIL, revision: int = 1) -> Key:
    return replace(key("confirmation", channel, revision), booking_id=session(number).booking_id)


def taken_back(number: int) -> list[Change]:
    """A session is cancelled and, a minute later, is not."""
    gone = replace(
        session(number),
        series_id=None,  # only a booking that is made names it
        happening=Happening.CANCELLED,
        revision=2,
        happened_at=MADE_AT,
        undo_until=MADE_AT + timedelta(minutes=3),
    )
    return [gone, replace(gone, happening=Happening.REINSTATED, revision=3, undo_until=None)]


def test_each_session_owes_its_reminders_and_the_series_one_confirmation_on_each_channel() -> None:
    messages = {each.key: each.skipped for which in FOUR for each in owed_by(which)}
    confirming = [each for each in messages if each.rule == "series_confirmation"]
    assert confirming == [WHOLE, replace(WHOLE, channel=Channel.SMS)]
    assert [messages[each] for each in confirming] == [None, None]
    for number in range(4):
        assert {messages[own(number, channel)] for channel in Channel} == {Reason.TOLD_WITH_SERIES}
        theirs = [each.rule for each in messages if each.booking_id == session(number).booking_id]
        assert sorted(theirs) == sorted(["confirmation", "first_reminder", "second_reminder"] * 2)


def test_a_booking_by_itself_is_confirmed_by_itself() -> None:
    assert "series_confirmation" not in {each.key.rule for each in owed_by(change())}
    assert all(each.skipped is None for each in owed_by(change()) if each.key.rule == "confirmation")


@given(order=st.permutations([*FOUR, *FOUR]))
def test_order_and_repetition_do_not_matter(order: list[Change]) -> None:
    assert said(hearing(*order).ledger) == said(hearing(*FOUR).ledger)


async def test_a_series_is_told_once_although_sessions_are_heard_of_late_and_twice() -> None:
    here = hearing(FOUR[2])
    await here.works()
    for which in (*FOUR, *FOUR):
        here.hears(which)
        await here.works()
    assert here.sent() == ["series_confirmation"]


async def test_with_one_of_its_sessions_given_up_before_it_went_out_it_tells_of_the_others() -> None:
    here = hearing(*FOUR, taken_back(1)[0], known=(0, 2, 3))
    await here.works()
    assert here.sent() == ["series_confirmation"]
    assert {each.booking_id for each in here.bookings.known[SERIES].sessions} == {
        session(number).booking_id for number in (0, 2, 3)
    }


async def test_a_series_of_which_nothing_is_left_is_not_confirmed() -> None:
    here = hearing(*FOUR, known=())
    await here.works()
    assert here.sent() == []
    assert here.ledger.rows[WHOLE].reason is Reason.BOOKING_NOT_CONFIRMED


async def test_a_session_that_the_guest_read_of_is_not_told_again_when_its_cancellation_is_taken_back() -> None:
    here = hearing(*FOUR)
    await here.works()
    for which in taken_back(1):
        here.hears(which)
    here.bookings.known[session(1).booking_id] = replace(facts(), revision=3, start=session(1).start)
    await here.works()
    assert here.sent() == ["series_confirmation"]
    assert here.ledger.rows[own(1, revision=3)].reason is Reason.ALREADY_TOLD


async def test_a_session_that_was_away_when_the_series_was_told_is_told_by_itself_once_it_is_back() -> None:
    here = hearing(*FOUR, taken_back(1)[0], known=(0, 2, 3))
    await here.works()
    here.hears(taken_back(1)[1])
    here.bookings.known[session(1).booking_id] = replace(facts(), revision=3, start=session(1).start)
    await here.works()
    assert here.sent() == ["series_confirmation", "confirmation"]


async def test_a_guest_whom_nothing_reaches_is_called_about_the_first_session() -> None:
    here = hearing(*FOUR)
    nobody = replace(facts().guest, email=None, phone=None)
    here.bookings.known[SERIES] = series_facts(0, 1, 2, 3, guest=nobody)
    await here.works()
    assert [booking_id for booking_id, _, _ in here.ledger.calls] == [session(0).booking_id]


async def test_it_stands_among_the_messages_of_each_of_its_sessions() -> None:
    here = hearing(*FOUR)
    for which in FOUR:
        assert WHOLE in {each.key for each in here.ledger.of_booking(which.booking_id)}


def test_it_is_of_use_for_a_week_whichever_session_was_heard_of_first() -> None:
    for which in FOUR:
        (message,) = [each for each in owed_by(which) if each.key == WHOLE]
        assert (message.due_at, message.useful_until) == (MADE_AT, MADE_AT + timedelta(days=7))
    late = judge(
        WHOLE,
        start=session(0).start,
        useful_until=MADE_AT + timedelta(days=7),
        facts=series_facts(0),
        told=(),
        now=MADE_AT + timedelta(days=7, seconds=1),
    )
    assert late == Skip(Reason.TOO_LATE)


@pytest.mark.parametrize("language", ["en", "fr", "es"])
def test_the_letter_holds_every_session_and_one_calendar_file_with_all_of_them(language: str) -> None:
    writer = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
    known = series_facts(0, 1, 2, 3)
    known = replace(known, guest=replace(known.guest, locale=language))
    letter = writer.write(BY_NAME["series_confirmation"], WHOLE, known, now=MADE_AT)
    link = f"https://book.example/s/{SERIES}/{known.manage_token}"
    for text in (letter.text, letter.html):
        assert link in text
        assert text.count("Ana Moreau") == 4
        assert "massage" not in text.lower()
    assert "4" in letter.subject
    assert letter.attachment is not None
    events = Calendar.from_ical(letter.attachment.content).walk("VEVENT")
    assert [str(each["UID"]) for each in events] == [f"{session(n).booking_id}@slotwell" for n in range(4)]
    assert {str(each["SUMMARY"]) for each in events} == {"Appointment at La Belle"}
    text = writer.write(BY_NAME["series_confirmation"], replace(WHOLE, channel=Channel.SMS), known, now=MADE_AT)
    assert link in text.text
    assert "4" in text.text
    assert segments(text.text).count <= 2


def test_the_plain_letter_reads_so() -> None:
    writer = JinjaLetters(public_url="https://book.example", organizer="hello@labelle.example")
    known = series_facts(0, 1)
    letter = writer.write(BY_NAME["series_confirmation"], WHOLE, known, now=MADE_AT)
    assert letter.subject == "Booked: 2 appointments from Tuesday 1 December, 10:30, La Belle Paris"
    assert letter.text == (
        "You are booked.\n"
        "Camille Roux, we look forward to seeing you.\n"
        "\n"
        "When (Paris time):\n"
        "- Tuesday 1 December, 10:30, Ana Moreau\n"
        "- Tuesday 8 December, 10:30, Ana Moreau\n"
        "\n"
        "What   Appointment at La Belle\n"
        "Where  La Belle Paris\n"
        "       14 rue des Tilleuls\n"
        "       75011 Paris\n"
        "\n"
        "See or change them:\n"
        f"https://book.example/s/{SERIES}/{known.manage_token}\n"
        "\n"
        "Each can be moved or cancelled by itself; the page says until when that is free of charge.\n"
        "The attached file puts them all into your calendar.\n"
        "\n"
        "-- \n"
        "La Belle Paris, +33 1 99 00 10 10\n"
    )
