"""Use case: claim what is due on one channel, ask booking whether it still holds, and send it."""

import asyncio
import random
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import timedelta

from runtime import correlation, failpoints
from runtime.clock import Clock
from runtime.logs import get_logger

from notifications.application.ports import (
    Allowance,
    BookingAway,
    Bookings,
    Claimed,
    Contacts,
    DueMessages,
    LedgerAway,
    Letter,
    Provider,
    Trace,
    Unwritable,
    Writer,
)
from notifications.domain.allowance import Granted, TooMuch
from notifications.domain.breaker import Breaker
from notifications.domain.declined import Declined, declinable
from notifications.domain.facts import Facts
from notifications.domain.fallback import Text, in_its_place
from notifications.domain.gsm7 import segments
from notifications.domain.outcome import (
    MOST_ATTEMPTS,
    Accepted,
    NotNow,
    Outcome,
    Rejected,
    Repeats,
    Unknown,
    wait_before,
)
from notifications.domain.relevance import Defer, Send, Skip, Told, Verdict, Wait, judge
from notifications.domain.rules import BY_NAME
from notifications.domain.staff import addressed_to, post_of
from notifications.domain.values import BookingId, CallReason, Channel, Key, Reason, Recipient, State

log = get_logger(__name__)

_ASK_AGAIN = timedelta(seconds=2)
_LEFT_TO_A_NEWER_SENDER = timedelta(seconds=30)
_FRESH_SECONDS = 10.0  # how long booking's answer counts as "just before sending"
# Why a message that was still true could not go out on its channel.
_UNREACHED = frozenset(
    {Reason.NO_ADDRESS, Reason.ADDRESS_BOUNCED, Reason.NUMBER_SILENCED, Reason.CHANNEL_NOT_CONFIGURED}
)
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
    digest: Callable[[str], bytes]
    contacts: Contacts | None = None
    allowance: Allowance | None = None
    breaker: Breaker = field(default_factory=Breaker)
    batch: int = 64
    at_once: int = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """What is known of one message's booking and guest just before sending."""

    facts: Facts | None
    told: Sequence[Told]
    silenced: bool
    bounced: bool = False
    text: Text | None = None
    declined: bool = False


async def send_due(desk: Desk) -> int:
    """Deal with one batch of due messages and return how many there were.

    Each ends sent, skipped, failed or uncertain, or is given back for later. Raises `LedgerAway`; what was
    claimed by then comes back when its lease ends.
    """
    if desk.breaker.pause(_seconds()):
        return 0
    limit = 1 if desk.breaker.is_trying() else desk.batch
    taken = await desk.due.claim(desk.channel, now=desk.clock.now(), limit=limit)
    claimed = await _known(desk, taken)
    if not claimed:
        return len(taken)
    failpoints.hit("sender.after_claim")
    wishes = {message.correlation_id for message in claimed}
    try:
        with correlation.bind(wishes.pop() if len(wishes) == 1 else None):
            answer = await desk.bookings.facts(
                {message.key.booking_id for message in claimed if message.day is None},
                [message.day for message in claimed if message.day is not None],
            )
    except BookingAway as problem:
        log.warning("booking does not answer", waiting=len(claimed), problem=str(problem))
        for message in claimed:
            await _wait_for_booking(desk, message)
        return len(claimed)
    fresh_until = _seconds() + _FRESH_SECONDS
    told = await desk.due.told(claimed)
    texts = await desk.due.texts(claimed)
    staff = await _staff(desk, claimed, answer.facts)
    readers = [one.guest for one in (*answer.facts.values(), *staff.values())]
    silenced = await desk.due.silenced({one.phone for one in readers if one.phone})
    mailed = {one.email: desk.digest(one.email) for one in readers if one.email}
    bounced = await desk.due.bounced(frozenset(mailed.values()), now=desk.clock.now())
    wishes_of = {message.key: _declinable(desk, message, answer.facts) for message in claimed}
    declined = await desk.due.declined(frozenset().union(*wishes_of.values()))
    turn = asyncio.Semaphore(desk.at_once)

    async def one(message: Claimed) -> None:
        async with turn:
            if _seconds() > fresh_until or desk.stop.is_set():
                return await desk.due.release(message, wait=timedelta())
            if desk.breaker.pause(_seconds()):
                # At once: it is this sender that leaves the provider alone; another may find it at work.
                return await desk.due.release(message, wait=timedelta())
            with correlation.bind(message.correlation_id):
                booking_id = message.key.booking_id
                if booking_id in answer.unreadable:
                    return await _wait_for_booking(desk, message)
                facts = staff.get(message.key) or answer.facts.get(booking_id)
                case = Case(
                    facts=facts,
                    told=told.get(message.key, ()),
                    silenced=_is_silenced(facts, silenced),
                    bounced=facts is not None and mailed.get(facts.guest.email or "") in bounced,
                    text=texts.get(message.key),
                    declined=bool(wishes_of[message.key] & declined),
                )
                return await _deal_with(desk, message, case)

    endings = await asyncio.gather(*(one(message) for message in claimed), return_exceptions=True)
    _report(claimed, endings)
    return len(claimed)


