"""Waiting until the stack has nothing left to do: what one row left behind must not slow the next."""

import time
from collections.abc import Callable
from typing import TypeVar

import psycopg2
from launcher.problem import Problem
from launcher.stack import Stack

Seen = TypeVar("Seen")

_OUTBOX = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
_PUBLISHED = "SELECT count(*) FROM outbox"
_TAKEN_IN = "SELECT count(*) FROM inbox"
_OWED = """
    SELECT count(*) FROM messages WHERE state = 'sending' OR (state = 'due' AND due_at <= now())
"""


def until(look: Callable[[], bool], *, within: float, expecting: str, every: float = 0.1) -> None:
    """Call `look` until it says yes; raises Problem when it did not within so many seconds."""
    deadline = time.monotonic() + within
    while not look():
        if time.monotonic() > deadline:
            raise Problem(f"Waited {within:.0f} s for {expecting}.")
        time.sleep(every)


def wait_quiet(stack: Stack, *, within: float = 180.0) -> None:
    """Return when every event has been told and taken in, and every message that is due has been sent."""
    urls = stack.database_urls

    def quiet() -> bool:
        return (
            _count(urls["booking"], _OUTBOX) == 0
            and _count(urls["catalog"], _OUTBOX) == 0
            and _count(urls["booking"], _TAKEN_IN) >= _count(urls["catalog"], _PUBLISHED)
            and _count(urls["notifications"], _TAKEN_IN) >= _count(urls["booking"], _PUBLISHED)
            and _count(urls["notifications"], _OWED) == 0
        )

    until(quiet, within=within, expecting="the stack to have told, taken in and sent everything", every=0.2)


def _count(database: str, sql: str) -> int:
    connection = psycopg2.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(sql)
            (found,) = cursor.fetchone() or (0,)
            return int(found)
    finally:
        connection.close()
