"""Everything that the checker has to say about a campaign at a moment when nothing is under way."""

from collections.abc import Mapping, Sequence

from tests.checker.account import Account, Finding, messages_of
from tests.checker.holds import overdue
from tests.checker.kept import bookings_kept
from tests.checker.settled import pending
from tests.checker.told import messages_told
from tests.checker.told_staff import staff_told
from tests.checker.told_waiting import waiting_told

KINDS = ("overlap", "lost", "doubled", "stale", "stuck", "ghost", "blocked", "surprise")


def verdict(
    account: Account,
    databases: Mapping[str, str],
    redis_url: str,
    received: Sequence[tuple[str, str, float, str]],
    *,
    now: float,
) -> list[Finding]:
    """Return every finding, each once. `received` are (channel, key, real time, address) at the receivers."""
    messages = messages_of(received)
    found = [
        *bookings_kept(account, databases),
        *overdue(redis_url, account.load_ended),
        *messages_told(account, databases, messages, now),
        *staff_told(account, databases, messages, now),
        *waiting_told(account, databases, messages, now),
        *pending(databases, account.clinic_time(now)),
    ]
    return sorted(set(found))
