"""What booking needs to serve, looked at in one query and one ping."""

from datetime import datetime

from messaging import heartbeat
from runtime.health import Part, heartbeat_part
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from booking.adapters.catalog_copy import is_loaded
from booking.adapters.redis_holds import RedisHolds

RELAY = "booking-relay"


def parts(engine: Engine, holds: RedisHolds, *, now: datetime) -> list[Part]:
    """Return each part and how it is. Without Redis the service is degraded, yet ready; `now` is real time."""
    reachable = holds.reachable()
    redis = Part(
        name="redis", ok=reachable, needed=False, detail="" if reachable else "holds are not exclusive until it is back"
    )
    try:
        with engine.connect() as connection:
            loaded, relay_seen = is_loaded(connection), heartbeat.last_seen(connection, RELAY)
    except SQLAlchemyError as error:
        return [Part(name="database", ok=False, detail=type(error).__name__), redis]
    read_model = Part(name="read_model", ok=loaded, detail="" if loaded else "the catalog has not been loaded yet")
    return [Part(name="database", ok=True), redis, read_model, heartbeat_part(RELAY, relay_seen, now=now)]
