"""What guests do without, in PostgreSQL, on the connection and in the transaction of whoever holds it."""

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, select, update
from sqlalchemy.dialects.postgresql import insert

from notifications.adapters.tables import declined_kinds
from notifications.domain.declined import Declined


class PostgresWishes:
    """The `Wishes` of one transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def decline(self, what: Declined, *, now: datetime) -> None:
        row = insert(declined_kinds).values(recipient=what.recipient, kind=what.kind, declined_at=now)
        self._connection.execute(
            row.on_conflict_do_update(
                constraint="declined_kinds_key",
                set_={"declined_at": now, "wanted_again_at": None},
                where=declined_kinds.c.wanted_again_at.is_not(None),
            )
        )

    def want(self, what: Declined, *, now: datetime) -> None:
        self._connection.execute(update(declined_kinds).where(_is(what)).values(wanted_again_at=now))

    def has_declined(self, what: Declined) -> bool:
        found = select(declined_kinds.c.kind).where(_is(what))
        return self._connection.execute(found).first() is not None


def _is(what: Declined) -> ColumnElement[bool]:
    return and_(
        declined_kinds.c.recipient == what.recipient,
        declined_kinds.c.kind == what.kind,
        declined_kinds.c.wanted_again_at.is_(None),
    )
