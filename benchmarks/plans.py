"""How the database answers the search's query, kept as text: the evidence for why growth costs what it costs."""

from datetime import datetime, timedelta
from pathlib import Path

import psycopg2

from benchmarks.diary import Crew

# As booking asks (adapters/postgres_calendar.py), the copy's version aside.
_EXPLAINED = """
    EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, TIMING OFF, SUMMARY OFF)
    SELECT wanted.id, taken.during
    FROM unnest(%(resources)s::uuid[]) AS wanted (id), LATERAL (
        SELECT during FROM allocations WHERE resource_id = wanted.id AND active
           AND during && tstzrange(%(since)s, %(until)s)
        OFFSET 0
    ) AS taken
"""


def plan(database: str, crew: Crew, since: datetime, *, days: int) -> str:
    """The plan of the search for this crew, as it ran."""
    asked = {
        "resources": [*crew.practitioners, *crew.rooms],
        "since": since,
        "until": since + timedelta(days=days),
    }
    connection = psycopg2.connect(database)
    try:
        with connection.cursor() as cursor:
            cursor.execute(_EXPLAINED, asked)
            return "\n".join(line for (line,) in cursor.fetchall())
    finally:
        connection.close()


def keep(path: Path, plans: dict[int, str]) -> None:
    """Write the plans down, by how many past bookings there were."""
    path.parent.mkdir(parents=True, exist_ok=True)
    parts = [f"-- {past:,} past bookings\n{text}\n" for past, text in plans.items()]
    path.write_text("\n".join(parts), encoding="utf-8")
