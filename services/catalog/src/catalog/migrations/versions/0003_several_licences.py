"""Several licences of one practitioner. Only expands: code from before goes on writing the first alone."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    shape = sa.CheckConstraint("jsonb_typeof(licences) = 'array'")
    op.add_column("practitioners", sa.Column("licences", JSONB, shape, nullable=False, server_default="[]"))
