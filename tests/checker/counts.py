"""How many rows stand in each table, so that a test can say that a request changed nothing."""

from tests.checker.reading import rows

# Tables that beat by themselves, whatever a guest does.
BEATING = frozenset({"heartbeat", "heartbeats", "alembic_version"})


def counts(database: str) -> dict[str, int]:
    """Return the number of rows of every table of `database`."""
    tables = rows(
        database,
        "SELECT tablename FROM pg_tables"
        " WHERE schemaname NOT IN ('pg_catalog', 'information_schema') ORDER BY tablename",
    )
    return {
        name: rows(database, f'SELECT count(*) FROM "{name}"')[0][0]  # noqa: S608 - names come from the catalogue
        for (name,) in tables
        if name not in BEATING
    }
