"""The one clock that rules are given; in demo mode it can be moved forward."""

import os
import tempfile
import threading
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Protocol

from runtime.settings import Settings


class Clock(Protocol):
    """Says what time it is."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


@dataclass(slots=True)
class FixedClock:
    """A clock for tests: it stands until it is moved."""

    at: datetime

    def now(self) -> datetime:
        return self.at

    def advance(self, by: timedelta) -> None:
        self.at += by


class DemoClock:
    """The machine's clock plus an offset kept in a file, so that every process, now and later, agrees."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._read: tuple[int, timedelta] = (-1, timedelta())

    def now(self) -> datetime:
        return datetime.now(UTC) + self.offset()

    def offset(self) -> timedelta:
        """How far the demo is ahead of real time; zero while the file does not exist."""
        try:
            stamp = self._path.stat().st_mtime_ns
        except FileNotFoundError:
            return timedelta()
        if stamp != self._read[0]:
            self._read = (stamp, timedelta(seconds=float(self._path.read_text() or 0)))
        return self._read[1]

    def advance(self, by: timedelta) -> datetime:
        """Move forward and return the new time; a ValueError for going back, since messages can't be unsent."""
        if by < timedelta():
            raise ValueError("the demo's clock only moves forward")
        with self._lock:
            ahead = self.offset() + by
            handle, name = tempfile.mkstemp(dir=self._path.parent)
            with os.fdopen(handle, "w") as file:
                file.write(str(ahead.total_seconds()))
            Path(name).replace(self._path)
        return self.now()


def clock_from(settings: Settings) -> Clock:
    """The demo's clock in demo mode, the machine's otherwise."""
    if settings.demo and settings.demo_clock:
        return DemoClock(Path(settings.demo_clock))
    return SystemClock()
