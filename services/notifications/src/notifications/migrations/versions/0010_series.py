"""Which series a booking was made with, so that the one message about all of it is found with each of its sessions.

Expands only: the code before it knows of no series.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("CREATE TABLE series_bookings (booking_id uuid PRIMARY KEY, series_id uuid NOT NULL)")
    op.execute("CREATE INDEX series_bookings_of_series ON series_bookings (series_id)")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
