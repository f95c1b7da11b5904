"""The tables of messaging, for a service's own alembic migration to create.

They are spelt out once more, apart from the tables that the code uses: a migration that has run never changes.
"""

from typing import Protocol


class Operations(Protocol):
    """What these helpers need of `alembic.op`."""

    def execute(self, sqltext: str) -> None: ...


def create_outbox(op: Operations) -> None:
    """Create `outbox` (see `messaging.outbox`)."""
    op.execute(
        """
        CREATE TABLE outbox (
            id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY UNIQUE,
            name text NOT NULL,
            exchange text NOT NULL,
            body jsonb NOT NULL,
            occurred_at timestamptz NOT NULL,
            published_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_at timestamptz,
            error text
        )
        """
    )
    op.execute("CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL")


def create_inbox(op: Operations) -> None:
    """Create `inbox` (see `messaging.inbox`)."""
    op.execute(
        """
        CREATE TABLE inbox (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            received_at timestamptz NOT NULL,
            handled_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_at timestamptz,
            parked_at timestamptz,
            body jsonb,
            error text,
            CONSTRAINT inbox_open_rows_keep_their_body CHECK (handled_at IS NOT NULL OR body IS NOT NULL),
            CONSTRAINT inbox_open_rows_are_due_or_parked
                CHECK (handled_at IS NOT NULL OR (next_at IS NULL) <> (parked_at IS NULL))
        )
        """
    )
    op.execute("CREATE INDEX inbox_due ON inbox (next_at) WHERE handled_at IS NULL")
    op.execute("CREATE INDEX inbox_received ON inbox (received_at)")


def create_heartbeat(op: Operations) -> None:
    """Create `heartbeat` (see `messaging.heartbeat`)."""
    op.execute("CREATE TABLE heartbeat (process text PRIMARY KEY, at timestamptz NOT NULL)")
