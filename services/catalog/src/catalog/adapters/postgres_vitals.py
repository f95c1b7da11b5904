"""Signs of life, from the rows that processes leave in catalog's database."""

from datetime import datetime

from messaging import heartbeat
from sqlalchemy import Engine
from sqlalchemy.exc import OperationalError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from catalog.application.errors import StorageAway
from catalog.application.health import RELAY


class PostgresVitals:
    """Implements `catalog.application.ports.Vitals`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def relay_seen_at(self) -> datetime | None:
        try:
            with self._engine.connect() as connection:
                return heartbeat.last_seen(connection, RELAY)
        except (OperationalError, NoConnectionFree) as error:
            raise StorageAway("does not answer") from error
