"""How many rows stand in each table, so that a test can say that a request changed nothing."""

from tests.checker.reading import rows

# Tables that the clock or another service writes, whatever a guest does: heartbeats, offers to guests who wait, what
# was warned of, searches that are counted in memory first, events that came in.
BEATING = frozenset(
    {"heartbeat", "heartbeats", "alembic_version", "leases", "document_warnings", "unmet_demand", "inbox"}
)
# And the rows of others that are: what offers claim, and the events of which no request is the cause.
BY_REQUESTS = {
    "allocations": "lease_id IS NULL",
    "outbox": "name NOT IN ("
    "'booking.waitlist_offered.v1', 'booking.need_due_soon.v1', 'booking.document_running_out.v1')",
}


def counts(database: str) -> dict[str, int]:
    """Return the number of rows of every table of `database`."""
    tables = rows(
        database,
        "SELECT tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename",
    )
    return {name: _count(database, name, BY_REQUESTS.get(name, "true")) for (name,) in tables if name not in BEATING}


def _count(database: str, table: str, which: str) -> int:
    # The names come from the catalogue, the conditions from above.
    return int(rows(database, f'SELECT count(*) FROM "{table}" WHERE {which}')[0][0])  # noqa: S608
