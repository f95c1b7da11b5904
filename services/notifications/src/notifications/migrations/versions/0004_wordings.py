"""What locations say instead of the house's own words; every version is kept."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(
        """
        CREATE TABLE wordings (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            location_id uuid NOT NULL,
            kind text NOT NULL,
            channel text NOT NULL,
            language text NOT NULL,
            version integer NOT NULL,
            subject text,
            body text,
            saved_at timestamptz NOT NULL,
            saved_by text NOT NULL,
            CONSTRAINT wordings_version UNIQUE (location_id, kind, channel, language, version),
            CONSTRAINT wordings_whole CHECK ((subject IS NULL) = (body IS NULL))
        )
        """
    )


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
