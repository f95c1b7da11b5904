"""The guests of a booking for several, or with add-ons: one row each. Every other booking has none.

Expands only: the code before it makes no such booking. A table of its own keeps the row of a booking, and the statement
that writes it, as they were.
"""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """
        CREATE TABLE party_guests (
            booking_id uuid NOT NULL,
            place smallint NOT NULL CHECK (place >= 1),
            name text,
            email text,
            phone text,
            phone_typed text,
            practitioner_id uuid,
            duration_minutes integer NOT NULL CHECK (duration_minutes > 0),
            minutes integer NOT NULL CHECK (minutes >= duration_minutes),
            add_on_ids text[] NOT NULL,
            price numeric NOT NULL CHECK (price >= 0),
            screening_version integer,
            screening_all_clear boolean,
            state text NOT NULL CHECK (state IN ('coming', 'kept_free', 'withdrawn')),
            withdrawn_at timestamptz,
            fee numeric CHECK (fee >= 0),
            PRIMARY KEY (booking_id, place),
            CONSTRAINT party_guests_booking FOREIGN KEY (booking_id) REFERENCES bookings (id)
        )
        """
    )


def downgrade() -> None:
    """Never: who comes with whom must not be forgotten."""
    raise NotImplementedError("restore a backup instead")
