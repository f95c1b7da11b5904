"""One read, one short connection: the checker keeps no lock that the platform could trip over."""

from collections.abc import Sequence
from contextlib import closing
from typing import Any

import psycopg2


def rows(database: str, query: str, arguments: Sequence[object] = ()) -> list[tuple[Any, ...]]:
    """Return the rows of one query against `database`, a PostgreSQL address."""
    with closing(psycopg2.connect(database, connect_timeout=5)) as connection, connection.cursor() as cursor:
        cursor.execute(query, tuple(arguments))
        return cursor.fetchall()


def change(database: str, statement: str, arguments: Sequence[object] = ()) -> None:
    """Run one statement that changes the database: only tests that break it on purpose do."""
    with closing(psycopg2.connect(database, connect_timeout=5)) as connection, connection.cursor() as cursor:
        cursor.execute(statement, tuple(arguments))
        connection.commit()
