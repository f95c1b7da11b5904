"""From claim to verdict to provider to ledger, with everything that can go wrong in between."""

import asyncio
from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.application import send_due as module
from notifications.application.ports import LedgerAway
from notifications.application.send_due import send_due
from notifications.domain.outcome import MOST_ATTEMPTS, Accepted, NotNow, Outcome, Rejected, Repeats, Unknown
from notifications.domain.values import Reason, State

from services.notifications.tests.fakes import FakeBookings, FakeProvider
from services.notifications.tests.house import house
from services.notifications.tests.made import (
    BOOKING,
    MADE_AT,
    START,
    cancelled,
    change,
    facts,
    key,
    reinstated,
)

pytestmark = pytest.mark.anyio

CONFIRMATION = key()


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_a_confirmation_goes_out_at_once_and_the_ledger_says_so() -> None:
    here = house()
    assert await here.works() == 1
    assert here.sent() == ["confirmation"]
    row = here.ledger.rows[CONFIRMATION]
    assert (row.state, row.reason, row.sent_at, row.attempts) == (State.SENT, None, MADE_AT, 1)
    assert row.provider_id == "p-1"
    assert await here.works() == 0


async def test_reminders_go_out_when_the_clock_gets_there_even_in_one_jump() -> None:
    here = house()
    await here.works()
    here.clock.at = START - timedelta(hours=24)
    await here.works()
    here.clock.at = START - timedelta(hours=2)
    await here.works()
    assert here.sent() == ["confirmation", "first_reminder", "second_reminder"]


async def test_a_jump_past_everything_sends_nothing_stale() -> None:
    here = house()
    await here.works()
    here.clock.at = START + timedelta(hours=1)
    await here.works()
    assert here.sent() == ["confirmation"]
    assert here.row("first_reminder") == here.row("second_reminder") == (State.SKIPPED, Reason.TOO_LATE)


async def test_a_batch_asks_booking_once() -> None:
    here = house()
    other = change(booking_id="f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
    here.hears(other)
    assert await here.works() == 2
    assert here.bookings.questions == [{BOOKING, other.booking_id}]


async def test_a_booking_cancelled_a_moment_ago_is_not_confirmed() -> None:
    here = house()
    here.bookings.known[BOOKING] = facts(state="cancelled", revision=2)
    await here.works()
    assert here.sent() == []
    assert here.row() == (State.SKIPPED, Reason.BOOKING_NOT_CONFIRMED)


async def test_a_cancellation_is_told_after_the_undo_window_and_no_reminder_after_it() -> None:
    here = house()
    await here.works()
    here.clock.at = cancelled().happened_at
    here.hears(cancelled())
    here.bookings.known[BOOKING] = facts(state="cancelled", revision=2)
    assert await here.works() == 0
    here.clock.advance(timedelta(minutes=3))
    assert await here.works() == 1
    here.clock.at = START
    assert await here.works() == 0
    assert here.sent() == ["confirmation", "cancellation"]


async def test_an_undone_cancellation_is_never_told_and_the_reminders_come_once() -> None:
    here = house()
    await here.works()
    here.clock.at = reinstated().happened_at
    here.hears(cancelled())
    here.hears(reinstated())
    here.bookings.known[BOOKING] = facts(revision=3)
    await here.works()
    for before in (24, 2):
        here.clock.at = START - timedelta(hours=before)
        await here.works()
    assert here.sent() == ["confirmation", "first_reminder", "second_reminder"]
    assert here.row("confirmation", revision=3) == (State.SKIPPED, Reason.ALREADY_TOLD)


async def test_an_undo_that_lost_the_race_with_the_cancellations_message_is_told() -> None:
    here = house()
    await here.works()
    here.hears(cancelled())
    here.bookings.known[BOOKING] = facts(state="cancelled", revision=2)
    here.clock.at = cancelled().happened_at + timedelta(minutes=3)
    await here.works()
    here.hears(reinstated())
    here.bookings.known[BOOKING] = facts(revision=3)
    await here.works()
    assert here.sent() == ["confirmation", "cancellation", "confirmation"]


async def test_what_a_sender_died_over_is_not_said_again_in_the_words_of_an_undo() -> None:
    here = house()
    (first,) = await here.ledger.claim(here.channel, now=here.clock.now(), limit=1)
    assert await here.ledger.hand_over(first)  # and that sender is never heard of again
    here.hears(cancelled())
    here.hears(reinstated())
    here.bookings.known[BOOKING] = facts(revision=3)
    here.clock.at = reinstated().happened_at
    await here.works()  # one batch with both: the doubt must be settled first
    await here.works()
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)
    assert here.row(revision=3) == (State.SKIPPED, Reason.ALREADY_TOLD)
    assert here.sent() == []


