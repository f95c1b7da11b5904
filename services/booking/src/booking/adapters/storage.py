"""A database out of reach, told as what it means: nothing was changed."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TypeVar

from messaging.inbox import is_away
from sqlalchemy import Connection, Engine
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from booking.application.ports import StorageAway

T = TypeVar("T")


@contextmanager
def storage() -> Iterator[None]:
    """Raise `StorageAway` where the database cannot be reached; only around what has changed nothing by then."""
    try:
        yield
    except NoConnectionFree as error:
        raise StorageAway("no connection is free") from error
    except DBAPIError as error:
        if is_away(error):
            raise StorageAway(type(error.orig).__name__) from error
        raise


class Reader:
    """Reads on a connection of its own, outside any transaction; once more if the pooled one had died."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine.execution_options(isolation_level="AUTOCOMMIT")

    def __call__(self, work: Callable[[Connection], T]) -> T:
        """Return what `work` reads; raises `StorageAway` as `storage` does."""

        def read() -> T:
            with self._engine.connect() as connection:
                return work(connection)

        return read_twice(read)


def read_twice(work: Callable[[], T]) -> T:
    """Do what may be done twice, each time on a connection of its own: once more if the pooled one had died.

    Raises `StorageAway` as `storage` does.
    """
    with storage():
        try:
            return work()
        except DBAPIError as error:
            if not error.connection_invalidated:
                raise
        return work()