async def _known(desk: Desk, taken: Sequence[Claimed]) -> Sequence[Claimed]:
    """Those whose rule this release knows. The others were planned by a newer one, and are left to its senders."""
    for message in taken:
        if message.key.rule not in BY_NAME:
            log.warning("rule not known here", key=str(message.key))
            await desk.due.release(message, wait=_LEFT_TO_A_NEWER_SENDER)
    return [message for message in taken if message.key.rule in BY_NAME]


def _report(claimed: Sequence[Claimed], endings: Sequence[BaseException | None]) -> None:
    """Raise what stops the whole sender; log what concerns one message, which comes back with its lease."""
    for message, problem in zip(claimed, endings, strict=True):
        if problem is None:
            continue
        if not isinstance(problem, Exception) or isinstance(problem, LedgerAway):
            raise problem
        log.error("message not dealt with", key=str(message.key), exc_info=problem)


def _declinable(desk: Desk, message: Claimed, facts: Mapping[BookingId, Facts]) -> frozenset[Declined]:
    """What this guest would have declined if they did without this message; nothing for what belongs to a booking."""
    rule, known = BY_NAME[message.key.rule], facts.get(message.key.booking_id)
    return declinable(rule.kind, known.guest, digest=desk.digest) if rule.optional and known else frozenset()


async def _staff(desk: Desk, claimed: Sequence[Claimed], known: Mapping[BookingId, Facts]) -> Mapping[Key, Facts]:
    """The facts of what is for staff, each addressed to whom it is for."""
    posts = {
        message.key: post
        for message in claimed
        if (facts := known.get(message.key.booking_id)) and (post := post_of(message.key.recipient, facts))
    }
    if not posts:
        return {}
    reached = await desk.contacts.of(frozenset(posts.values())) if desk.contacts is not None else {}
    return {key: addressed_to(reached.get(post), known[key.booking_id]) for key, post in posts.items()}


def _is_silenced(facts: Facts | None, silenced: AbstractSet[str]) -> bool:
    return facts is not None and facts.guest.phone in silenced


async def _deal_with(desk: Desk, message: Claimed, case: Case) -> None:
    provider = desk.provider
    if provider is not None and not provider.repeats.allow(message.unknown):
        return await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN)
    verdict: Verdict = judge(
        message.key,
        start=message.start,
        useful_until=message.useful_until,
        facts=case.facts,
        told=case.told,
        now=desk.clock.now(),
        silenced=case.silenced,
        bounced=case.bounced,
        declined=case.declined,
    )
    if message.instead_after is not None and isinstance(verdict, Send):
        verdict = in_its_place(case.text, after=message.instead_after, now=desk.clock.now())
    if provider is None and not isinstance(verdict, Skip | Wait):
        verdict = Skip(Reason.CHANNEL_NOT_CONFIGURED)
    match verdict:
        case Skip(reason):
            if reason in _UNREACHED:
                await _call_instead(desk, message, case)
            await _skip(desk, message, reason)
        case Wait():
            await desk.due.release(message, wait=_ASK_AGAIN)
        case Defer(until):
            await desk.due.release(message, wait=timedelta(), due_at=until)
        case Send():
            if case.facts is not None and provider is not None:  # always: `judge` answers Send for nothing else
                await _send(desk, message, case, case.facts, provider)
    return None


