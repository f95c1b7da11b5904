"""Lists come in pages."""

from gateway.schemas.base import Query
from gateway.schemas.fields import Text, WholeInQuery


class Page(Query):
    """Which part of a list."""

    limit = WholeInQuery(least=1, most=100, load_default=50, metadata={"description": "How many at most"})
    cursor = Text(most=48, pattern="^[A-Za-z0-9_-]{48}$", metadata={"description": "`next_cursor` of the page before"})
