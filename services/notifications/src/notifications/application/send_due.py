"""Use case: claim what is due on one channel, ask booking whether it still holds, and send it."""

import asyncio
import random
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from runtime import correlation, failpoints
from runtime.clock import Clock
from runtime.logs import get_logger

from notifications.application.ports import (
    BookingAway,
    Bookings,
    Claimed,
    DueMessages,
    LedgerAway,
    Provider,
    Unwritable,
    Writer,
)
from notifications.domain.facts import Facts
from notifications.domain.outcome import MOST_ATTEMPTS, Accepted, NotNow, Outcome, Rejected, Unknown, wait_before
from notifications.domain.relevance import Defer, Send, Skip, Told, Verdict, Wait, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.values import Channel, Reason, State

log = get_logger(__name__)

_ASK_AGAIN = timedelta(seconds=2)
_FRESH_SECONDS = 10.0  # how long booking's answer counts as "just before sending"
_SETTLE_WAITS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Everything that a sender of one channel works with. `provider` is None when the channel is not set up."""

    channel: Channel
    due: DueMessages
    bookings: Bookings
    writer: Writer
    provider: Provider | None
    clock: Clock
    stop: asyncio.Event
    batch: int = 64
    at_once: int = 8


async def send_due(desk: Desk) -> int:
    """Deal with one batch of due messages and return how many there were.

    Each ends sent, skipped, failed or uncertain, or is given back for later. Raises `LedgerAway`; what was
    claimed by then comes back when its lease ends.
    """
    claimed = await desk.due.claim(desk.channel, now=desk.clock.now(), limit=desk.batch)
    if not claimed:
        return 0
    failpoints.hit("sender.after_claim")
    wishes = {message.correlation_id for message in claimed}
    try:
        with correlation.bind(wishes.pop() if len(wishes) == 1 else None):
            answer = await desk.bookings.facts({message.key.booking_id for message in claimed})
    except BookingAway as problem:
        log.warning("booking does not answer", waiting=len(claimed), problem=str(problem))
        for message in claimed:
            await _wait_for_booking(desk, message)
        return len(claimed)
    fresh_until = asyncio.get_running_loop().time() + _FRESH_SECONDS
    told = await desk.due.told(claimed)
    turn = asyncio.Semaphore(desk.at_once)

    async def one(message: Claimed) -> None:
        async with turn:
            if asyncio.get_running_loop().time() > fresh_until or desk.stop.is_set():
                return await desk.due.release(message, wait=timedelta())
            with correlation.bind(message.correlation_id):
                booking_id = message.key.booking_id
                if booking_id in answer.unreadable:
                    return await _wait_for_booking(desk, message)
                return await _deal_with(desk, message, answer.facts.get(booking_id), told.get(message.key, ()))

    endings = await asyncio.gather(*(one(message) for message in claimed), return_exceptions=True)
    _report(claimed, endings)
    return len(claimed)


def _report(claimed: Sequence[Claimed], endings: Sequence[BaseException | None]) -> None:
    """Raise what stops the whole sender; log what concerns one message, which comes back with its lease."""
    for message, problem in zip(claimed, endings, strict=True):
        if problem is None:
            continue
        if not isinstance(problem, Exception) or isinstance(problem, LedgerAway):
            raise problem
        log.error("message not dealt with", key=str(message.key), exc_info=problem)


async def _deal_with(desk: Desk, message: Claimed, facts: Facts | None, told: Sequence[Told]) -> None:
    provider = desk.provider
    if provider is None:
        return await _skip(desk, message, Reason.CHANNEL_NOT_CONFIGURED)
    if message.unknown > 1 and not provider.honours_keys:
        return await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN)
    verdict: Verdict = judge(
        message.key,
        start=message.start,
        useful_until=message.useful_until,
        facts=facts,
        told=told,
        now=desk.clock.now(),
    )
    match verdict:
        case Skip(reason):
            await _skip(desk, message, reason)
        case Wait():
            await desk.due.release(message, wait=_ASK_AGAIN)
        case Defer(until):
            await desk.due.release(message, wait=timedelta(), due_at=until)
        case Send():
            if facts is not None:  # always: `judge` answers Send for nothing else
                await _send(desk, message, facts, provider)
    return None


async def _send(desk: Desk, message: Claimed, facts: Facts, provider: Provider) -> None:
    try:
        letter = desk.writer.write(BY_NAME[message.key.rule], message.key, facts, now=desk.clock.now())
    except Unwritable as problem:
        log.error("message can't be written", key=str(message.key), problem=str(problem))
        return await _settle(desk, message, State.FAILED, reason=Reason.UNWRITABLE)
    if not await desk.due.hand_over(message):
        log.info("message no longer ours", key=str(message.key))
        return None
    outcome = await provider.send(letter)
    if isinstance(outcome, Accepted):
        failpoints.hit("sender.after_provider_accepts")
    return await _conclude(desk, message, outcome, honours_keys=provider.honours_keys)


async def _conclude(desk: Desk, message: Claimed, outcome: Outcome, *, honours_keys: bool) -> None:
    """Write down what became of it. An earlier unknown outcome casts doubt unless the provider knows the key."""
    attempt = message.attempts + 1
    doubted = message.unknown > 0 and not honours_keys
    match outcome:
        case Accepted(provider_id):
            reason = Reason.REPEATED if doubted else None
            await _settle(desk, message, State.SENT, reason=reason, provider_id=provider_id)
        case Rejected(problem):
            log.warning("provider refused", key=str(message.key), problem=problem)
            state, reason = (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN) if doubted else (State.FAILED, Reason.REJECTED)
            await _settle(desk, message, state, reason=reason)
        case NotNow(problem, after):
            log.warning("provider put off", key=str(message.key), problem=problem, attempt=attempt)
            if attempt >= MOST_ATTEMPTS:
                await _settle(desk, message, State.FAILED, reason=Reason.GAVE_UP)
            else:
                await desk.due.release(message, wait=wait_before(attempt, asked=after, luck=random.random()))  # noqa: S311  (no secret)
        case Unknown(problem):
            log.warning("outcome unknown", key=str(message.key), problem=problem, attempt=attempt)
            if doubted or attempt >= MOST_ATTEMPTS:
                await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN)
            else:
                wait = wait_before(attempt, luck=random.random())  # noqa: S311  (no secret)
                await desk.due.release(message, wait=wait, doubtful=True)


async def _wait_for_booking(desk: Desk, message: Claimed) -> None:
    if desk.clock.now() > message.useful_until:
        await _skip(desk, message, Reason.BOOKING_UNREACHABLE)
    else:
        await desk.due.release(message, wait=_ASK_AGAIN)


async def _skip(desk: Desk, message: Claimed, reason: Reason) -> None:
    """Not sent, and why; unless earlier attempts say that it may have been, or that it should have."""
    if message.unknown:
        await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN)
    elif message.attempts and reason is Reason.TOO_LATE:
        await _settle(desk, message, State.FAILED, reason=Reason.GAVE_UP)
    else:
        await _settle(desk, message, State.SKIPPED, reason=reason)


async def _settle(
    desk: Desk,
    message: Claimed,
    state: State,
    *,
    reason: Reason | None = None,
    provider_id: str | None = None,
) -> None:
    """Write the final state, insisting for a while: what is known now is a doubt once the lease has ended."""
    for wait in (*_SETTLE_WAITS, None):
        try:
            await desk.due.settle(message, state, now=desk.clock.now(), reason=reason, provider_id=provider_id)
        except LedgerAway:
            if wait is None:
                raise
            await asyncio.sleep(wait)
        else:
            break
    log.info(state.value, key=str(message.key), reason=reason and reason.value)