async def _send(desk: Desk, message: Claimed, case: Case, facts: Facts, provider: Provider) -> None:
    try:
        letter = desk.writer.write(BY_NAME[message.key.rule], message.key, facts, now=desk.clock.now())
    except Unwritable as problem:
        log.error("message can't be written", key=str(message.key), problem=str(problem))
        return await _settle(desk, message, State.FAILED, reason=Reason.UNWRITABLE)
    trace = _trace(desk, letter, provider)
    if not await _may_go(desk, message, trace):
        return None
    if not await desk.due.hand_over(message, trace):
        log.info("message no longer ours", key=str(message.key))
        return None
    failpoints.hit("sender.after_hand_over")
    outcome = await provider.send(letter)
    desk.breaker.note(outcome, _seconds())
    if isinstance(outcome, Accepted):
        failpoints.hit("sender.after_provider_accepts")
    if isinstance(outcome, Rejected):
        if outcome.gone and trace.recipient is not None:
            await desk.due.mark_bounced(trace.recipient, outcome.problem, now=desk.clock.now())
        await _call_instead(desk, message, case)
    told = [session.booking_id for session in facts.sessions]
    await _conclude(desk, message, outcome, repeats=provider.repeats, told=told)
    if desk.allowance is not None and isinstance(outcome, NotNow | Rejected):
        await desk.allowance.give_back(trace.segments or 1)  # last: what became of the message matters more
    return None


async def _may_go(desk: Desk, message: Claimed, trace: Trace) -> bool:
    """Whether rate and budget allow it now; if not, it is given back."""
    if desk.allowance is None:
        return True
    match await desk.allowance.take(trace.segments or 1):
        case TooMuch(wait, spent):
            if spent:
                log.error("the day's budget is spent: messages wait", provider=trace.provider)
            await desk.due.release(message, wait=wait)
            return False
        case Granted(warning):
            if warning:
                log.warning("four fifths of the day's budget are used", provider=trace.provider)
    return True


def _seconds() -> float:
    """Seconds of a clock that never jumps."""
    return asyncio.get_running_loop().time()


def _trace(desk: Desk, letter: Letter, provider: Provider) -> Trace:
    return Trace(
        recipient=desk.digest(letter.to),
        language=letter.language or None,
        segments=segments(letter.text).count if desk.channel is Channel.SMS else None,
        provider=provider.name,
    )


async def _call_instead(desk: Desk, message: Claimed, case: Case) -> None:
    """A guest whom no other channel reaches, or who is owed this on no other, is called by staff."""
    rule = BY_NAME[message.key.rule]
    if rule.recipient is not Recipient.GUEST or rule.optional or rule.receipt:
        return
    guest = case.facts.guest if case.facts else None
    if guest is None:
        return
    reached = guest.is_reached(without=desk.channel, silenced=case.silenced, bounced=case.bounced)
    if not reached or not await desk.due.also_owed(message):
        await desk.due.owe_call(message, CallReason.NO_CHANNEL, now=desk.clock.now())
        log.info("a call is owed", key=str(message.key))


async def _conclude(
    desk: Desk, message: Claimed, outcome: Outcome, *, repeats: Repeats, told: Sequence[BookingId]
) -> None:
    """Write down what became of it. An earlier unknown outcome casts doubt unless the provider knows the key."""
    attempt = message.attempts + 1
    doubted = message.unknown > 0 and repeats is not Repeats.ALWAYS
    match outcome:
        case Accepted(provider_id):
            reason = Reason.REPEATED if doubted else None
            await _settle(desk, message, State.SENT, reason=reason, provider_id=provider_id, told=told)
        case Rejected(problem, silenced):
            log.warning("provider refused", key=str(message.key), problem=problem)
            if doubted:
                await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN, problem=problem)
            else:
                reason = Reason.NUMBER_SILENCED if silenced else Reason.REJECTED
                await _settle(desk, message, State.FAILED, reason=reason, problem=problem)
        case NotNow(problem, after):
            log.warning("provider put off", key=str(message.key), problem=problem, attempt=attempt)
            if attempt >= MOST_ATTEMPTS:
                await _settle(desk, message, State.FAILED, reason=Reason.GAVE_UP, problem=problem)
            else:
                await desk.due.release(message, wait=wait_before(attempt, asked=after, luck=random.random()))  # noqa: S311  (no secret)
        case Unknown(problem):
            log.warning("outcome unknown", key=str(message.key), problem=problem, attempt=attempt)
            if attempt >= MOST_ATTEMPTS or not repeats.allow(message.unknown + 1):
                await _settle(desk, message, State.UNCERTAIN, reason=Reason.OUTCOME_UNKNOWN, problem=problem, told=told)
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
    problem: str | None = None,
    told: Sequence[BookingId] = (),
) -> None:
    """Write the final state, insisting for a while: what is known now is a doubt once the lease has ended."""
    for wait in (*_SETTLE_WAITS, None):
        try:
            now = desk.clock.now()
            await desk.due.settle(
                message, state, now=now, reason=reason, provider_id=provider_id, problem=problem, told=told
            )
        except LedgerAway:
            if wait is None:
                raise
            await asyncio.sleep(wait)
        else:
            break
    log.info(state.value, key=str(message.key), reason=reason and reason.value)
