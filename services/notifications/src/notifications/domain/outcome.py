"""What became of handing a message to a provider, and how long to wait before trying again."""

from dataclasses import dataclass
from datetime import timedelta

MOST_ATTEMPTS = 100  # a day of a provider away, at the longest wait
_FIRST_WAIT = timedelta(seconds=5)
_LONGEST_WAIT = timedelta(minutes=15)


@dataclass(frozen=True, slots=True)
class Accepted:
    """The provider took it, and may have given it a name of its own."""

    provider_id: str | None = None


@dataclass(frozen=True, slots=True)
class NotNow:
    """The provider certainly did not take it, and may later; `after` is what it asked for."""

    problem: str
    after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Rejected:
    """The provider will never take it."""

    problem: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over, and no answer came: it may have been taken."""

    problem: str


Outcome = Accepted | NotNow | Rejected | Unknown


def wait_before(attempt: int, *, asked: timedelta | None = None, luck: float) -> timedelta:
    """How long to wait before the next attempt after `attempt` (1 is the first).

    Doubles up to a quarter of an hour; `luck` in [0, 1) spreads it, so that what failed together does not come
    back together. What the provider asked for is the least, though never more than a quarter of an hour.
    """
    grown: timedelta = min(_FIRST_WAIT * 2 ** min(attempt - 1, 20), _LONGEST_WAIT)
    spread = grown * (0.75 + luck / 4)
    return max(spread, min(asked or timedelta(), _LONGEST_WAIT))
