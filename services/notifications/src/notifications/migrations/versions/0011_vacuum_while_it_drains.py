"""Vacuum the ledger while it drains, however long it has grown.

By default it is vacuumed when a fifth of it has changed: in a ledger of a million messages, 100,000 that fall due at
once would leave their traces in the indexes that every claim reads, until long after they have gone.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE messages SET (autovacuum_vacuum_scale_factor = 0.01, autovacuum_vacuum_threshold = 2000)")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
