"""A circuit breaker: after a few failures in a row, fail at once for a moment instead of waiting each time."""

import time
from collections.abc import Callable


class Breaker:
    """Opens after `failures` in a row, for `rest` seconds; then one caller may try while the others still fail fast."""

    def __init__(
        self, *, failures: int = 3, rest: float = 2.0, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._limit = failures
        self._rest = rest
        self._monotonic = monotonic
        self._failures = 0
        self._closed_from = 0.0

    def allows(self) -> bool:
        """Say whether to try; a caller who was allowed reports `succeeded` or `failed`."""
        if self._failures < self._limit:
            return True
        now = self._monotonic()
        if now < self._closed_from:
            return False
        self._closed_from = now + self._rest
        return True

    def succeeded(self) -> None:
        """Close again."""
        self._failures = 0

    def failed(self) -> None:
        """Count a failure; the last that is allowed opens the circuit."""
        self._failures += 1
        if self._failures >= self._limit:
            self._closed_from = self._monotonic() + self._rest
