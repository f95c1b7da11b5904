"""What travels with a message beside its body."""

import time
from typing import Any

from messaging import wire


def context_of(message: Any) -> dict[str, Any]:
    """The message's headers, as nameko names them inside a worker."""
    return {name.removeprefix(wire.HEADER_PREFIX): value for name, value in (message.headers or {}).items()}


def deadline_in(context: dict[str, Any]) -> float | None:
    """When the caller stops waiting, in seconds since the epoch, if it said so."""
    try:
        return float(context[wire.DEADLINE])
    except (KeyError, TypeError, ValueError):
        return None


def is_stale(context: dict[str, Any]) -> bool:
    """Whether the caller has stopped waiting."""
    deadline = deadline_in(context)
    return deadline is not None and deadline <= time.time()
