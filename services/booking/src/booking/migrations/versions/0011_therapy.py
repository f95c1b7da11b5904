"""What physical therapy needs: sessions, needs, documents, and what each session takes of them.

Expands only: the code before it books therapy by phone alone and writes none of these. Nothing of it stands in the row
of a booking, so that booking a massage costs what it did. What a document has reserved or used is not kept: it follows
from the states of its sessions' bookings.
"""

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

_PATIENT = """
            patient_name text NOT NULL,
            patient_email text,
            patient_phone text,
            CHECK (patient_email IS NOT NULL OR patient_phone IS NOT NULL)
"""


def upgrade() -> None:
    """Create the tables."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        f"""
        CREATE TABLE therapy_sessions (
            booking_id uuid PRIMARY KEY CONSTRAINT therapy_sessions_booking REFERENCES bookings (id),
            region text NOT NULL,
            payer text NOT NULL,
            evaluation boolean NOT NULL,
            {_PATIENT}
        )
        """
    )
    op.execute("CREATE INDEX therapy_sessions_email ON therapy_sessions (patient_email, patient_name)")
    op.execute("CREATE INDEX therapy_sessions_phone ON therapy_sessions (patient_phone, patient_name)")
    op.execute(
        f"""
        CREATE TABLE documents (
            id uuid PRIMARY KEY,
            kind text NOT NULL CHECK (kind IN ('referral', 'authorization', 'clearance')),
            state text NOT NULL CHECK (state IN ('stated', 'received', 'verified', 'revoked')),
            issued_on date NOT NULL,
            expires_on date,
            allowance integer CHECK (allowance >= 0),
            counted_in text NOT NULL CHECK (counted_in IN ('visits', 'units')),
            sealed bytea NOT NULL,
            stated_at timestamptz NOT NULL,
            changed_at timestamptz NOT NULL,
            changed_by text NOT NULL,
            {_PATIENT},
            CONSTRAINT documents_dates CHECK (expires_on >= issued_on)
        )
        """
    )
    op.execute("CREATE INDEX documents_email ON documents (patient_email, patient_name)")
    op.execute("CREATE INDEX documents_phone ON documents (patient_phone, patient_name)")
    op.execute("CREATE INDEX documents_newest ON documents (kind, stated_at, id)")
    op.execute(
        """
        CREATE TABLE draws (
            booking_id uuid CONSTRAINT draws_session REFERENCES therapy_sessions (booking_id),
            document_id uuid CONSTRAINT draws_document REFERENCES documents (id),
            amount integer NOT NULL CHECK (amount > 0),
            PRIMARY KEY (booking_id, document_id)
        )
        """
    )
    op.execute("CREATE INDEX draws_of_document ON draws (document_id)")
    op.execute(
        """
        CREATE TABLE needs (
            id uuid PRIMARY KEY,
            booking_id uuid NOT NULL CONSTRAINT needs_session REFERENCES therapy_sessions (booking_id),
            kind text NOT NULL CHECK (kind IN ('evaluation', 'referral', 'authorization', 'clearance')),
            rule_id text NOT NULL,
            version integer NOT NULL,
            due timestamptz NOT NULL,
            state text NOT NULL CHECK (state IN ('open', 'met', 'waived', 'released')),
            opened_at timestamptz NOT NULL,
            resolved_at timestamptz,
            warned_at timestamptz,
            CONSTRAINT needs_one_of_a_kind UNIQUE (booking_id, kind),
            CONSTRAINT needs_resolved_when CHECK ((state = 'open') = (resolved_at IS NULL))
        )
        """
    )
    op.execute("CREATE INDEX needs_open ON needs (due, id) WHERE state = 'open'")
    op.execute("CREATE INDEX needs_unsaid ON needs (due) WHERE state = 'open' AND warned_at IS NULL")


def downgrade() -> None:
    """Never: referrals are not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
