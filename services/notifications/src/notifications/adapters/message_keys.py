"""A message's key as the ledger's rows hold it."""

from typing import TYPE_CHECKING

from notifications.domain.values import BookingId, Channel, Key, Recipient

if TYPE_CHECKING:
    import asyncpg
    from sqlalchemy import RowMapping


def key_of(row: "RowMapping | asyncpg.Record") -> Key:
    """Return the key of a row of `messages`, whichever driver read it."""
    return Key(
        booking_id=BookingId(str(row["booking_id"])),
        revision=row["revision"],
        rule=row["rule"],
        channel=Channel(row["channel"]),
        recipient=Recipient(row["recipient_kind"]),
    )
