"""What providers say became of messages, and what they cost; how much of each provider's budget is used."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        ALTER TABLE messages
            ADD COLUMN provider text,
            ADD COLUMN receipt text,
            ADD COLUMN receipt_at timestamptz,
            ADD COLUMN receipt_problem text,
            ADD COLUMN cost numeric,
            ADD COLUMN cost_currency text
        """
    )
    op.execute("CREATE INDEX messages_provider_id ON messages (provider, provider_id) WHERE provider_id IS NOT NULL")
    op.execute(
        """
        CREATE TABLE receipts (
            provider text NOT NULL,
            provider_id text NOT NULL,
            fate text NOT NULL,
            problem text,
            known boolean NOT NULL,
            received_at timestamptz NOT NULL,
            CONSTRAINT receipts_key PRIMARY KEY (provider, provider_id, fate)
        )
        """
    )
    op.execute("CREATE INDEX receipts_received ON receipts (received_at)")
    op.execute(
        """
        CREATE TABLE allowances (
            provider text NOT NULL,
            span text NOT NULL,
            began_at timestamptz NOT NULL,
            used integer NOT NULL,
            CONSTRAINT allowances_key PRIMARY KEY (provider, span, began_at)
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
