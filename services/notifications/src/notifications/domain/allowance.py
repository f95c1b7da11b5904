"""How much a provider may be given to carry: so many a second, and so many a day that somebody pays for."""

from dataclasses import dataclass
from datetime import timedelta

from notifications.domain.wordings import MOST_SEGMENTS

WARN_AT = 0.8


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What one provider has been given of its day (UTC), in the units of `Limits`.

    `refused` when it has stopped a message: one of several parts may not fit into what is left.
    """

    provider: str
    used: int
    limit: int
    refused: bool = False

    @property
    def spent(self) -> bool:
        """Whether messages by this provider wait for tomorrow. A limit that was raised since lets them go again."""
        return self.used >= self.limit or (self.refused and self.used + MOST_SEGMENTS > self.limit)

    @property
    def nearly_spent(self) -> bool:
        """Whether somebody should raise it, or know why so much goes out."""
        return self.used >= WARN_AT * self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """The most in a second and in a day (UTC), in parts for texts and in messages for mail; None for no limit."""

    a_second: int | None = None
    a_day: int | None = None


@dataclass(frozen=True, slots=True)
class Granted:
    """It may go. `warning` once a day, to the one that passes four fifths of the day's budget."""

    warning: bool = False


@dataclass(frozen=True, slots=True)
class TooMuch:
    """It has to wait; `spent` when it is the day's budget that stops it."""

    wait: timedelta
    spent: bool


def passes_warning(*, used: int, units: int, limit: int) -> bool:
    """Whether these `units`, the last of `used`, are those that pass four fifths of the limit."""
    return used - units < WARN_AT * limit <= used
