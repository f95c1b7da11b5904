import pytest
from messaging.inbox import is_away
from messaging.prepared import Prepared, line
from sqlalchemy import Engine, create_engine, text
from sqlalchemy.exc import DBAPIError

DOUBLED = Prepared("doubled", "SELECT %(number)s * 2, %(numbers)s", {"number": "bigint", "numbers": "bigint[]"})
NOTED = Prepared("noted", "INSERT INTO notes VALUES (%(note)s) RETURNING note", {"note": "text"})
VALUES = {"number": 21, "numbers": [1, 2]}


@pytest.fixture
def notes(engine: Engine) -> Engine:
    with engine.begin() as connection:
        connection.execute(text("CREATE TABLE notes (note text PRIMARY KEY)"))
    return engine


def kept(engine: Engine) -> int:
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM notes")).scalar_one())


def test_a_statement_is_planned_once_a_connection(engine: Engine) -> None:
    for _ in range(3):
        with line(engine) as open_line:
            assert open_line.rows(DOUBLED, VALUES) == [(42, [1, 2])]
    with engine.connect() as connection:
        assert connection.execute(text("SELECT name FROM pg_prepared_statements")).scalars().all() == ["doubled"]


def test_a_session_without_the_statement_runs_it_all_the_same(notes: Engine) -> None:
    """As behind a pooler that lends sessions by transaction."""
    with line(notes) as open_line:
        open_line.rows(DOUBLED, VALUES)
        open_line.rows(NOTED, {"note": "prepared"})
    with notes.connect() as connection:
        connection.execute(text("DEALLOCATE ALL"))
    with line(notes) as open_line:
        assert open_line.rows(DOUBLED, VALUES) == [(42, [1, 2])]
        open_line.rows(NOTED, {"note": "unprepared"}, begin=True)
        open_line.commit()
    assert kept(notes) == 2


def test_what_was_begun_and_not_committed_is_undone(notes: Engine) -> None:
    with line(notes) as open_line:
        open_line.rows(NOTED, {"note": "undone"}, begin=True)
    begun = line(notes)
    open_line = begun.__enter__()
    open_line.rows(NOTED, {"note": "undone too"}, begin=True)
    assert not begun.__exit__(ZeroDivisionError, ZeroDivisionError(), None)
    assert kept(notes) == 0


def test_the_connection_goes_back_as_it_came(notes: Engine) -> None:
    with line(notes) as open_line:
        open_line.rows(DOUBLED, VALUES)
    with notes.connect() as connection:
        connection.execute(text("INSERT INTO notes VALUES ('never committed')"))
    assert kept(notes) == 0


def test_a_statement_that_fails_is_told_as_elsewhere_and_leaves_the_connection_usable(notes: Engine) -> None:
    with line(notes) as open_line:
        open_line.rows(NOTED, {"note": "Ana"})
    with pytest.raises(DBAPIError) as raised, line(notes) as open_line:
        open_line.rows(NOTED, {"note": "Ana"}, begin=True)
    assert getattr(raised.value.orig, "pgcode", None) == "23505"
    assert not is_away(raised.value)
    assert kept(notes) == 1


def test_a_connection_that_broke_leaves_the_pool(notes: Engine) -> None:
    cut = Prepared("cut", "SELECT pg_terminate_backend(pg_backend_pid()) WHERE %(now)s", {"now": "boolean"})
    with pytest.raises(DBAPIError) as raised, line(notes) as open_line:
        open_line.rows(cut, {"now": True})
    assert raised.value.connection_invalidated
    assert is_away(raised.value)
    with line(notes) as open_line:
        assert open_line.rows(DOUBLED, VALUES) == [(42, [1, 2])]


def test_a_database_that_cannot_be_reached_is_away() -> None:
    nowhere = create_engine("postgresql+psycopg2://nobody@127.0.0.1:1/nothing")
    with pytest.raises(DBAPIError) as raised, line(nowhere):
        pass
    assert is_away(raised.value)
