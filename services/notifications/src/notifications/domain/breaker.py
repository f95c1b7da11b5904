"""A provider that keeps failing is left alone for a while, so that a day of its absence costs no attempts."""

from datetime import timedelta

from notifications.domain.outcome import NotNow, Outcome, Unknown

OPENS_AFTER = 5
_FIRST_PAUSE = 10.0
_LONGEST_PAUSE = 300.0
_MOST_ASKED = timedelta(minutes=15)


class Breaker:
    """Counts a provider's failures in a row. Times are seconds of a clock that never jumps.

    Once open, it lets one message through after each pause; what becomes of that one closes it, or opens it for longer.
    """

    def __init__(self) -> None:
        self.failures = 0
        self.openings = 0
        self.open_until = 0.0
        self.failing_since = 0.0

    def pause(self, now: float) -> float:
        """How long to leave the provider alone from now on; 0 when it may be asked."""
        return max(self.open_until - now, 0.0)

    def is_trying(self) -> bool:
        """Whether the provider has to show first that it is back: one message, not a batch."""
        return self.failures >= OPENS_AFTER

    def away_for(self, now: float) -> float:
        """How long the provider has failed without a break, once it is left alone for it; 0 otherwise."""
        return now - self.failing_since if self.is_trying() else 0.0

    def note(self, outcome: Outcome, now: float) -> None:
        """Learn from an outcome. A refusal of one message is a provider at work."""
        if not isinstance(outcome, NotNow | Unknown):
            self.failures, self.openings, self.open_until = 0, 0, 0.0
            return
        if self.failures == 0:
            self.failing_since = now
        self.failures += 1
        if isinstance(outcome, NotNow) and outcome.after:
            self.open_until = max(self.open_until, now + min(outcome.after, _MOST_ASKED).total_seconds())
        elif self.failures >= OPENS_AFTER and now >= self.open_until:
            # Only a trial after a pause makes the next one longer: those that were under way together, and fail
            # together once it is open, say nothing new.
            self.open_until = now + min(_FIRST_PAUSE * 2 ** min(self.openings, 10), _LONGEST_PAUSE)
            self.openings += 1
