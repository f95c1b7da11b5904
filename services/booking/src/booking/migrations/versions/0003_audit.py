"""Who did what, when and why. Rows are added and never changed.

Expands only: the code before it writes none.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table."""
    op.execute(
        """
        CREATE TABLE audit (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            at timestamptz NOT NULL,
            actor text NOT NULL CHECK (length(actor) BETWEEN 1 AND 100),
            action text NOT NULL CHECK (action ~ '^[a-z_]+$'),
            subject_kind text NOT NULL,
            subject_id uuid NOT NULL,
            reason text CHECK (length(reason) <= 300),
            detail jsonb NOT NULL CHECK (jsonb_typeof(detail) = 'object')
        )
        """
    )
    op.execute("CREATE INDEX audit_of_subject ON audit (subject_id, subject_kind, id)")


def downgrade() -> None:
    """Never: what was done stays told."""
    raise NotImplementedError("restore a backup instead")
