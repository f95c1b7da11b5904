"""The copy of the public catalog."""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "catalog_entities",
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("id", sa.Uuid, primary_key=True),
        sa.Column("version", sa.BigInteger, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("view", JSONB, nullable=False),
        sa.Column("skills", ARRAY(sa.Text), nullable=False),
        sa.CheckConstraint("kind IN ('location', 'service', 'practitioner')", name="kind_is_public"),
        sa.CheckConstraint("version > 0", name="version_is_positive"),
        sa.CheckConstraint("jsonb_typeof(view) = 'object'", name="view_is_an_object"),
    )
    # One row once a complete snapshot was kept: an empty catalog is not a catalog that was never heard of.
    op.create_table(
        "catalog_snapshots",
        sa.Column("only_row", sa.Boolean, primary_key=True),
        sa.CheckConstraint("only_row", name="one_row"),
    )


def downgrade() -> None:
    op.drop_table("catalog_snapshots")
    op.drop_table("catalog_entities")
