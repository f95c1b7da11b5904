"""How to reach practitioners and desks, in PostgreSQL: senders ask, staff write and read."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import asdict
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, RowMapping, delete, select
from sqlalchemy.dialects.postgresql import insert

from notifications.adapters.pool import lent
from notifications.adapters.tables import staff_contacts
from notifications.domain.staff import Contact, Post
from notifications.domain.values import Recipient

if TYPE_CHECKING:
    import asyncpg

_OF = """
SELECT kind, subject_id, name, email, phone, language FROM staff_contacts
WHERE (kind, subject_id) IN (SELECT * FROM unnest($1::text[], $2::uuid[]))
"""


class PostgresContacts:
    """The `Contacts` of senders."""

    def __init__(self, pool: "asyncpg.Pool[asyncpg.Record]") -> None:
        self._pool = pool

    async def of(self, posts: AbstractSet[Post]) -> Mapping[Post, Contact]:
        asked = list(posts)
        async with lent(self._pool) as connection:
            rows = await connection.fetch(_OF, [one.kind.value for one in asked], [one.subject_id for one in asked])
        return {_post(row): _contact(row) for row in rows}


def save_contact(connection: Connection, post: Post, contact: Contact | None, *, by: str, now: datetime) -> None:
    """Reach them so from now on, or not at all (None)."""
    if contact is None:
        theirs = (staff_contacts.c.kind == post.kind.value) & (staff_contacts.c.subject_id == post.subject_id)
        connection.execute(delete(staff_contacts).where(theirs))
        return
    row = insert(staff_contacts).values(
        kind=post.kind.value, subject_id=post.subject_id, saved_at=now, saved_by=by, **asdict(contact)
    )
    columns = ("name", "email", "phone", "language", "saved_at", "saved_by")
    connection.execute(
        row.on_conflict_do_update(
            constraint="staff_contacts_key", set_={column: row.excluded[column] for column in columns}
        )
    )


def every_contact(connection: Connection) -> list[tuple[Post, Contact]]:
    """How everybody is reached, desks first."""
    rows = connection.execute(select(staff_contacts).order_by(staff_contacts.c.kind, staff_contacts.c.name)).mappings()
    return [(_post(row), _contact(row)) for row in rows]


def _post(row: "RowMapping | asyncpg.Record") -> Post:
    return Post(Recipient(row["kind"]), str(row["subject_id"]))


def _contact(row: "RowMapping | asyncpg.Record") -> Contact:
    said: dict[str, Any] = {name: row[name] for name in ("name", "email", "phone", "language")}
    return Contact(**said)
