"""Is this process fit to serve, and if not, which part is not?"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

STALE_AFTER = timedelta(seconds=15)  # three missed heartbeats


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One thing that a service needs. A part that is not `needed` may be down: the service is degraded, yet ready."""

    name: str
    ok: bool
    detail: str = ""
    needed: bool = True


def report(parts: Iterable[Part]) -> dict[str, Any]:
    """The answer of a `health` call: ready when every needed part is."""
    listed = list(parts)
    return {
        "ready": all(part.ok for part in listed if part.needed),
        "parts": [{"name": part.name, "ok": part.ok, "detail": part.detail, "needed": part.needed} for part in listed],
    }


def heartbeat_part(name: str, seen_at: datetime | None, *, now: datetime) -> Part:
    """The health of a process without RPC (relay, sender), from its heartbeat row. Both times are real time."""
    if seen_at is None:
        return Part(name=name, ok=False, detail="has never run", needed=False)
    if now - seen_at > STALE_AFTER:
        return Part(name=name, ok=False, detail=f"last seen {seen_at.isoformat()}", needed=False)
    return Part(name=name, ok=True, needed=False)
