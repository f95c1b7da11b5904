"""What guests answer: silenced numbers, texts heard, calls owed; and what lets an answer find its message."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("ALTER TABLE messages ADD COLUMN recipient bytea, ADD COLUMN language text, ADD COLUMN segments integer")
    op.execute("CREATE INDEX messages_recipient ON messages (recipient) WHERE recipient IS NOT NULL")
    op.execute(
        r"""
        CREATE TABLE silenced_numbers (
            number text PRIMARY KEY,
            silenced_at timestamptz NOT NULL,
            restored_at timestamptz,
            CONSTRAINT silenced_numbers_e164 CHECK (number ~ '^\+[1-9][0-9]{6,14}$')
        )
        """
    )
    op.execute(
        """
        CREATE TABLE heard_texts (
            provider text NOT NULL,
            provider_id text NOT NULL,
            said text NOT NULL,
            length integer NOT NULL,
            booking_id uuid,
            revision integer,
            language text,
            heard_at timestamptz NOT NULL,
            CONSTRAINT heard_texts_key PRIMARY KEY (provider, provider_id)
        )
        """
    )
    op.execute("CREATE INDEX heard_texts_booking ON heard_texts (booking_id) WHERE booking_id IS NOT NULL")
    op.execute(
        """
        CREATE TABLE call_tasks (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            booking_id uuid NOT NULL,
            revision integer NOT NULL,
            reason text NOT NULL,
            made_at timestamptz NOT NULL,
            done_at timestamptz,
            CONSTRAINT call_tasks_once UNIQUE (booking_id, revision, reason)
        )
        """
    )
    op.execute("CREATE INDEX call_tasks_open ON call_tasks (made_at) WHERE done_at IS NULL")


def downgrade() -> None:
    raise NotImplementedError("a ledger is not thrown away; restore a backup")
