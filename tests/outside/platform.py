"""What the two ways to run Slotwell have in common, for a test that must not care which one it met."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Protocol

from tests.outside.client import Api


class Platform(Protocol):
    """A running platform in demo mode, with its own servers and an empty diary at the start."""

    name: str
    url: str
    databases: Mapping[str, str]
    redis_url: str

    @property
    def api(self) -> Api: ...

    def log(self) -> list[dict[str, Any]]:
        """Return every structured line that any process of the platform has logged."""
        ...


def structured(paths: Iterable[Path]) -> list[dict[str, Any]]:
    """Return the JSON lines of log files, whatever stands before the brace; other lines are left out."""
    found = []
    for path in paths:
        for line in path.read_text(errors="replace").splitlines():
            brace = line.find("{")
            if brace < 0:
                continue
            try:
                record = json.loads(line[brace:])
            except ValueError:
                continue
            if isinstance(record, dict):
                found.append(record)
    return found
