"""What a location has otherwise than a rule's default, and e-mails that take a text's place.

Expands only: the code before it writes no such message and reads no such terms.
"""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE messages ADD COLUMN instead_after interval")
    op.execute(
        """
        CREATE TABLE rule_terms (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            location_id uuid NOT NULL,
            rule text NOT NULL,
            version integer NOT NULL,
            terms jsonb,
            saved_at timestamptz NOT NULL,
            saved_by text NOT NULL,
            CONSTRAINT rule_terms_version UNIQUE (location_id, rule, version)
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
