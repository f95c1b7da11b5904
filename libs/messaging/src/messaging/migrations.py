"""The tables of this library, for each service's own migrations to create in its own database."""

from alembic.operations import Operations


def create_outbox(op: Operations) -> None:
    """The table behind `messaging.outbox`."""
    op.execute(
        """
        CREATE TABLE outbox (
            id uuid PRIMARY KEY,
            seq bigint GENERATED ALWAYS AS IDENTITY,
            name text NOT NULL,
            exchange text NOT NULL,
            body jsonb NOT NULL,
            occurred_at timestamptz NOT NULL,
            recorded_at timestamptz NOT NULL DEFAULT now(),
            published_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_at timestamptz,
            error text
        );
        -- The relay reads only what is unpublished; the index stays as small as the backlog.
        CREATE INDEX outbox_unpublished ON outbox (seq) WHERE published_at IS NULL;
        CREATE INDEX outbox_published_at ON outbox (published_at) WHERE published_at IS NOT NULL;
        """
    )


def create_inbox(op: Operations) -> None:
    """The table behind `messaging.inbox`."""
    op.execute(
        """
        CREATE TABLE inbox (
            id uuid PRIMARY KEY,
            name text NOT NULL,
            state text NOT NULL CHECK (state IN ('done', 'retry', 'parked')),
            received_at timestamptz NOT NULL DEFAULT now(),
            done_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            next_at timestamptz,
            body jsonb,
            error text,
            CHECK (state = 'done' OR body IS NOT NULL)
        );
        CREATE INDEX inbox_due ON inbox (next_at) WHERE state = 'retry';
        CREATE INDEX inbox_parked ON inbox (received_at) WHERE state = 'parked';
        CREATE INDEX inbox_done_at ON inbox (done_at) WHERE state = 'done';
        """
    )


def create_heartbeat(op: Operations) -> None:
    """One row a process that answers no RPC (relay, sender): when it was last seen, in real time."""
    op.execute("CREATE TABLE heartbeat (process text PRIMARY KEY, at timestamptz NOT NULL)")
