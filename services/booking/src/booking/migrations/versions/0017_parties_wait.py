"""Parties wait, and guests who want add-ons: who they are and what each wants, and what an offer keeps for each.

Expands only. The code before it sees of a party a length that no treatment has, and so offers it nothing.
"""

from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; what waits already is one guest's."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE waitlist_entries ADD COLUMN party jsonb")
    op.execute("ALTER TABLE leases ADD COLUMN party jsonb")


def downgrade() -> None:
    """Never: bookings are not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
