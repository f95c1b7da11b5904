"""What the clock told of documents that run out, who pays for a series, and the request that a document came with.

Expands only: the code before it neither writes nor reads any of this.
"""

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the table, and the columns."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute("ALTER TABLE documents ADD COLUMN body_hash text")
    op.execute("ALTER TABLE series ADD COLUMN payer text")
    op.execute(
        """
        CREATE TABLE document_warnings (
            document_id uuid CONSTRAINT document_warnings_document REFERENCES documents (id),
            threshold text NOT NULL,
            at timestamptz NOT NULL,
            PRIMARY KEY (document_id, threshold)
        )
        """
    )


def downgrade() -> None:
    """Never: what guests were told is not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
