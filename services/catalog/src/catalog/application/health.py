"""Tell whether catalog is fit to serve, and if not, which part is not."""

from datetime import datetime
from typing import Any

from runtime.health import Part, heartbeat_part, report

from catalog.application.errors import StorageAway
from catalog.application.ports import Vitals

DATABASE = "database"
RELAY = "catalog-relay"


def health(*, vitals: Vitals, now: datetime) -> dict[str, Any]:
    """The parts and whether all that is needed works; `now` is real time, also in a demo that travels in time."""
    try:
        seen_at = vitals.relay_seen_at()
    except StorageAway as away:
        return report([Part(name=DATABASE, ok=False, detail=str(away))])
    return report([Part(name=DATABASE, ok=True), heartbeat_part(RELAY, seen_at, now=now)])
