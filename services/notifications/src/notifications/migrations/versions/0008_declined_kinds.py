"""Which kinds of messages guests do without.

Expands only: the code before it sends none of these kinds.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE declined_kinds (
            recipient bytea NOT NULL,
            kind text NOT NULL,
            declined_at timestamptz NOT NULL,
            wanted_again_at timestamptz,
            CONSTRAINT declined_kinds_key PRIMARY KEY (recipient, kind)
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
