"""What the two ways to run Slotwell have in common, for a test that must not care which one it met."""

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Protocol, TypeVar

from tests.outside.client import Api


class Platform(Protocol):
    """A running platform in demo mode, with its own servers and an empty diary at the start."""

    @property
    def name(self) -> str:
        """Return `embedded` or `rabbitmq`."""
        ...

    @property
    def url(self) -> str: ...

    @property
    def databases(self) -> Mapping[str, str]:
        """Return the address of each owner's database."""
        ...

    @property
    def admin_token(self) -> str:
        """Return the token that opens /v1/admin."""
        ...

    @property
    def api(self) -> Api: ...

    def log(self) -> list[dict[str, Any]]:
        """Return every structured line that any process of the platform has logged."""
        ...


LINES_TOLD = 80


class Startable(Protocol):
    """A platform that starts and stops."""

    def start(self) -> None: ...

    def stop(self) -> None: ...


Some = TypeVar("Some", bound=Startable)


def running(platform: Some) -> Iterator[Some]:
    """Start a platform, and stop it after its last test; the body of a fixture."""
    try:
        platform.start()
        yield platform
    finally:
        platform.stop()


def told(platform: Platform) -> str:
    """Return the last lines that the platform logged, requests that went well aside."""
    lines = [line for line in platform.log() if line.get("event") != "request" or line.get("status", 0) >= 500]
    lines.sort(key=lambda line: str(line.get("timestamp")))
    return "\n".join(json.dumps(line)[:500] for line in lines[-LINES_TOLD:])


def structured(lines: Iterable[str]) -> list[dict[str, Any]]:
    """Return the lines that are JSON objects, whatever stands before the brace; others are left out."""
    found = []
    for line in lines:
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
