"""Visits of several parts are kept as series without a rhythm: how their parts stand together.

Expands only: code from before writes series with a rhythm, and reads a visit as one.
"""

from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column; NULL for a series."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE series ADD COLUMN arrangement text")


def downgrade() -> None:
    """Never: what guests were promised is not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
