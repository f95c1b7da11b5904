"""What guests wish of whoever treats them: kept with what is booked, waited for, or one of a series.

Expands only: the code before it neither writes nor reads any of this.
"""

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Add the columns; words such as `gender:female`, none where nothing is wished for."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("bookings", "party_guests", "waitlist_entries", "series_sessions"):
        op.execute(f"ALTER TABLE {table} ADD COLUMN preference text[]")


def downgrade() -> None:
    """Never: what guests were promised is not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
