"""Whom a message is for, and of which modality the treatment is.

Expands only: the code before it writes to guests alone, which is the default, under the same name of the key.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE messages ADD COLUMN recipient_kind text NOT NULL DEFAULT 'guest'")
    op.execute("ALTER TABLE messages ADD COLUMN modality text")
    op.execute(
        """
        ALTER TABLE messages
            DROP CONSTRAINT messages_key,
            ADD CONSTRAINT messages_key UNIQUE (booking_id, revision, rule, channel, recipient_kind)
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
