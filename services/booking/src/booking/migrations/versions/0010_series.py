"""Series: several sessions booked as one wish, each filled by a booking of its own.

Expands only: bookings are written as ever, and know nothing of the series that they fill a place of.
"""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the tables."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE series (
            id uuid PRIMARY KEY,
            generation integer NOT NULL CHECK (generation >= 1),
            location_id uuid NOT NULL,
            zone text NOT NULL,
            mode text NOT NULL CHECK (mode IN ('all_or_nothing', 'best_effort')),
            every_days integer NOT NULL CHECK (every_days BETWEEN 1 AND 56),
            within_days integer NOT NULL CHECK (within_days >= 0 AND 2 * within_days < every_days),
            within_minutes integer NOT NULL CHECK (within_minutes BETWEEN 0 AND 720),
            weekdays smallint[] CHECK (cardinality(weekdays) >= 1 AND weekdays <@ '{0,1,2,3,4,5,6}'),
            body_hash text NOT NULL,
            made_at timestamptz NOT NULL
        )
        """
    )
    op.execute(
        """
        CREATE TABLE series_sessions (
            series_id uuid NOT NULL CONSTRAINT series_sessions_series REFERENCES series (id) ON DELETE CASCADE,
            position integer NOT NULL CHECK (position BETWEEN 1 AND 30),
            service_id uuid NOT NULL,
            minutes integer CHECK (minutes BETWEEN 1 AND 1440),
            practitioner_id uuid,
            target timestamptz NOT NULL CHECK (isfinite(target)),
            booking_id uuid CONSTRAINT series_sessions_booking REFERENCES bookings (id),
            PRIMARY KEY (series_id, position),
            CONSTRAINT series_sessions_one_place UNIQUE (booking_id)
        )
        """
    )


def downgrade() -> None:
    """Never: what guests were promised is not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
