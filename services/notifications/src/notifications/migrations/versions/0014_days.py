"""Whose day a message is about, where it is about a day.

Expands only: the code before it owes and sends messages about bookings alone.
"""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE messages ADD COLUMN practitioner_id uuid")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
