"""How many rows stand in each table, so that a test can say that a request changed nothing."""

from tests.checker.reading import rows

# Tables that beat by themselves, whatever a guest does.
BEATING = frozenset({"heartbeat", "heartbeats", "alembic_version", "leases"})
# An offer to a guest of an earlier test may lapse, and go to the next, at any moment.
BESIDE_OFFERS = {"allocations": "lease_id IS NULL", "outbox": "position('waitlist' IN name) = 0"}


def counts(database: str) -> dict[str, int]:
    """Return the number of rows of every table of `database`."""
    tables = rows(
        database,
        "SELECT tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename",
    )
    return {name: _count(database, name, BESIDE_OFFERS.get(name, "true")) for (name,) in tables if name not in BEATING}


def _count(database: str, table: str, which: str) -> int:
    # The names come from the catalogue, the conditions from above.
    return int(rows(database, f'SELECT count(*) FROM "{table}" WHERE {which}')[0][0])  # noqa: S608
