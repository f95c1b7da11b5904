"""A database out of reach, told as what it means: nothing was changed."""

from collections.abc import Iterator
from contextlib import contextmanager

from messaging.inbox import is_away
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as NoConnectionFree

from booking.application.ports import StorageAway


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
