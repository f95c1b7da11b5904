"""A process whose clock is wrong by what a file says: the machine's clock as the product's one clock sees it."""

import datetime as dt
import os
from pathlib import Path
from types import ModuleType
from typing import Any

_FILE = Path(os.environ.get("SOAK_SKEWS", "/nonexistent"), os.environ.get("SLOTWELL_PROCESS", ""))


def _skew() -> dt.timedelta:
    try:
        return dt.timedelta(seconds=float(_FILE.read_text() or 0))
    except (OSError, ValueError):
        return dt.timedelta()


class _Skewed(dt.datetime):
    @classmethod
    def now(cls, tz: dt.tzinfo | None = None) -> Any:
        return dt.datetime.now(tz) + _skew()


def graft(module: ModuleType) -> None:
    """Put the wrong clock in."""
    module.datetime = _Skewed  # type: ignore[attr-defined]
