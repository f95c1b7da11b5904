"""Which location a message is about, so that senders can share their time among locations.

Expands only: a row that the code before it writes is about no location that is known.
"""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        "ALTER TABLE messages ADD COLUMN location_id uuid NOT NULL DEFAULT '00000000-0000-0000-0000-000000000000'"
    )
    op.execute("CREATE INDEX messages_due_by_location ON messages (channel, location_id, due_at) WHERE state = 'due'")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
