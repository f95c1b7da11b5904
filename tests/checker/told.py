"""Was each guest told what they were owed: once, not too early, and nothing that was no longer true?

Counted at the receivers. What the ledger says is asked only where e-mail leaves a doubt that nobody can resolve:
it must own up to it (docs/adr/0036).
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from tests.checker.account import IN_FLIGHT, Account, Finding, Message, Visit
from tests.checker.reading import rows

CHANNELS = ("email", "sms")
MARGIN = timedelta(minutes=2)  # clocks that are wrong by a little
FIRST, SECOND = timedelta(hours=24), timedelta(hours=2)
UNDO = timedelta(minutes=3)


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A row of the ledger: what it says became of a message."""

    state: str
    reason: str


Slot = tuple[str, int, str, str]
"""Booking, revision, rule, channel: what there is one message for."""


def messages_told(
    account: Account, databases: Mapping[str, str], received: Sequence[Message], now: float
) -> list[Finding]:
    """Judge what arrived, at a moment when everything has settled."""
    ledger = _ledger(databases["notifications"])
    arrived: dict[Slot, list[Message]] = defaultdict(list)
    for message in received:
        arrived[(message.booking_id, message.revision, message.rule, message.channel)].append(message)
    return [
        *_doubled(arrived, ledger),
        *_repeated_in_other_words(arrived),
        *_claimed_only(arrived, ledger),
        *_missing(account, arrived, ledger, now),
        *_stale(account, received),
    ]


def _ledger(database: str) -> dict[Slot, Entry]:
    return {
        (booking_id, revision, rule, channel): Entry(state=state, reason=reason or "")
        for booking_id, revision, rule, channel, state, reason in rows(
            database, "SELECT booking_id::text, revision, rule, channel, state, reason FROM messages"
        )
    }


def _doubled(arrived: Mapping[Slot, Sequence[Message]], ledger: Mapping[Slot, Entry]) -> Iterator[Finding]:
    for slot, copies in arrived.items():
        entry = ledger.get(slot)
        if entry is None:
            yield Finding("ghost", ":".join(map(str, slot)), "arrived and is in no ledger")
        elif len(copies) > 1:
            owned_up = slot[3] == "email" and (entry.state == "uncertain" or entry.reason == "repeated")
            if len(copies) > 2 or not owned_up:
                detail = f"arrived {len(copies)} times and is {entry.state} ({entry.reason or 'no reason'})"
                yield Finding("doubled", ":".join(map(str, slot)), detail)


def _repeated_in_other_words(arrived: Mapping[Slot, Sequence[Message]]) -> Iterator[Finding]:
    """The same news about another revision of the same booking is twice the same news, unless it was unsaid between."""
    said: dict[tuple[str, str, str], list[int]] = defaultdict(list)
    for booking_id, revision, rule, channel in arrived:
        if rule == "displaced":
            continue  # displaced, moved, and displaced again is news each time
        said[(booking_id, rule, channel)].append(revision)
    unsays = {"confirmation": "cancellation", "cancellation": "confirmation"}
    for (booking_id, rule, channel), revisions in said.items():
        for earlier, later in zip(sorted(revisions), sorted(revisions)[1:], strict=False):
            between = said.get((booking_id, unsays.get(rule, ""), channel), [])
            if not any(earlier < each < later for each in between):
                yield Finding("doubled", f"{booking_id}:{rule}:{channel}", f"of revisions {earlier} and {later}")


def _claimed_only(arrived: Mapping[Slot, Sequence[Message]], ledger: Mapping[Slot, Entry]) -> Iterator[Finding]:
    for slot, entry in ledger.items():
        if entry.state == "sent" and slot not in arrived:
            yield Finding("lost", ":".join(map(str, slot)), "is sent by the ledger and never arrived")


def _missing(
    account: Account, arrived: Mapping[Slot, Sequence[Message]], ledger: Mapping[Slot, Entry], now: float
) -> Iterator[Finding]:
    told = {(booking_id, rule, channel) for booking_id, _, rule, channel in arrived}
    doubtful = {
        (booking_id, rule, channel)
        for (booking_id, _, rule, channel), entry in ledger.items()
        if entry.state == "uncertain"
    }
    for visit in account.visits:
        for booking_id in visit.booking_ids:
            for rule, channel in _owed(account, visit, account.clinic_time(now)):
                slot = (booking_id, rule, channel)
                if slot not in told and slot not in doubtful:
                    states = {
                        f"revision {revision}: {entry.state} {entry.reason}".strip()
                        for (owner, revision, name, by), entry in ledger.items()
                        if (owner, name, by) == slot
                    }
                    yield Finding("lost", ":".join(slot), f"never arrived; the ledger: {sorted(states) or 'nothing'}")


def _owed(account: Account, visit: Visit, clinic_now: datetime) -> Iterator[tuple[str, str]]:
    """What must have arrived by now, whoever was down meanwhile."""
    expected = visit.expected()
    made = account.clinic_time(visit.booked_at)
    if expected == "confirmed" and clinic_now < visit.start - MARGIN:
        yield from (("confirmation", channel) for channel in CHANNELS)
    if expected == "confirmed":
        for rule, before, until in (("first_reminder", FIRST, SECOND), ("second_reminder", SECOND, timedelta())):
            due, useful = visit.start - before, visit.start - until
            if made < due - MARGIN and due + MARGIN < clinic_now < useful - MARGIN:
                yield rule, "email"
                if _decent(clinic_now, visit.zone) and _decent(due, visit.zone):
                    yield rule, "sms"
    cancels = visit.done("cancel")
    if expected == "cancelled" and account.clinic_time(cancels[-1].ended) + UNDO + MARGIN < clinic_now:
        yield from (("cancellation", channel) for channel in CHANNELS)


def _decent(at: datetime, zone: str) -> bool:
    return 9 <= at.astimezone(ZoneInfo(zone)).hour < 20


def _stale(account: Account, received: Sequence[Message]) -> Iterator[Finding]:
    visits = {booking_id: visit for visit in account.visits for booking_id in visit.booking_ids}
    for message in received:
        visit = visits.get(message.booking_id)
        if visit is None:
            continue
        about = f"{message.booking_id}:{message.revision}:{message.rule}:{message.channel}"
        if message.rule == "cancellation":
            undone = [act for act in visit.done("undo") if act.ended < message.at]
            if undone and message.at > undone[-1].ended + IN_FLIGHT and visit.expected() == "confirmed":
                yield Finding("stale", about, "tells of a cancellation that was undone before")
            continue
        due = {"first_reminder": visit.start - FIRST, "second_reminder": visit.start - SECOND}.get(message.rule)
        if due is not None and message.channel == "email" and account.clinic_time(message.at) < due - MARGIN:
            yield Finding("stale", about, f"arrived before it was due at {due}")
        for cancel in visit.done("cancel"):
            undone_later = any(act.kind == "undo" and act.begun > cancel.begun for act in visit.acts)
            if undone_later or message.at <= cancel.ended:
                continue
            not_yet_due = due is not None and account.clinic_time(cancel.ended) < due - MARGIN
            if not_yet_due or message.at > cancel.ended + IN_FLIGHT:
                yield Finding("stale", about, f"arrived {message.at - cancel.ended:.1f} s after the cancellation")
