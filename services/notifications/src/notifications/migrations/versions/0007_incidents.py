"""What staff are told goes wrong, and whether a provider's budget has stopped a message.

Expands only: the code before it knows neither.
"""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE allowances ADD COLUMN refused_at timestamptz")
    op.execute(
        """
        CREATE TABLE incidents (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            kind text NOT NULL,
            subject text NOT NULL,
            count integer NOT NULL,
            began_at timestamptz NOT NULL,
            seen_at timestamptz NOT NULL,
            over_at timestamptz,
            tell_again_at timestamptz,
            told_at timestamptz
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX incidents_open ON incidents (kind, subject) WHERE over_at IS NULL")
    op.execute("CREATE INDEX incidents_told ON incidents (told_at)")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
