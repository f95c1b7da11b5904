"""Who waits, what they were offered, and what was looked for in vain.

Expands only: the code before it writes bookings and their allocations as ever. The two new indexes of old tables hold
cancelled bookings and leases alone, so that booking pays nothing for them.
"""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the list, its leases and the counts."""
    op.execute("SET LOCAL lock_timeout = '2s'")
    op.execute(
        """
        CREATE TABLE waitlist_entries (
            id uuid PRIMARY KEY,
            generation integer NOT NULL CHECK (generation >= 1),
            state text NOT NULL CHECK (state IN ('waiting', 'offered', 'accepted', 'expired', 'withdrawn')),
            location_id uuid NOT NULL,
            service_id uuid NOT NULL,
            minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            practitioner_id uuid,
            since timestamptz NOT NULL CHECK (isfinite(since)),
            until timestamptz NOT NULL CHECK (isfinite(until)),
            weekdays smallint[] CHECK (cardinality(weekdays) >= 1 AND weekdays <@ '{0,1,2,3,4,5,6}'),
            earliest smallint CHECK (earliest BETWEEN 0 AND 1440),
            latest smallint CHECK (latest BETWEEN 0 AND 1440),
            guest_name text NOT NULL,
            guest_email text,
            guest_phone text CHECK (guest_phone ~ '^\\+[1-9][0-9]{4,14}$'),
            guest_phone_typed text,
            guest_locale text,
            guest_zone text,
            body_hash text NOT NULL,
            made_at timestamptz NOT NULL,
            turn_at timestamptz NOT NULL,
            lapses integer NOT NULL CHECK (lapses >= 0),
            ended_at timestamptz,
            CONSTRAINT waitlist_entries_window CHECK (since < until),
            CONSTRAINT waitlist_entries_reachable CHECK (guest_email IS NOT NULL OR guest_phone IS NOT NULL),
            CONSTRAINT waitlist_entries_ended_when CHECK ((state IN ('waiting', 'offered')) = (ended_at IS NULL))
        )
        """
    )
    op.execute("CREATE INDEX waitlist_entries_turn ON waitlist_entries (turn_at, id) WHERE state = 'waiting'")
    op.execute("CREATE INDEX waitlist_entries_made ON waitlist_entries (made_at, id)")
    op.execute("CREATE INDEX waitlist_entries_ended ON waitlist_entries (ended_at) WHERE ended_at IS NOT NULL")
    op.execute("CREATE INDEX waitlist_entries_email ON waitlist_entries (lower(guest_email)) WHERE ended_at IS NULL")
    op.execute("CREATE INDEX waitlist_entries_phone ON waitlist_entries (guest_phone) WHERE ended_at IS NULL")
    op.execute(
        """
        CREATE TABLE leases (
            id uuid PRIMARY KEY,
            entry_id uuid NOT NULL CONSTRAINT leases_entry REFERENCES waitlist_entries (id) ON DELETE CASCADE,
            state text NOT NULL CHECK (state IN ('offered', 'accepted', 'declined', 'lapsed', 'revoked')),
            location_id uuid NOT NULL,
            service_id uuid NOT NULL,
            practitioner_ids uuid[] NOT NULL CHECK (cardinality(practitioner_ids) >= 1),
            resource_ids uuid[] NOT NULL,
            starts_at timestamptz NOT NULL,
            minutes integer NOT NULL CHECK (minutes BETWEEN 1 AND 1440),
            during tstzrange NOT NULL,
            price numeric NOT NULL CHECK (price >= 0),
            currency text NOT NULL CHECK (currency ~ '^[A-Z]{3}$'),
            made_at timestamptz NOT NULL,
            deadline timestamptz NOT NULL,
            ended_at timestamptz,
            CONSTRAINT leases_ended_when CHECK ((state = 'offered') = (ended_at IS NULL)),
            CONSTRAINT leases_never_the_same_twice UNIQUE (entry_id, starts_at)
        )
        """
    )
    op.execute("CREATE UNIQUE INDEX leases_one_open ON leases (entry_id) WHERE state = 'offered'")
    op.execute("CREATE INDEX leases_deadline ON leases (deadline) WHERE state = 'offered'")
    op.execute(
        """
        ALTER TABLE allocations ADD CONSTRAINT allocations_lease
        FOREIGN KEY (lease_id) REFERENCES leases (id) NOT VALID
        """
    )
    op.execute("ALTER TABLE allocations VALIDATE CONSTRAINT allocations_lease")
    op.execute("CREATE INDEX allocations_of_lease ON allocations (lease_id) WHERE lease_id IS NOT NULL")
    op.execute("CREATE INDEX bookings_cancelled ON bookings (cancelled_at) WHERE cancelled_at IS NOT NULL")
    op.execute(
        """
        CREATE TABLE waitlist_turn (
            the_one boolean PRIMARY KEY DEFAULT true CHECK (the_one),
            until timestamptz NOT NULL
        )
        """
    )
    op.execute("INSERT INTO waitlist_turn (until) VALUES ('2000-01-01T00:00:00Z')")
    op.execute(
        """
        CREATE TABLE unmet_demand (
            hour timestamptz NOT NULL,
            location_id uuid NOT NULL,
            service_id uuid NOT NULL,
            searches integer NOT NULL DEFAULT 0 CHECK (searches >= 0),
            entries integer NOT NULL DEFAULT 0 CHECK (entries >= 0),
            PRIMARY KEY (hour, location_id, service_id)
        )
        """
    )


def downgrade() -> None:
    """Never: bookings are not thrown away by a migration."""
    raise NotImplementedError("restore a backup instead")