async def test_while_booking_does_not_answer_a_message_waits_until_its_latest_useful_time() -> None:
    here = house()
    here.bookings.away = True
    await here.works()
    assert here.row() == (State.DUE, None)
    here.bookings.away = False
    await here.works()
    assert here.row() == (State.SENT, None)
    here.bookings.away = True
    here.clock.at = START + timedelta(seconds=1)
    await here.works()
    assert here.row("second_reminder") == (State.SKIPPED, Reason.BOOKING_UNREACHABLE)


async def test_one_booking_that_cannot_be_read_holds_up_no_other() -> None:
    here = house()
    other = change(booking_id="f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
    here.hears(other)
    here.bookings.known[other.booking_id] = replace(facts(), booking_id=other.booking_id)
    here.bookings.unreadable = {BOOKING}
    await here.works()
    assert here.row() == (State.DUE, None)
    assert here.sent() == ["confirmation"]


async def test_what_the_provider_puts_off_is_tried_again_after_a_pause() -> None:
    here = house(NotNow("HTTP 429", timedelta(seconds=90)), Accepted())
    await here.works()
    assert await here.works(wait=timedelta(seconds=89)) == 0
    assert await here.works(wait=timedelta(seconds=31)) == 1
    assert here.row() == (State.SENT, None)
    assert here.ledger.rows[CONFIRMATION].attempts == 2


async def test_what_the_provider_refuses_has_failed() -> None:
    here = house(Rejected("HTTP 400"))
    await here.works()
    assert here.row() == (State.FAILED, Reason.REJECTED)


async def test_what_keeps_failing_until_it_is_of_no_use_has_failed() -> None:
    here = house(NotNow("HTTP 503"))
    await here.works()
    here.clock.at = START + timedelta(minutes=1)
    await here.works()
    assert here.row() == (State.FAILED, Reason.GAVE_UP)


async def test_nobody_is_tried_for_ever() -> None:
    here = house(*[NotNow("HTTP 503")] * MOST_ATTEMPTS)
    for _ in range(MOST_ATTEMPTS):
        await here.works()
    assert here.row() == (State.FAILED, Reason.GAVE_UP)


async def test_an_unknown_outcome_is_repeated_under_the_same_key_where_the_provider_knows_keys() -> None:
    here = house(Unknown("ReadTimeout"), Unknown("ReadTimeout"), Accepted("p-7"), repeats=Repeats.ALWAYS)
    for _ in range(3):
        await here.works()
    assert here.provider is not None
    assert {str(letter.key) for letter in here.provider.got} == {str(CONFIRMATION)}
    assert here.row() == (State.SENT, None)


async def test_an_unknown_outcome_is_repeated_once_where_it_does_not() -> None:
    here = house(Unknown("SMTPServerDisconnected"), Accepted())
    await here.works()
    await here.works()
    assert here.row() == (State.SENT, Reason.REPEATED)


async def test_an_unknown_text_is_never_sent_again_where_a_second_copy_would_be_a_second_message() -> None:
    here = house(Unknown("ReadTimeout"), repeats=Repeats.NEVER)
    for _ in range(3):
        await here.works()
    assert len(here.sent()) == 1
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)


async def test_nor_is_one_whose_sender_died_after_handing_it_over() -> None:
    here = house(repeats=Repeats.NEVER)
    with pytest.raises(asyncio.CancelledError):
        await send_due(here.desk(Dies(repeats=Repeats.NEVER)))
    await here.works()
    assert here.sent() == []
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)


async def test_a_guest_who_stopped_at_the_provider_is_said_to_have_done_so() -> None:
    here = house(Rejected("Twilio 21610", silenced=True))
    await here.works()
    assert here.row() == (State.FAILED, Reason.NUMBER_SILENCED)


async def test_twice_unknown_is_uncertain_and_stays_so() -> None:
    here = house(Unknown("SMTPServerDisconnected"), Unknown("SMTPServerDisconnected"))
    for _ in range(3):
        await here.works()
    assert len(here.sent()) == 2
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)


async def test_a_doubtful_message_that_has_become_stale_is_uncertain_and_not_skipped() -> None:
    here = house(Unknown("SMTPServerDisconnected"))
    await here.works()
    here.bookings.known[BOOKING] = facts(state="cancelled", revision=2)
    await here.works()
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)


class Dies(FakeProvider):
    """A provider that takes the message while our process ends."""

    async def send(self, letter: object) -> Outcome:
        self.got.append(letter)  # type: ignore[arg-type]  # it is a Letter
        raise asyncio.CancelledError


