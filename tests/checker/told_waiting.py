"""Has everybody who waits in writing that they do: once, and not after they left?"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.checker.account import Account, Finding, Message
from tests.checker.reading import rows

CHANNELS = ("email", "sms")
MARGIN = timedelta(minutes=2)
OF_USE = timedelta(hours=24) - MARGIN
KEPT_FOR = timedelta(days=30)
"""After its end an entry is erased."""

_ENTRIES = """
    SELECT e.id::text, e.state, e.made_at, e.ended_at, (SELECT count(*) FROM leases l WHERE l.entry_id = e.id),
           cardinality(array_remove(ARRAY[e.guest_email, e.guest_phone], NULL))
    FROM waitlist_entries e
"""
_TOLD = "SELECT body->>'aggregate_id' FROM outbox WHERE name = 'booking.waitlist_joined.v1'"
_DOUBTFUL = "SELECT booking_id::text FROM messages WHERE rule = 'waitlist_joined' AND state = 'uncertain'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A place on the waitlist as the database has it."""

    id: str
    state: str
    made_at: datetime
    ended_at: datetime | None
    offers: int
    contacts: int


def waiting_told(
    account: Account, databases: Mapping[str, str], received: Sequence[Message], now: float
) -> list[Finding]:
    """Judge what those who wait were told of it, at a moment when everything has settled."""
    entries = [
        Entry(id=identity, state=state, made_at=made_at, ended_at=ended_at, offers=offers, contacts=contacts)
        for identity, state, made_at, ended_at, offers, contacts in rows(databases["booking"], _ENTRIES)
    ]
    events = Counter(identity for (identity,) in rows(databases["booking"], _TOLD))
    doubtful = {identity for (identity,) in rows(databases["notifications"], _DOUBTFUL)}
    return list(judged(account, entries, events, doubtful, received, now=now))


def judged(
    account: Account,
    entries: Sequence[Entry],
    events: Mapping[str, int],
    doubtful: set[str],
    received: Sequence[Message],
    *,
    now: float,
) -> Iterator[Finding]:
    """Hold the clients' own account of waiting against what is written, told and arrived."""
    clinic_now, by_id = account.clinic_time(now), {each.id: each for each in entries}
    for identity, joined_at in account.waits.items():
        if identity not in by_id and clinic_now < account.clinic_time(joined_at) + KEPT_FOR:
            yield Finding("lost", f"wait {identity}", "was acknowledged and is not on the list")
    for each in entries:
        if (count := events.get(each.id, 0)) != 1:
            yield Finding("doubled" if count else "lost", f"wait {each.id}", f"was told {count} times")
    arrived = {(message.booking_id, message.channel) for message in received if message.rule == "waitlist_joined"}
    for message in received:
        if message.rule != "waitlist_joined":
            continue
        found, judged_at = by_id.get(message.booking_id), message.judged_at(account)
        if found is None and not events.get(message.booking_id):
            yield Finding("ghost", f"wait {message.booking_id}", "nobody waits there, or ever did")
        if found is not None and found.ended_at is not None and found.ended_at + MARGIN < judged_at:
            yield Finding("stale", f"wait {message.booking_id}", f"judged at {judged_at}, over at {found.ended_at}")
    for each in entries:
        waits = each.state == "waiting" and not each.offers and each.contacts == len(CHANNELS)
        if not waits or each.id in doubtful or not each.made_at + MARGIN < clinic_now < each.made_at + OF_USE:
            continue
        for channel in CHANNELS:
            if (each.id, channel) not in arrived:
                yield Finding("lost", f"wait {each.id}:{channel}", "never arrived")
