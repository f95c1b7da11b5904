"""When staff let one guest of a party off the fee for withdrawing.

Expands only: the code before it neither writes nor reads it.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the column."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE party_guests ADD COLUMN fee_waived_at timestamptz")


def downgrade() -> None:
    """Never: what guests were let off is not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
