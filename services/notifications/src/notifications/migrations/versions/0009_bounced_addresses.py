"""E-mail addresses from which a message came back.

Expands only: the code before it goes on writing to them.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE bounced_addresses (
            recipient bytea PRIMARY KEY,
            problem text NOT NULL,
            bounced_at timestamptz NOT NULL
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
