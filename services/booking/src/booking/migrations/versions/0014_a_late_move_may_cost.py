"""A third reason why a fee is owed: staff moved the booking for its guest, late.

Expands only: the code before it never writes that reason, and reads whatever stands there.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Allow it."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        ALTER TABLE fees ADD CONSTRAINT fees_cause
        CHECK (cause IN ('late_cancellation', 'late_move', 'no_show')) NOT VALID
        """
    )
    op.execute("ALTER TABLE fees VALIDATE CONSTRAINT fees_cause")
    op.execute("ALTER TABLE fees DROP CONSTRAINT fees_cause_check")


def downgrade() -> None:
    """Never: what is owed stays told."""
    raise NotImplementedError("restore a backup instead")
