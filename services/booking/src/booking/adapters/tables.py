"""The tables of booking's database, as SQLAlchemy Core sees them; the constraints that matter are in the migrations."""

from messaging.inbox import inbox_table
from messaging.outbox import outbox_table
from sqlalchemy import (
    ARRAY,
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Numeric,
    SmallInteger,
    Table,
    Text,
    UniqueConstraint,
)
from sqlalchemy.dialects.postgresql import JSONB, TSTZRANGE, UUID

metadata = MetaData()
_ID = UUID(as_uuid=False)
_INSTANT = DateTime(timezone=True)

bookings = Table(
    "bookings",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("hold_id", _ID, nullable=False),
    Column("state", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("generation", Integer, nullable=False),
    Column("location_id", _ID, nullable=False),
    Column("service_id", _ID, nullable=False),
    Column("practitioner_ids", ARRAY(_ID), nullable=False),
    Column("starts_at", _INSTANT, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("zone", Text, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("free_until_hours", Integer, nullable=False),
    Column("fee_percent", Integer, nullable=False),
    Column("no_show_fee_percent", Integer),
    Column("guest_name", Text, nullable=False),
    Column("guest_email", Text),
    Column("guest_phone", Text),
    Column("guest_phone_typed", Text),
    Column("guest_locale", Text),
    Column("guest_zone", Text),
    Column("screening_version", Integer),
    Column("screening_all_clear", Boolean),
    Column("made_at", _INSTANT, nullable=False),
    Column("cancelled_at", _INSTANT),
    Column("fee_accepted", Numeric),
    Column("preference", ARRAY(Text)),
    UniqueConstraint("hold_id", name="bookings_one_per_hold"),
)

allocations = Table(
    "allocations",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", _ID, ForeignKey("bookings.id", name="allocations_booking"), index=True),
    Column("block_id", _ID, ForeignKey("blocks.id", name="allocations_block")),
    Column("lease_id", _ID, ForeignKey("leases.id", name="allocations_lease")),
    Column("resource_id", _ID, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("active", Boolean, nullable=False),
)

blocks = Table(
    "blocks",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("location_id", _ID, nullable=False),
    Column("starts_at", _INSTANT, nullable=False),
    Column("ends_at", _INSTANT, nullable=False),
    Column("reason", Text),
    Column("made_by", Text, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Index("blocks_of_location", "location_id", "starts_at"),
)

fees = Table(
    "fees",
    metadata,
    Column("booking_id", _ID, ForeignKey("bookings.id", name="fees_booking"), primary_key=True),
    Column("cause", Text, nullable=False),
    Column("amount", Numeric, nullable=False),
    Column("owed_at", _INSTANT, nullable=False),
    Column("waived_at", _INSTANT),
)

no_shows = Table(
    "no_shows",
    metadata,
    Column("booking_id", _ID, ForeignKey("bookings.id", name="no_shows_booking"), primary_key=True),
    Column("guest_email", Text),
    Column("guest_phone", Text),
    Column("starts_at", _INSTANT, nullable=False),
    Index("no_shows_of_email", "guest_email", "starts_at"),
    Index("no_shows_of_phone", "guest_phone", "starts_at"),
)
"""Who stayed away, to be asked while booking without a look at every booking. An e-mail is in lower case."""

party_guests = Table(
    "party_guests",
    metadata,
    Column("booking_id", _ID, ForeignKey("bookings.id", name="party_guests_booking"), primary_key=True),
    Column("place", SmallInteger, primary_key=True),
    Column("name", Text),
    Column("email", Text),
    Column("phone", Text),
    Column("phone_typed", Text),
    Column("practitioner_id", _ID),
    Column("duration_minutes", Integer, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("add_on_ids", ARRAY(Text), nullable=False),
    Column("price", Numeric, nullable=False),
    Column("screening_version", Integer),
    Column("screening_all_clear", Boolean),
    Column("state", Text, nullable=False),
    Column("withdrawn_at", _INSTANT),
    Column("fee", Numeric),
    Column("fee_waived_at", _INSTANT),
    Column("preference", ARRAY(Text)),
)
"""Each guest of a booking for several, or with add-ons; the first is who booked, and has no name of their own here."""

idempotency = Table(
    "idempotency",
    metadata,
    Column("scope", Text, primary_key=True),
    Column("key", Text, primary_key=True),
    Column("body_hash", Text, nullable=False),
    Column("booking_id", _ID, ForeignKey("bookings.id", name="idempotency_booking"), nullable=False),
    Column("made_at", _INSTANT, nullable=False, index=True),
)

audit = Table(
    "audit",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("at", _INSTANT, nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", Text, nullable=False),
    Column("subject_kind", Text, nullable=False),
    Column("subject_id", _ID, nullable=False),
    Column("reason", Text),
    Column("detail", JSONB, nullable=False),
    Index("audit_of_subject", "subject_id", "subject_kind", "id"),
)

waitlist_entries = Table(
    "waitlist_entries",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("location_id", _ID, nullable=False),
    Column("service_id", _ID, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("practitioner_id", _ID),
    Column("since", _INSTANT, nullable=False),
    Column("until", _INSTANT, nullable=False),
    Column("weekdays", ARRAY(SmallInteger)),
    Column("earliest", SmallInteger),
    Column("latest", SmallInteger),
    Column("guest_name", Text, nullable=False),
    Column("guest_email", Text),
    Column("guest_phone", Text),
    Column("guest_phone_typed", Text),
    Column("guest_locale", Text),
    Column("guest_zone", Text),
    Column("body_hash", Text, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("turn_at", _INSTANT, nullable=False),
    Column("lapses", Integer, nullable=False),
    Column("ended_at", _INSTANT),
    Column("preference", ARRAY(Text)),
    Column("party", JSONB(none_as_null=True)),
)

leases = Table(
    "leases",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("entry_id", _ID, ForeignKey("waitlist_entries.id", name="leases_entry", ondelete="CASCADE"), nullable=False),
    Column("state", Text, nullable=False),
    Column("location_id", _ID, nullable=False),
    Column("service_id", _ID, nullable=False),
    Column("practitioner_ids", ARRAY(_ID), nullable=False),
    Column("resource_ids", ARRAY(_ID), nullable=False),
    Column("starts_at", _INSTANT, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("during", TSTZRANGE, nullable=False),
    Column("price", Numeric, nullable=False),
    Column("currency", Text, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("deadline", _INSTANT, nullable=False),
    Column("ended_at", _INSTANT),
    Column("party", JSONB(none_as_null=True)),
    UniqueConstraint("entry_id", "starts_at", name="leases_never_the_same_twice"),
)

waitlist_turn = Table(
    "waitlist_turn",
    metadata,
    Column("the_one", Boolean, primary_key=True),
    Column("until", _INSTANT, nullable=False),
)
"""One row: until when (real time) the process that looks for everyone who waits has the others wait."""

unmet_demand = Table(
    "unmet_demand",
    metadata,
    Column("hour", _INSTANT, primary_key=True),
    Column("location_id", _ID, primary_key=True),
    Column("service_id", _ID, primary_key=True),
    Column("searches", Integer, nullable=False),
    Column("entries", Integer, nullable=False),
)

displaced = Table(
    "displaced",
    metadata,
    Column("booking_id", _ID, ForeignKey("bookings.id", name="displaced_booking"), primary_key=True),
    Column("since", _INSTANT, nullable=False),
    Column("clinic_version", BigInteger, nullable=False),
    Column("misfits", JSONB, nullable=False),
)
"""Those that are displaced now; what became of the others is told by their notes."""
series = Table(
    "series",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("generation", Integer, nullable=False),
    Column("location_id", _ID, nullable=False),
    Column("zone", Text, nullable=False),
    Column("mode", Text, nullable=False),
    Column("every_days", Integer, nullable=False),
    Column("within_days", Integer, nullable=False),
    Column("within_minutes", Integer, nullable=False),
    Column("weekdays", ARRAY(SmallInteger)),
    Column("body_hash", Text, nullable=False),
    Column("made_at", _INSTANT, nullable=False),
    Column("payer", Text),
    Column("arrangement", Text),
)

series_sessions = Table(
    "series_sessions",
    metadata,
    Column(
        "series_id", _ID, ForeignKey("series.id", name="series_sessions_series", ondelete="CASCADE"), primary_key=True
    ),
    Column("position", Integer, primary_key=True),
    Column("service_id", _ID, nullable=False),
    Column("minutes", Integer),
    Column("practitioner_id", _ID),
    Column("target", _INSTANT, nullable=False),
    Column("booking_id", _ID, ForeignKey("bookings.id", name="series_sessions_booking")),
    Column("preference", ARRAY(Text)),
    UniqueConstraint("booking_id", name="series_sessions_one_place"),
)
"""What each place of a series is for, and the booking that fills it, if one does."""

therapy_sessions = Table(
    "therapy_sessions",
    metadata,
    Column("booking_id", _ID, ForeignKey("bookings.id", name="therapy_sessions_booking"), primary_key=True),
    Column("region", Text, nullable=False),
    Column("payer", Text, nullable=False),
    Column("evaluation", Boolean, nullable=False),
    Column("patient_name", Text, nullable=False),
    Column("patient_email", Text),
    Column("patient_phone", Text),
)
"""A patient is a name (folded) with an e-mail (in lower case) or a phone: who books for a child gives their own."""

documents = Table(
    "documents",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("kind", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("issued_on", Date, nullable=False),
    Column("expires_on", Date),
    Column("allowance", Integer),
    Column("counted_in", Text, nullable=False),
    Column("sealed", LargeBinary, nullable=False),
    Column("stated_at", _INSTANT, nullable=False),
    Column("changed_at", _INSTANT, nullable=False),
    Column("changed_by", Text, nullable=False),
    Column("patient_name", Text, nullable=False),
    Column("patient_email", Text),
    Column("patient_phone", Text),
    Column("body_hash", Text),
)
"""Referrals and their kin; who issued them, and their numbers, are sealed (`adapters/sealing.py`)."""

document_warnings = Table(
    "document_warnings",
    metadata,
    Column("document_id", _ID, ForeignKey("documents.id", name="document_warnings_document"), primary_key=True),
    Column("threshold", Text, primary_key=True),
    Column("at", _INSTANT, nullable=False),
)
"""Of which documents guest and desk were told that they run out, and how near the end they were."""

draws = Table(
    "draws",
    metadata,
    Column("booking_id", _ID, ForeignKey("therapy_sessions.booking_id", name="draws_session"), primary_key=True),
    Column("document_id", _ID, ForeignKey("documents.id", name="draws_document"), primary_key=True),
    Column("amount", Integer, nullable=False),
)

needs = Table(
    "needs",
    metadata,
    Column("id", _ID, primary_key=True),
    Column("booking_id", _ID, ForeignKey("therapy_sessions.booking_id", name="needs_session"), nullable=False),
    Column("kind", Text, nullable=False),
    Column("rule_id", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("due", _INSTANT, nullable=False),
    Column("state", Text, nullable=False),
    Column("opened_at", _INSTANT, nullable=False),
    Column("resolved_at", _INSTANT),
    Column("warned_at", _INSTANT),
    UniqueConstraint("booking_id", "kind", name="needs_one_of_a_kind"),
)

calendar_feeds = Table(
    "calendar_feeds",
    metadata,
    Column("practitioner_id", _ID, primary_key=True),
    Column("generation", Integer, nullable=False),
)

catalog_copy = Table(
    "catalog_copy",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("id", _ID, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("changed_in", BigInteger, nullable=False, index=True),
    Column("data", JSONB, nullable=False),
)
"""Every entity's whole state as its latest event told it; `changed_in` is the copy's version that brought it."""

catalog_copy_state = Table(
    "catalog_copy_state",
    metadata,
    Column("the_one", Boolean, primary_key=True),
    Column("version", BigInteger, nullable=False),
    Column("loaded_at", _INSTANT),
)
"""One row: how often the copy has changed, and when a whole snapshot was first loaded."""

outbox = outbox_table(metadata)
inbox = inbox_table(metadata)
