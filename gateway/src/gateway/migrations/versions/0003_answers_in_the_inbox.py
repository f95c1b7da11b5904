"""The demo's inbox also keeps what guests answer, and e-mails as they came."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.add_column("demo_messages", sa.Column("is_answer", sa.Boolean, nullable=False, server_default=sa.false()))
    op.add_column("demo_messages", sa.Column("source", sa.Text))


def downgrade() -> None:
    op.drop_column("demo_messages", "source")
    op.drop_column("demo_messages", "is_answer")