@pytest.mark.parametrize(("repeats", "reason"), [(Repeats.ALWAYS, None), (Repeats.ONCE, Reason.REPEATED)])
async def test_a_sender_that_died_after_handing_over_is_followed_by_one_that_repeats(
    repeats: Repeats, reason: Reason | None
) -> None:
    here = house(repeats=repeats)
    with pytest.raises(asyncio.CancelledError):
        await send_due(here.desk(Dies()))
    assert here.row() == (State.SENDING, None)
    assert await here.works(wait=timedelta(seconds=29)) == 0  # its lease may still be good
    assert await here.works(wait=timedelta(seconds=2)) == 1
    assert here.row() == (State.SENT, reason)


async def test_senders_that_die_twice_after_handing_over_leave_it_uncertain_without_a_key() -> None:
    here = house()
    for _ in range(2):
        here.ledger.real += timedelta(hours=1)
        with pytest.raises(asyncio.CancelledError):
            await send_due(here.desk(Dies()))
    await here.works()
    assert here.sent() == []
    assert here.row() == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)


async def test_a_message_voided_between_claim_and_call_is_not_sent() -> None:
    here = house()

    class LateNews(FakeBookings):
        async def facts(self, booking_ids: object, days: object = ()) -> object:  # type: ignore[override]
            here.hears(cancelled())
            return await FakeBookings({BOOKING: facts()}).facts({BOOKING})

    here.bookings = LateNews()
    await here.works()
    assert here.sent() == []
    assert here.row() == (State.SKIPPED, Reason.SUPERSEDED)


async def test_a_lease_that_ended_before_the_call_means_hands_off() -> None:
    here = house()

    class Slow(FakeBookings):
        async def facts(self, booking_ids: object, days: object = ()) -> object:  # type: ignore[override]
            here.ledger.real += timedelta(seconds=31)
            return await FakeBookings({BOOKING: facts()}).facts({BOOKING})

    here.bookings, prompt = Slow(), here.bookings
    await here.works()
    assert here.sent() == []
    here.bookings = prompt
    await here.works()
    assert here.sent() == ["confirmation"]


async def test_facts_that_have_aged_behind_a_slow_provider_are_asked_for_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(module, "_FRESH_SECONDS", -1.0)
    here = house()
    await here.works()
    assert (here.sent(), here.row()) == ([], (State.DUE, None))


async def test_a_known_outcome_is_written_down_when_the_ledger_returns(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SETTLE_WAITS", (0.0, 0.0, 0.0))
    here = house()

    class Unplugs(FakeProvider):
        async def send(self, letter: object) -> Outcome:
            here.ledger.away = 3
            return Accepted()

    here.provider = Unplugs()
    await here.works()
    assert here.row() == (State.SENT, None)


async def test_a_ledger_that_does_not_answer_is_told_to_the_caller() -> None:
    here = house()
    here.ledger.away = 1
    with pytest.raises(LedgerAway):
        await here.works()


async def test_a_message_that_cannot_be_written_has_failed() -> None:
    here = house()
    here.writer.broken = True
    await here.works()
    assert here.row() == (State.FAILED, Reason.UNWRITABLE)


async def test_a_channel_that_is_not_set_up_says_so() -> None:
    here = house()
    here.provider = None
    await here.works()
    assert here.row() == (State.SKIPPED, Reason.CHANNEL_NOT_CONFIGURED)


async def test_a_fault_in_one_message_stops_neither_the_others_nor_the_sender() -> None:
    here = house()
    other = change(booking_id="f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
    here.hears(other)
    here.bookings.known[other.booking_id] = replace(facts(), booking_id=other.booking_id)

    class Trips(FakeProvider):
        async def send(self, letter: object) -> Outcome:
            if not self.got:
                self.got.append(letter)  # type: ignore[arg-type]  # it is a Letter
                raise ZeroDivisionError
            return Accepted()

    here.provider = Trips()
    assert await here.works() == 2
    assert sorted(row.state for row in here.ledger.rows.values() if row.attempts) == [State.SENDING, State.SENT]


async def test_a_sender_that_is_told_to_stop_gives_back_what_it_has_not_handed_over() -> None:
    here = house()
    here.stop.set()
    await here.works()
    assert (here.sent(), here.row()) == ([], (State.DUE, None))


async def test_at_most_so_many_are_in_a_providers_hands_at_once() -> None:
    here = house()
    for number in range(20):
        booking_id = f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a{number:04d}"
        here.hears(change(booking_id=booking_id))
        here.bookings.known[booking_id] = replace(facts(), booking_id=booking_id)  # type: ignore[index, arg-type]
    most: list[int] = []
    inside = 0

    class Counts(FakeProvider):
        async def send(self, letter: object) -> Outcome:
            nonlocal inside
            inside += 1
            most.append(inside)
            await asyncio.sleep(0)
            inside -= 1
            return Accepted()

    here.provider = Counts()
    await here.works()
    assert (len(most), max(most)) == (21, 8)
