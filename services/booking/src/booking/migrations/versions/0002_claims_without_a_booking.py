"""Allocations of blocks and leases, under the same constraint as those of bookings.

Expands only: the code before it writes bookings' allocations as ever. Columns, not a kind and an id: each can get a
foreign key of its own.
"""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Let an allocation belong to a block or a lease."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE allocations ADD COLUMN block_id uuid, ADD COLUMN lease_id uuid")
    op.execute("ALTER TABLE allocations ALTER COLUMN booking_id DROP NOT NULL")
    op.execute(
        """
        ALTER TABLE allocations ADD CONSTRAINT allocations_of_one
        CHECK (num_nonnulls(booking_id, block_id, lease_id) = 1) NOT VALID
        """
    )
    op.execute("ALTER TABLE allocations VALIDATE CONSTRAINT allocations_of_one")


def downgrade() -> None:
    """Never: bookings are not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
