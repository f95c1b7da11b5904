"""The clinic and its allocations, read in one query, which also tells whether the clinic in memory is the newest."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from messaging.prepared import Prepared, Row, line
from sqlalchemy import Engine

from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.storage import Reader, read_twice
from booking.application.ports import Question, Reading
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.ids import ResourceId
from booking.domain.ranges import Range

T = TypeVar("T")

# OFFSET 0 keeps the planner from joining the other way round: for a narrow window it would walk through everybody's
# appointments of that hour, over an index that is ordered by resource, instead of asking once for each resource.
_BUSY = Prepared(
    "busy",
    """
    SELECT state.version, busy.resource_id::text,
           extract(epoch FROM lower(busy.during))::bigint, extract(epoch FROM upper(busy.during))::bigint
    FROM catalog_copy_state AS state LEFT JOIN (
        SELECT wanted.id AS resource_id, taken.during
        FROM unnest(%(resources)s) AS wanted (id), LATERAL (
            SELECT during FROM allocations WHERE resource_id = wanted.id AND active
               AND during && tstzrange(to_timestamp(%(since)s), to_timestamp(%(until)s))
            OFFSET 0
        ) AS taken
    ) AS busy ON true
    """,
    {"resources": "uuid[]", "since": "bigint", "until": "bigint"},
)


class PostgresCalendar:
    """The port `Calendar`."""

    def __init__(self, engine: Engine, memory: ClinicMemory) -> None:
        self._engine = engine
        self._read = Reader(engine)
        self._memory = memory

    def known(self) -> Clinic:
        """See `Calendar.known`."""
        return self._memory.clinic or self._newest()

    def look(self, plan: Callable[[Clinic], Question[T]]) -> Reading[T]:
        """See `Calendar.look`."""
        clinic = self.known()
        while True:
            try:
                question = plan(clinic)
            except Refused:
                newer = self._newest()
                if newer.version == clinic.version:
                    raise
                clinic = newer
                continue
            version, busy = self._busy(question.resource_ids, question.during)
            if version == clinic.version:
                return Reading(clinic=clinic, subject=question.subject, busy=busy)
            clinic = self._newest()

    def allocated(self, resource_ids: Sequence[ResourceId], during: Range) -> frozenset[ResourceId]:
        """See `Calendar.allocated`."""
        _, busy = self._busy(resource_ids, during)
        return frozenset(busy)

    def _newest(self) -> Clinic:
        clinic = self._read(self._memory.refreshed)
        if clinic is None:
            raise Refused("not_ready", "The catalog has not been loaded yet. Please try again in a moment.")
        return clinic

    def _busy(self, resource_ids: Sequence[ResourceId], during: Range) -> tuple[int, dict[ResourceId, list[Range]]]:
        asked = {"resources": list(resource_ids), "since": during[0], "until": during[1]}
        rows = self._rows(asked)
        busy: dict[ResourceId, list[Range]] = {}
        for _, resource_id, since, until in rows:
            if resource_id is not None:
                busy.setdefault(resource_id, []).append((since, until))
        return rows[0][0], busy

    def _rows(self, asked: dict[str, Any]) -> list[Row]:
        def ask() -> list[Row]:
            with line(self._engine) as open_line:
                return open_line.rows(_BUSY, asked)

        return read_twice(ask)
