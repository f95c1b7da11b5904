"""The deadline of the call at hand: whoever asked has stopped waiting after it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_deadline: ContextVar[float | None] = ContextVar("deadline", default=None)


class DeadlinePassed(Exception):
    """Nobody waits for the answer any more. For a caller: no answer came in time; whether it was done is unknown."""


def remaining() -> float | None:
    """Seconds that the caller will still wait (negative: no longer), or None if there is no deadline."""
    deadline = _deadline.get()
    return None if deadline is None else deadline - time.time()


def check() -> None:
    """Raise `DeadlinePassed` if it has. Call it before a transaction whose answer nobody would see."""
    left = remaining()
    if left is not None and left <= 0:
        raise DeadlinePassed


@contextmanager
def bind(deadline: float | None) -> Iterator[None]:
    """Within the block the deadline is `deadline` (seconds since the epoch)."""
    token = _deadline.set(deadline)
    try:
        yield
    finally:
        _deadline.reset(token)
