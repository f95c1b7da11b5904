"""How often the address of a practitioner's calendar was revoked."""

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table; who is not in it has the first generation."""
    op.execute(
        """
        CREATE TABLE calendar_feeds (
            practitioner_id uuid PRIMARY KEY,
            generation integer NOT NULL CHECK (generation > 1)
        )
        """
    )


def downgrade() -> None:
    """Never: a revoked address would be good again."""
    raise NotImplementedError("restore a backup instead")
