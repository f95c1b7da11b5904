"""Two of each process: both work, each time goes to one guest, each message is sent once, a sender killed or not.

What is sent is counted at receivers of our own: text messages by their key, e-mails by their Message-ID.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta

import pytest

from tests.checker.history import lost, unpublished
from tests.checker.overlaps import overlaps
from tests.checker.reading import rows
from tests.outside.race import Account, goals, race
from tests.outside.receivers import Receivers
from tests.outside.shares import each_did_a_fifth, shares
from tests.outside.stack import StackPlatform
from tests.outside.until import until

Figures = Callable[[str], None]

# Enough that a fifth of it is certain: were each piece to fall to one of two by a coin, 19 of 100 or fewer
# would come once in a billion times. Sixty-four messages are the most that one sender takes at once.
SLOTS = 100
FEWER = 40
IN_FLIGHT = 8
"""How many messages one sender hands over at the same time on one channel."""

pytestmark = pytest.mark.timeout(300)


def test_two_of_each_share_the_work_and_each_guest_has_one_time_and_each_message_once(
    scaled: StackPlatform, receivers: Receivers, figures: Figures
) -> None:
    with _senders_waiting(scaled):
        account = race(scaled.urls, goals(scaled.api, count=SLOTS, after=timedelta(days=2)), clients=4)
        _each_time_went_to_one_guest(scaled, account, count=SLOTS)
        _all_planned(scaled, messages=2 * SLOTS)
    _all_settled(scaled)

    assert Counter(_arrived(receivers).values()) == {1: 2 * SLOTS}
    assert receivers.repeated == []
    made = set(account.acknowledged)
    keys = _keys(scaled)
    told = [
        ("gateway", lambda line: line.get("correlation_id") if _books(line) else None, SLOTS),
        ("booking", lambda line: _one_of(made, line, "booked", "booking_id"), SLOTS),
        ("notifications", lambda line: _one_of(made, line, "planned", "booking_id"), SLOTS),
        ("notifications-sender", lambda line: _one_of(keys, line, "sent", "key"), 2 * SLOTS),
    ]
    for name, done, pieces in told:
        shared = each_did_a_fifth(shares(scaled, done, pieces=pieces), (name, f"{name}.2"))
        figures(f"two of each, {pieces} pieces: {shared}")


def test_a_sender_killed_in_the_middle_of_sending_leaves_no_message_unsent_and_none_sent_twice(
    scaled: StackPlatform, receivers: Receivers, figures: Figures
) -> None:
    before = _arrived(receivers)
    doomed, survivor = "notifications-sender.2", "notifications-sender"
    scaled.stop_process(doomed)
    scaled.pause_process(survivor)
    try:
        account = race(scaled.urls, goals(scaled.api, count=FEWER, after=timedelta(days=2)), clients=4)
        _all_planned(scaled, messages=len(before) + 2 * FEWER)
        # It takes all that is due, has several messages under way, and dies when the first is accepted.
        scaled.start_process(doomed, failpoints=("sender.after_provider_accepts",))
        scaled.wait_until_killed(doomed)
    finally:
        scaled.resume_process(survivor)
    scaled.start_process(doomed)
    _all_settled(scaled)
    _each_time_went_to_one_guest(scaled, account, count=FEWER)

    arrived = {key: copies for key, copies in _arrived(receivers).items() if key not in before}
    assert Counter(channel for channel, _ in arrived) == {"email": FEWER, "sms": FEWER}
    copies = Counter(copies for (channel, _), copies in arrived.items() if channel == "email")
    # SMTP has no keys: what was accepted and not noted is sent once more under its Message-ID (docs/adr/0036).
    assert set(copies) <= {1, 2}
    assert copies[2] <= IN_FLIGHT
    assert {copies for (channel, _), copies in arrived.items() if channel == "sms"} == {1}
    again = Counter(receivers.repeated)
    assert len(again) <= IN_FLIGHT
    assert set(again.values()) <= {1}, "never again without its key, and once it is known, not at all"
    states = rows(scaled.databases["notifications"], "SELECT state, count(*) FROM messages GROUP BY state")
    assert {state: count for state, count in states if state in {"failed", "uncertain", "sending"}} == {}
    doubtful = rows(scaled.databases["notifications"], "SELECT count(*) FROM messages WHERE attempts > 1")[0][0]
    assert doubtful >= 1, "it died with a message that had been accepted and not noted"
    figures(
        f"a sender killed with messages in hand: {len(arrived)} arrived, {doubtful} handed over twice, "
        f"{copies[2]} e-mails with a second copy under one Message-ID, {len(again)} texts known by their key"
    )


@contextmanager
def _senders_waiting(scaled: StackPlatform) -> Iterator[None]:
    """Freeze the senders meanwhile, so that both find a heap of messages when they go on at the same moment."""
    senders = ("notifications-sender", "notifications-sender.2")
    for name in senders:
        scaled.pause_process(name)
    try:
        yield
    finally:
        for name in senders:
            scaled.resume_process(name)


def _each_time_went_to_one_guest(scaled: StackPlatform, account: Account, *, count: int) -> None:
    database = scaled.databases["booking"]
    assert account.surprises == []
    assert {len(made) for made in account.bookings.values()} == {1}
    assert len(account.acknowledged) == count
    assert overlaps(database) == []
    assert lost(database, account.acknowledged) == []


def _all_planned(scaled: StackPlatform, *, messages: int) -> None:
    """Wait until every confirmation is in the ledger."""
    until(lambda: len(_keys(scaled)) == messages, within=60, expecting=f"{messages} confirmations in the ledger")
    assert unpublished(scaled.databases["booking"]) == 0


def _all_settled(scaled: StackPlatform) -> None:
    """Wait until no confirmation is owed any more: what is settled is never sent again."""
    query = "SELECT count(*) FROM messages WHERE rule = 'confirmation' AND state IN ('due', 'sending')"
    until(
        lambda: rows(scaled.databases["notifications"], query)[0][0] == 0,
        within=90,
        expecting="every confirmation to be settled",
    )


def _keys(scaled: StackPlatform) -> set[str]:
    """Return the keys of all confirmations in the ledger."""
    query = "SELECT booking_id::text || ':' || revision || ':' || rule || ':' || channel FROM messages"
    return {key for (key,) in rows(scaled.databases["notifications"], query + " WHERE rule = 'confirmation'")}


def _arrived(receivers: Receivers) -> Counter[tuple[str, str]]:
    """Return how many copies of each message were taken, by channel and key."""
    return Counter((message.channel, message.key) for message in list(receivers.received))


def _books(line: dict[str, object]) -> bool:
    return (line.get("event"), line.get("path"), line.get("status")) == ("request", "/v1/bookings", 201)


def _one_of(wanted: set[str], line: dict[str, object], event: str, name: str) -> str | None:
    found = line.get(name)
    return found if line.get("event") == event and isinstance(found, str) and found in wanted else None
