"""One id follows a wish from the HTTP request through RPC and events to the message that was sent."""

import re
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_current: ContextVar[str | None] = ContextVar("correlation_id", default=None)
_SANE = re.compile(r"[A-Za-z0-9._:-]{8,64}")


def new_id() -> str:
    """A fresh id."""
    return uuid.uuid4().hex


def current() -> str | None:
    """The id of what is being done here, if one was bound. Each greenlet and asyncio task has its own."""
    return _current.get()


@contextmanager
def bind(correlation_id: str | None) -> Iterator[str]:
    """Within the block, log lines, calls and events carry this id; None makes a new one."""
    value = correlation_id or new_id()
    token = _current.set(value)
    try:
        yield value
    finally:
        _current.reset(token)


def accept(offered: str | None) -> str:
    """The client's id if it is harmless in logs and headers, else a new one."""
    return offered if offered and _SANE.fullmatch(offered) else new_id()
