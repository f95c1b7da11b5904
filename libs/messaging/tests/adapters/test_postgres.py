"""Errors of PostgreSQL say what went wrong, and never with which values."""

import traceback
from collections.abc import Iterator

import pytest
from messaging.postgres import engine_for
from messaging.prepared import Prepared, line
from sqlalchemy import Engine, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

ANA = "ana@example.com"


@pytest.fixture
def guests(postgres_url: str) -> Iterator[Engine]:
    engine = engine_for(postgres_url, application="test")
    with engine.begin() as connection:
        connection.execute(
            text("CREATE TABLE guests (email text PRIMARY KEY, name text NOT NULL, age int CHECK (age > 0))")
        )
    yield engine
    engine.dispose()


def told(engine: Engine, statement: str) -> tuple[DBAPIError, str]:
    """What a statement that fails says, all the way down."""
    with pytest.raises(DBAPIError) as failure, engine.begin() as connection:
        connection.execute(text(statement), {"email": ANA})
    return failure.value, "".join(traceback.format_exception(failure.value)) + str(failure.value.orig)


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        ("INSERT INTO guests VALUES (:email, 'Ana', -1)", "guests_age_check"),
        ("INSERT INTO guests VALUES (:email, 'Ana', 1), (:email, 'Ana', 1)", "guests_pkey"),
        ("INSERT INTO guests VALUES (:email, NULL, 1)", 'column "name"'),
    ],
)
def test_a_row_that_is_refused_is_not_told(guests: Engine, statement: str, rule: str) -> None:
    error, said = told(guests, statement)
    assert isinstance(error, IntegrityError)
    assert rule in said
    assert ANA not in said
    assert "DETAIL" not in said


def test_a_value_that_cannot_be_read_is_not_told_either(guests: Engine) -> None:
    error, said = told(guests, "SELECT CAST(:email AS integer)")
    assert isinstance(error, DataError)
    assert 'invalid input syntax for type integer: "…"' in said
    assert ANA not in said


@pytest.mark.parametrize(
    ("text_of_it", "rule"),
    [
        ("INSERT INTO guests VALUES (%(email)s, 'Ana', -1) RETURNING 1", "guests_age_check"),
        ("SELECT CAST(%(email)s AS integer)", "invalid input syntax for type integer"),
    ],
)
def test_nor_does_a_prepared_statement_tell(guests: Engine, text_of_it: str, rule: str) -> None:
    statement = Prepared("spoiled", text_of_it, {"email": "text"})
    with pytest.raises(DBAPIError) as failure, line(guests) as open_line:
        open_line.rows(statement, {"email": ANA})
    said = "".join(traceback.format_exception(failure.value))
    assert rule in said
    assert ANA not in said
