"""How to reach practitioners and desks.

Expands only: the code before it writes to guests alone.
"""

from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE staff_contacts (
            kind text NOT NULL CONSTRAINT staff_contacts_kind CHECK (kind IN ('practitioner', 'desk')),
            subject_id uuid NOT NULL,
            name text NOT NULL,
            email text,
            phone text,
            language text NOT NULL,
            saved_at timestamptz NOT NULL,
            saved_by text NOT NULL,
            CONSTRAINT staff_contacts_key PRIMARY KEY (kind, subject_id)
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
