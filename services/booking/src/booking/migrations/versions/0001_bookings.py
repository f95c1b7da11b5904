"""Bookings, the allocations that must not overlap, the copy of the catalog, outbox and inbox."""

from alembic import op
from messaging.migrations import create_heartbeat, create_inbox, create_outbox

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create everything."""
    op.execute("CREATE EXTENSION IF NOT EXISTS btree_gist")
    op.execute(
        """
        CREATE TABLE bookings (
            id uuid PRIMARY KEY,
            hold_id uuid NOT NULL CONSTRAINT bookings_one_per_hold UNIQUE,
            state text NOT NULL CHECK (state IN ('confirmed', 'checked_in', 'completed', 'cancelled', 'no_show')),
            revision integer NOT NULL CHECK (revision >= 1),
            generation integer NOT NULL CHECK (generation >= 1),
            location_id uuid NOT NULL,
            service_id uuid NOT NULL,
            practitioner_ids uuid[] NOT NULL CHECK (cardinality(practitioner_ids) >= 1),
            starts_at timestamptz NOT NULL CHECK (isfinite(starts_at)),
            minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            zone text NOT NULL,
            price numeric NOT NULL CHECK (price >= 0),
            currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
            free_until_hours integer NOT NULL CHECK (free_until_hours >= 0),
            fee_percent integer NOT NULL CHECK (fee_percent BETWEEN 0 AND 100),
            guest_name text NOT NULL,
            guest_email text,
            guest_phone text CHECK (guest_phone ~ '^\\+[1-9][0-9]{4,14}$'),
            guest_phone_typed text,
            guest_locale text,
            guest_zone text,
            screening_version integer,
            screening_all_clear boolean,
            made_at timestamptz NOT NULL,
            cancelled_at timestamptz,
            fee_accepted numeric CHECK (fee_accepted >= 0),
            CONSTRAINT bookings_reachable CHECK (guest_email IS NOT NULL OR guest_phone IS NOT NULL),
            CONSTRAINT bookings_cancelled_when CHECK ((state = 'cancelled') = (cancelled_at IS NOT NULL))
        )
        """
    )
    op.execute(
        """
        CREATE TABLE allocations (
            id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
            booking_id uuid NOT NULL CONSTRAINT allocations_booking REFERENCES bookings (id),
            resource_id uuid NOT NULL,
            during tstzrange NOT NULL,
            active boolean NOT NULL,
            CONSTRAINT allocations_half_open CHECK (
                NOT isempty(during) AND lower_inc(during) AND NOT upper_inc(during)
            ),
            CONSTRAINT allocations_finite CHECK (
                NOT lower_inf(during) AND NOT upper_inf(during) AND isfinite(lower(during)) AND isfinite(upper(during))
            ),
            CONSTRAINT allocations_no_overlap EXCLUDE USING gist (resource_id WITH =, during WITH &&) WHERE (active)
        )
        """
    )
    op.execute("CREATE INDEX allocations_of_booking ON allocations (booking_id)")
    op.execute(
        """
        CREATE TABLE idempotency (
            scope text NOT NULL,
            key text NOT NULL CHECK (length(key) <= 255),
            body_hash text NOT NULL,
            booking_id uuid NOT NULL CONSTRAINT idempotency_booking REFERENCES bookings (id),
            made_at timestamptz NOT NULL,
            PRIMARY KEY (scope, key)
        )
        """
    )
    op.execute("CREATE INDEX idempotency_age ON idempotency (made_at)")
    op.execute(
        """
        CREATE TABLE catalog_copy (
            kind text NOT NULL CHECK (kind IN ('location', 'service', 'practitioner', 'resource', 'schedule')),
            id uuid NOT NULL,
            version bigint NOT NULL,
            changed_in bigint NOT NULL,
            data jsonb NOT NULL,
            PRIMARY KEY (id, kind)
        )
        """
    )
    op.execute("CREATE INDEX catalog_copy_changed ON catalog_copy (changed_in)")
    op.execute(
        """
        CREATE TABLE catalog_copy_state (
            the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
            version bigint NOT NULL,
            loaded_at timestamptz
        )
        """
    )
    op.execute("INSERT INTO catalog_copy_state (version) VALUES (0)")
    create_outbox(op)
    create_inbox(op)
    create_heartbeat(op)


def downgrade() -> None:
    """Never: bookings are not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
