"""The demo's messages. The table stands empty where SLOTWELL_DEMO is off."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "demo_messages",
        sa.Column("seq", sa.BigInteger, sa.Identity(always=True), primary_key=True),
        sa.Column("id", sa.Uuid, nullable=False, unique=True),
        sa.Column("channel", sa.Text, nullable=False),
        sa.Column("recipient", sa.Text, nullable=False),
        sa.Column("subject", sa.Text),
        sa.Column("body", sa.Text, nullable=False),
        sa.Column("html", sa.Text),
        sa.Column("headers", JSONB, nullable=False),
        sa.Column("attachments", JSONB, nullable=False),
        sa.Column("key", sa.Text),
        sa.Column("received_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("channel IN ('email', 'sms')", name="channel_is_known"),
    )
    # The SMS provider that the sink plays honours keys. SMTP knows none, so a repeated e-mail is seen twice.
    op.create_index(
        "demo_messages_sms_key", "demo_messages", ["key"], unique=True, postgresql_where=sa.text("channel = 'sms'")
    )
    op.create_index("demo_messages_recipient", "demo_messages", ["recipient", "seq"])


def downgrade() -> None:
    op.drop_table("demo_messages")
