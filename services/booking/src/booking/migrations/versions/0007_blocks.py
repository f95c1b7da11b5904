"""Blocks: time that staff keep from guests; and how to find bookings that gave their time up.

Expands only: the code before it writes no block. The index of bookings holds those that are cancelled or were missed,
so that booking pays nothing for it.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, its foreign key and the indexes."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE blocks (
            id uuid PRIMARY KEY,
            location_id uuid NOT NULL,
            starts_at timestamptz NOT NULL CHECK (isfinite(starts_at)),
            ends_at timestamptz NOT NULL CHECK (isfinite(ends_at)),
            reason text CHECK (length(reason) <= 300),
            made_by text NOT NULL,
            made_at timestamptz NOT NULL,
            CONSTRAINT blocks_end_after_they_begin CHECK (ends_at > starts_at)
        )
        """
    )
    op.execute("CREATE INDEX blocks_of_location ON blocks (location_id, starts_at)")
    op.execute(
        """
        ALTER TABLE allocations ADD CONSTRAINT allocations_block
        FOREIGN KEY (block_id) REFERENCES blocks (id) NOT VALID
        """
    )
    op.execute("ALTER TABLE allocations VALIDATE CONSTRAINT allocations_block")
    op.execute("CREATE INDEX allocations_of_block ON allocations (block_id) WHERE block_id IS NOT NULL")
    op.execute(
        """
        CREATE INDEX bookings_given_up ON bookings (location_id, starts_at) WHERE state IN ('cancelled', 'no_show')
        """
    )


def downgrade() -> None:
    """Never: what is blocked stays told."""
    raise NotImplementedError("restore a backup instead")
