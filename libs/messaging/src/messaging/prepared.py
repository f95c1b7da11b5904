"""Statements of the hot paths: planned once a connection, and sent without SQLAlchemy in between.

An ORM's connection costs more than the query that it carries where the query takes a tenth of a millisecond.
"""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import psycopg2
from psycopg2 import errors
from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError

from messaging.postgres import strip_values

_PLACE = re.compile(r"%\((\w+)\)s")

Row = tuple[Any, ...]


class Line:
    """A pooled connection that commits each statement unless told to begin."""

    def __init__(self, connection: Any, known: set[str]) -> None:
        self._connection = connection
        self._cursor = connection.cursor()
        self._known = known

    @property
    def lost(self) -> bool:
        """Whether the connection broke."""
        return bool(self._connection.closed)

    def rows(self, statement: "Prepared", values: Mapping[str, Any], *, begin: bool = False) -> list[Row]:
        """Run the statement and return its rows; with `begin`, within a transaction that it opens in passing."""
        opening = "BEGIN; " if begin else ""
        if statement.name not in self._known:
            with suppress(errors.DuplicatePreparedStatement):  # a pooler before the server lends sessions around
                self._cursor.execute(statement.prepare)
            self._known.add(statement.name)
        try:
            self._cursor.execute(opening + statement.execute, values)
        except errors.InvalidSqlStatementName:  # it was another's session that had it
            if begin:
                self._cursor.execute("ROLLBACK")
            self._cursor.execute(opening + statement.text, values)
        found: list[Row] = self._cursor.fetchall()
        return found

    def commit(self) -> None:
        """Commit what was begun."""
        self._cursor.execute("COMMIT")

    def roll_back(self) -> None:
        """Undo what was begun, if anything is."""
        if not self.lost and self._connection.info.transaction_status != _IDLE:
            self._cursor.execute("ROLLBACK")


_IDLE = psycopg2.extensions.TRANSACTION_STATUS_IDLE


class Prepared:
    """A statement in psycopg2's notation, `%(name)s`, and the PostgreSQL type of each name."""

    def __init__(self, name: str, text: str, types: Mapping[str, str]) -> None:
        order = list(types)
        numbered = _PLACE.sub(lambda place: f"${order.index(place[1]) + 1}", text)
        given = ", ".join(f"%({each})s::{kind}" for each, kind in types.items())
        self.name = name
        self.prepare = f"PREPARE {name} ({', '.join(types.values())}) AS {numbered}"
        self.execute = f"EXECUTE {name} ({given})"
        self.text = _PLACE.sub(lambda place: f"%({place[1]})s::{types[place[1]]}", text)


@contextmanager
def line(engine: Engine) -> Iterator[Line]:
    """Lend a line from the engine's pool. What psycopg2 raises is raised as SQLAlchemy's error, as elsewhere.

    Whatever was begun and not committed is rolled back; a connection that broke leaves the pool.
    """
    try:
        lent = engine.raw_connection()
    except psycopg2.Error as error:
        raise _told(None, error, lost=False) from error
    connection: Any = lent.dbapi_connection
    try:
        connection.autocommit = True
        open_line = Line(connection, lent.info.setdefault("prepared", set()))
        try:
            yield open_line
        finally:
            open_line.roll_back()
            if not open_line.lost:
                connection.autocommit = False
    except psycopg2.Error as error:
        if lost := bool(connection.closed):
            lent.invalidate(error)
        raise _told("a prepared statement", error, lost=lost) from error
    finally:
        lent.close()


def _told(statement: str | None, error: psycopg2.Error, *, lost: bool) -> Exception:
    """The error as SQLAlchemy's connection would have raised it: without values, too."""
    strip_values(error)
    told: Exception = DBAPIError.instance(
        statement, None, error, psycopg2.Error, hide_parameters=True, connection_invalidated=lost
    )
    return told
