"""What became of handing a message to a provider, and how long to wait before trying again."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum

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
    """The provider will never take it; `silenced` when that is the guest's own wish, `gone` when there is no such
    address.

    What else is refused says nothing of the next message to that address.
    """

    problem: str
    silenced: bool = False
    gone: bool = False


@dataclass(frozen=True, slots=True)
class Unknown:
    """It was handed over, and no answer came: it may have been taken."""

    problem: str


Outcome = Accepted | NotNow | Rejected | Unknown


class Repeats(Enum):
    """Whether a message whose outcome is unknown is handed over again."""

    ALWAYS = "always"  # its provider takes a repeated key for the same message
    ONCE = "once"  # its reader sees two copies of one identity as one
    NEVER = "never"  # a second copy would reach the guest as a second message

    def allow(self, unknown: int) -> bool:
        """Whether it may go out after so many unknown outcomes."""
        return self is Repeats.ALWAYS or unknown <= (1 if self is Repeats.ONCE else 0)


def wait_before(attempt: int, *, asked: timedelta | None = None, luck: float) -> timedelta:
    """How long to wait before the next attempt after `attempt` (1 is the first).

    Doubles up to a quarter of an hour; `luck` in [0, 1) spreads it, so that what failed together does not come
    back together. What the provider asked for is the least, though never more than a quarter of an hour.
    """
    grown: timedelta = min(_FIRST_WAIT * 2 ** min(attempt - 1, 20), _LONGEST_WAIT)
    spread = grown * (0.75 + luck / 4)
    return max(spread, min(asked or timedelta(), _LONGEST_WAIT))
