"""Bookings that a change of the clinic left without what they need, as long as that is so.

Expands only: the code before it lists none.
"""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """
        CREATE TABLE displaced (
            booking_id uuid PRIMARY KEY CONSTRAINT displaced_booking REFERENCES bookings (id),
            since timestamptz NOT NULL,
            clinic_version bigint NOT NULL,
            misfits jsonb NOT NULL CHECK (jsonb_typeof(misfits) = 'array' AND jsonb_array_length(misfits) >= 1)
        )
        """
    )


def downgrade() -> None:
    """Never: nobody would know of them."""
    raise NotImplementedError("restore a backup instead")
