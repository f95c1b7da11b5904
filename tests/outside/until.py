"""Wait for a condition with a deadline; never for a number of seconds."""

import time
from collections.abc import Callable
from typing import TypeVar

Seen = TypeVar("Seen")


def until(
    look: Callable[[], Seen],
    *,
    within: float,
    expecting: str,
    every: float = 0.1,
    enough: Callable[[Seen], bool] = bool,
) -> Seen:
    """Call `look` until what it returns is `enough`, and return that.

    After `within` seconds raise AssertionError with what was expected and what was seen last.
    """
    deadline = time.monotonic() + within
    while True:
        seen = look()
        if enough(seen):
            return seen
        if time.monotonic() >= deadline:
            raise AssertionError(f"expected within {within:g} s: {expecting}; last seen: {str(seen)[:2000]}")
        time.sleep(every)
