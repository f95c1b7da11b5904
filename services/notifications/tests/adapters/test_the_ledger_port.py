"""What the ledger promises to the planner and to senders, in memory and in PostgreSQL."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from notifications.application.ports import Claimed
from notifications.domain.agenda import day_of
from notifications.domain.relevance import Told
from notifications.domain.values import BookingId, Channel, LocationId, Reason, State

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.made import (
    ANA,
    BOOKING,
    LOCATION,
    MADE_AT,
    SERIES,
    START,
    at,
    cancelled,
    change,
    key,
    reinstated,
    session,
)

pytestmark = pytest.mark.anyio

ELSEWHERE = LocationId("00000000-0000-4000-8000-000000000000")


async def claim(kept: Kept, channel: Channel = Channel.EMAIL, *, days: int = 0) -> list[Claimed]:
    return await kept.due.claim(channel, now=MADE_AT + timedelta(days=days), limit=10)


async def one(kept: Kept) -> Claimed:
    (message,) = await claim(kept)
    return message


def stands(kept: Kept, rule: str = "confirmation", revision: int = 1) -> tuple[State, Reason | None, int]:
    (entry,) = [e for e in kept.entries(BOOKING) if e.key == key(rule, revision=revision)]
    return entry.state, entry.reason, entry.attempts


async def test_what_was_planned_is_there_in_the_order_of_its_times(kept: Kept) -> None:
    kept.hear(change())
    assert [(e.key.rule, e.key.channel, e.state) for e in kept.entries(BOOKING)] == [
        (rule, channel, State.DUE)
        for rule in ("confirmation", "first_reminder", "second_reminder")
        for channel in Channel
    ]
    assert kept.entries(BookingId("f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")) == []


async def test_hearing_it_again_changes_nothing_even_after_it_was_sent(kept: Kept) -> None:
    kept.hear(change())
    await kept.due.settle(await one(kept), State.SENT, now=MADE_AT)
    before = kept.entries(BOOKING)
    kept.hear(change())
    assert kept.entries(BOOKING) == before


@pytest.mark.parametrize("late", [False, True])
async def test_a_later_revision_voids_an_earlier_one_whichever_comes_first(kept: Kept, late: bool) -> None:
    for which in (cancelled(), change()) if late else (change(), cancelled()):
        kept.hear(which)
    assert stands(kept) == (State.SKIPPED, Reason.SUPERSEDED, 0)
    assert stands(kept, "cancellation", 2) == (State.DUE, None, 0)


async def test_only_what_is_due_on_the_channel_is_claimed_and_only_once(kept: Kept) -> None:
    kept.hear(change())
    (message,) = await claim(kept)
    assert (message.key, message.start, message.attempts, message.unknown) == (key(), START, 0, 0)
    assert message.correlation_id == "4f0c2d1e9b7a4c61"
    assert await claim(kept) == []
    assert [m.key.channel for m in await claim(kept, Channel.SMS)] == [Channel.SMS]
    assert [m.key.rule for m in await claim(kept, days=30)] == ["first_reminder", "second_reminder"]


async def test_a_claim_takes_the_longest_due_first_and_no_more_than_asked(kept: Kept) -> None:
    for number in range(5):
        which = BookingId(f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c5{number}")
        kept.hear(change(booking_id=which, made_at=MADE_AT - timedelta(minutes=number)))
    messages = await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=3)
    assert [m.key.booking_id[-1] for m in messages] == ["4", "3", "2"]


async def test_what_one_location_owes_all_at_once_delays_no_other(kept: Kept) -> None:
    for number in range(30):
        which = BookingId(f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c{number:02d}")
        kept.hear(change(booking_id=which, made_at=MADE_AT - timedelta(hours=1)))
    kept.hear(change(location_id=ELSEWHERE))
    messages = await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10)
    assert len([m for m in messages if m.key.booking_id == BOOKING]) == 1
    assert len(messages) == 6


async def test_a_location_that_alone_has_something_due_gets_the_whole_batch(kept: Kept) -> None:
    for number in range(30):
        which = BookingId(f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c{number:02d}")
        kept.hear(change(booking_id=which))
    kept.hear(change(location_id=ELSEWHERE, made_at=MADE_AT + timedelta(hours=1)))
    assert len(await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10)) == 10


async def test_more_locations_than_a_batch_holds_all_come_to_their_turn(kept: Kept) -> None:
    for number in range(25):
        which = BookingId(f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c{number:02d}")
        where = LocationId(f"00000000-0000-4000-8000-0000000000{number:02d}")
        kept.hear(change(booking_id=which, location_id=where))
    seen: set[str] = set()
    while messages := await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10):
        assert len(messages) <= 10
        seen |= {m.key.booking_id for m in messages}
    assert len(seen) == 25


async def test_a_message_handed_over_is_counted_and_settled(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    assert await kept.due.hand_over(message)
    await kept.due.settle(message, State.SENT, now=MADE_AT, reason=Reason.REPEATED, provider_id="p-1")
    assert stands(kept) == (State.SENT, Reason.REPEATED, 1)
    (sent,) = [e for e in kept.entries(BOOKING) if e.state is State.SENT]
    assert sent.sent_at == MADE_AT
    await kept.end_leases()
    assert await claim(kept) == []


async def test_what_its_provider_had_against_it_is_kept(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    await kept.due.hand_over(message)
    await kept.due.settle(message, State.FAILED, now=MADE_AT, reason=Reason.REJECTED, problem="Twilio 21614")
    (entry,) = [entry for entry in kept.entries(BOOKING) if entry.key == message.key]
    assert (entry.state, entry.reason, entry.problem) == (State.FAILED, Reason.REJECTED, "Twilio 21614")


async def test_nobody_hands_over_twice(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    assert await kept.due.hand_over(message)
    assert not await kept.due.hand_over(message)


async def test_what_was_given_back_comes_again_after_its_wait(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    await kept.due.hand_over(message)
    await kept.due.release(message, wait=timedelta(minutes=1))
    assert await claim(kept) == []
    await kept.end_waits()
    again = await one(kept)
    assert (again.attempts, again.unknown) == (1, 0)
    assert again.lease != message.lease


async def test_what_was_given_back_in_doubt_says_so(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    await kept.due.hand_over(message)
    await kept.due.release(message, wait=timedelta(), doubtful=True)
    await kept.end_waits()
    assert (await one(kept)).unknown == 1


async def test_what_was_put_off_to_a_better_hour_is_due_then(kept: Kept) -> None:
    kept.hear(change())
    await kept.due.release(await one(kept), wait=timedelta(), due_at=MADE_AT + timedelta(days=1))
    await kept.end_waits()
    assert await claim(kept) == []
    assert len(await claim(kept, days=1)) == 1


@pytest.mark.parametrize("handed_over", [False, True])
async def test_when_a_lease_ends_another_sender_gets_it_and_knows_whether_it_was_handed_over(
    kept: Kept, handed_over: bool
) -> None:
    kept.hear(change())
    message = await one(kept)
    if handed_over:
        await kept.due.hand_over(message)
    await kept.end_leases()
    again = await one(kept)
    assert (again.unknown, again.attempts) == (int(handed_over), int(handed_over))
    # The first one, back from the dead, has nothing to say any more.
    assert not await kept.due.hand_over(message)
    await kept.due.settle(message, State.FAILED, now=MADE_AT)
    await kept.due.release(message, wait=timedelta())
    assert stands(kept) == (State.SENDING, None, int(handed_over))


async def test_a_lease_that_has_ended_is_not_handed_over_even_if_nobody_else_has_come(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    await kept.end_leases()
    assert not await kept.due.hand_over(message)


async def test_news_voids_what_is_claimed_but_not_what_a_provider_has_in_hand(kept: Kept) -> None:
    kept.hear(change())
    email = await one(kept)
    (sms,) = await claim(kept, Channel.SMS)
    assert await kept.due.hand_over(email)
    kept.hear(cancelled())
    assert not await kept.due.hand_over(sms)
    assert stands(kept) == (State.SENDING, None, 1)
    await kept.due.settle(email, State.SENT, now=MADE_AT)
    assert stands(kept) == (State.SENT, None, 1)


async def test_news_makes_a_doubtful_message_uncertain_and_not_skipped(kept: Kept) -> None:
    kept.hear(change())
    message = await one(kept)
    await kept.due.hand_over(message)
    await kept.due.release(message, wait=timedelta(minutes=1), doubtful=True)
    kept.hear(cancelled())
    assert stands(kept) == (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN, 1)


async def test_it_knows_what_the_guest_was_told_or_is_about_to_be(kept: Kept) -> None:
    kept.hear(change())
    first = await one(kept)
    await kept.due.hand_over(first)
    kept.hear(reinstated())
    now = reinstated().happened_at
    (later,) = await kept.due.claim(Channel.EMAIL, now=now, limit=10)
    on_its_way = Told(rule="confirmation", revision=1, start=START, state=State.SENDING)
    assert await kept.due.told([later]) == {later.key: [on_its_way]}
    await kept.due.settle(first, State.SENT, now=now)
    ((told,),) = (await kept.due.told([later])).values()
    assert told.state is State.SENT
    (sms,) = await kept.due.claim(Channel.SMS, now=now, limit=10)
    assert (await kept.due.told([sms]))[sms.key] == []


async def test_what_a_sender_died_over_is_on_its_way_until_somebody_settles_it(kept: Kept) -> None:
    kept.hear(change())
    await kept.due.hand_over(await one(kept))
    kept.hear(reinstated())
    await kept.end_leases()
    now = reinstated().happened_at
    doubtful, later = sorted(
        await kept.due.claim(Channel.EMAIL, now=now, limit=10), key=lambda message: message.key.revision
    )
    on_its_way = Told(rule="confirmation", revision=1, start=START, state=State.SENDING)
    assert (await kept.due.told([later]))[later.key] == [on_its_way]
    await kept.due.release(doubtful, wait=timedelta())
    assert (await kept.due.told([later]))[later.key] == [on_its_way]
    await kept.due.settle(doubtful, State.UNCERTAIN, now=now)


async def test_what_a_series_was_told_of_counts_as_told_to_each_of_its_sessions(kept: Kept) -> None:
    first, second = session(0), session(1)
    for which in (first, second, second):
        kept.hear(which)
    (whole,) = await claim(kept)
    assert (whole.key.booking_id, whole.key.rule) == (SERIES, "series_confirmation")
    for which in (first, second):
        assert {e.key.rule for e in kept.entries(which.booking_id) if e.reason is Reason.TOLD_WITH_SERIES} == {
            "confirmation"
        }
        assert whole.key in {e.key for e in kept.entries(which.booking_id)}
    assert await kept.due.hand_over(whole)
    await kept.due.settle(whole, State.SENT, now=MADE_AT, told=[second.booking_id])
    for which in (first, second):
        kept.hear(reinstated(booking_id=which.booking_id, start=which.start))
    again = {one.key.booking_id: one for one in await claim(kept, days=2)}
    told = await kept.due.told(list(again.values()))
    assert told[again[first.booking_id].key] == []
    assert told[again[second.booking_id].key] == [
        Told(rule="confirmation", revision=1, start=second.start, state=State.SENT)
    ]


@pytest.mark.parametrize(
    ("state", "reason", "owed"),
    [
        (State.SENT, None, True),
        (State.FAILED, Reason.REJECTED, False),
        (State.SKIPPED, Reason.NUMBER_SILENCED, False),
        (State.SKIPPED, Reason.ALREADY_TOLD, True),
    ],
)
async def test_it_knows_whether_the_same_is_owed_on_another_channel(
    kept: Kept, state: State, reason: Reason | None, owed: bool
) -> None:
    kept.hear(change())
    (mail,) = await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10)
    assert await kept.due.also_owed(mail)
    (text,) = await kept.due.claim(Channel.SMS, now=MADE_AT, limit=10)
    await kept.due.settle(text, state, now=MADE_AT, reason=reason)
    assert await kept.due.also_owed(mail) is owed
    kept.hear(change(booking_id=BookingId("00000000-0000-4000-8000-000000000001"), channels=(Channel.EMAIL,)))
    (lone,) = await kept.due.claim(Channel.EMAIL, now=MADE_AT, limit=10)
    assert not await kept.due.also_owed(lone)


async def test_a_day_is_owed_once_at_the_earliest_time_that_any_booking_of_it_gives(kept: Kept) -> None:
    late = change(practitioner_ids=(ANA,), start=at("2026-12-01 06:40"), made_at=at("2026-12-01 05:50"))
    early = change(practitioner_ids=(ANA,), start=at("2026-12-01 06:30"), booking_id=session(1).booking_id)
    kept.hear(replace(late, booking_id=session(2).booking_id))
    assert await days(kept, at("2026-12-01 05:59")) == [], "booked when it would have been due"
    kept.hear(change(practitioner_ids=(ANA,)))
    assert await days(kept, at("2026-12-01 05:59")) == []
    kept.hear(early)
    kept.hear(change(practitioner_ids=(ANA,), start=at("2026-12-01 15:00"), booking_id=session(3).booking_id))
    assert await days(kept, at("2026-12-01 05:29")) == []
    (message,) = await days(kept, at("2026-12-01 05:30"))
    assert message.day == day_of(ANA, LocationId(LOCATION), START, "Europe/Paris")
    assert await kept.due.hand_over(message)
    await kept.due.settle(message, State.SENT, now=at("2026-12-01 05:30"), provider_id="p-1")
    kept.hear(change(practitioner_ids=(ANA,), start=at("2026-12-01 05:30"), booking_id=session(0).booking_id))
    assert await days(kept, at("2026-12-01 12:00")) == [], "what was sent stays so"


async def days(kept: Kept, now: datetime) -> list[Claimed]:
    found = await kept.due.claim(Channel.EMAIL, now=now, limit=100)
    for each in found:
        if each.day is None:
            await kept.due.release(each, wait=timedelta())
    return [each for each in found if each.day is not None]
