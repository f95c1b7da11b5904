"""Unmet demand: searches are counted in memory and written down once in a while, entries where they are made.

A process that is killed loses what it counted since its last flush: at most a minute of searches.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime

from sqlalchemy import Connection, Engine, select
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.storage import Reader, storage
from booking.adapters.tables import unmet_demand
from booking.application.waitlist_ports import Unmet
from booking.domain.ids import LocationId, ServiceId

_Key = tuple[datetime, str, str]


class PostgresDemand:
    """The port `Demand`."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._read = Reader(engine)
        self._counted: Counter[_Key] = Counter()

    def missed(self, location_id: LocationId, service_id: ServiceId, at: datetime) -> None:
        """See `Demand.missed`."""
        self._counted[_hour(at), location_id, service_id] += 1

    def flush(self) -> int:
        """See `Demand.flush`."""
        counted = Counter(self._counted)
        if not counted:
            return 0
        with storage(), self._engine.begin() as connection:
            _add(connection, [_row(key, searches=many) for key, many in sorted(counted.items())])
        self._counted -= counted  # what was counted meanwhile stays
        return len(counted)

    def unmet(self, location_id: LocationId | None, since: datetime, until: datetime) -> Sequence[Unmet]:
        """See `Demand.unmet`."""
        columns = unmet_demand.c
        query = (
            select(unmet_demand)
            .where(columns.hour >= since, columns.hour < until)
            .order_by(columns.hour, columns.location_id, columns.service_id)
        )
        if location_id is not None:
            query = query.where(columns.location_id == location_id)
        return self._read(lambda connection: [Unmet(**row) for row in connection.execute(query).mappings()])


def count_entry(connection: Connection, location_id: LocationId, service_id: ServiceId, at: datetime) -> None:
    """Count somebody who began to wait, in the transaction that writes them down."""
    _add(connection, [_row((_hour(at), location_id, service_id), entries=1)])


def _row(key: _Key, *, searches: int = 0, entries: int = 0) -> dict[str, object]:
    hour, location_id, service_id = key
    return {
        "hour": hour,
        "location_id": location_id,
        "service_id": service_id,
        "searches": searches,
        "entries": entries,
    }


def _add(connection: Connection, rows: Sequence[dict[str, object]]) -> None:
    row = insert(unmet_demand).values(rows)
    columns = unmet_demand.c
    connection.execute(
        row.on_conflict_do_update(
            index_elements=["hour", "location_id", "service_id"],
            set_={
                "searches": columns.searches + row.excluded.searches,
                "entries": columns.entries + row.excluded.entries,
            },
        )
    )


def _hour(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
