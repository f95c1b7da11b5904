"""The ledger of messages owed, the inbox and the heartbeats."""

from alembic import op
from messaging.migrations import create_heartbeat, create_inbox

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    create_inbox(op)
    create_heartbeat(op)
    op.execute("CREATE TABLE bookings (booking_id uuid PRIMARY KEY, revision integer NOT NULL)")
    op.execute(
        """
        CREATE TABLE messages (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            booking_id uuid NOT NULL,
            revision integer NOT NULL,
            rule text NOT NULL,
            channel text NOT NULL,
            state text NOT NULL,
            reason text,
            start timestamptz NOT NULL,
            due_at timestamptz NOT NULL,
            useful_until timestamptz NOT NULL,
            not_before timestamptz NOT NULL DEFAULT clock_timestamp(),
            lease uuid,
            lease_until timestamptz,
            handed_over_at timestamptz,
            attempts integer NOT NULL DEFAULT 0,
            unknown integer NOT NULL DEFAULT 0,
            provider_id text,
            sent_at timestamptz,
            correlation_id text NOT NULL,
            created_at timestamptz NOT NULL,
            CONSTRAINT messages_key UNIQUE (booking_id, revision, rule, channel),
            CONSTRAINT messages_channel CHECK (channel IN ('email', 'sms')),
            CONSTRAINT messages_state
                CHECK (state IN ('due', 'sending', 'sent', 'skipped', 'failed', 'uncertain')),
            CONSTRAINT messages_skipped_with_reason CHECK (state <> 'skipped' OR reason IS NOT NULL),
            CONSTRAINT messages_sent_at CHECK ((state = 'sent') = (sent_at IS NOT NULL)),
            CONSTRAINT messages_lease CHECK (
                (state = 'sending') = (lease IS NOT NULL) AND (lease IS NULL) = (lease_until IS NULL)
            )
        )
        """
    )
    op.execute("CREATE INDEX messages_due ON messages (channel, due_at) WHERE state = 'due'")
    op.execute("CREATE INDEX messages_leased ON messages (lease_until) WHERE state = 'sending'")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
