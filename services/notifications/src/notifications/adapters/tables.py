"""The ledger's tables, as SQLAlchemy sees them. Migrations make them; a test holds the two together."""

from collections.abc import Iterable

from messaging.inbox import inbox_table
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Identity,
    Index,
    Integer,
    Interval,
    LargeBinary,
    MetaData,
    Numeric,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
    func,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from notifications.domain.values import Channel, Recipient, State

metadata = MetaData()

NOWHERE = "00000000-0000-0000-0000-000000000000"
"""The location of messages that were planned before the ledger kept one."""

inbox = inbox_table(metadata)

# The highest revision seen of each booking: what makes the order of events harmless.
bookings = Table(
    "bookings",
    metadata,
    Column("booking_id", UUID(as_uuid=False), primary_key=True),
    Column("revision", Integer, nullable=False),
)

# Bookings that were made as one wish. Messages about all of it stand under the series' own id.
series_bookings = Table(
    "series_bookings",
    metadata,
    Column("booking_id", UUID(as_uuid=False), primary_key=True),
    Column("series_id", UUID(as_uuid=False), nullable=False),
)
Index("series_bookings_of_series", series_bookings.c.series_id)


_STORED = [state for state in State if state is not State.DELIVERED]


def _one_of(column: str, values: Iterable[Channel | State]) -> str:
    return f"{column} IN ({', '.join(repr(value.value) for value in values)})"


# One row per message owed. `due_at`, `useful_until`, `start` and `sent_at` are times of the clinic's clock, which
# a demo may move; `not_before`, `lease_until` and `handed_over_at` are the database's own real time.
messages = Table(
    "messages",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", UUID(as_uuid=False), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("rule", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("location_id", UUID(as_uuid=False), nullable=False, server_default=text(f"'{NOWHERE}'")),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("start", DateTime(timezone=True), nullable=False),
    Column("due_at", DateTime(timezone=True), nullable=False),
    Column("useful_until", DateTime(timezone=True), nullable=False),
    Column("not_before", DateTime(timezone=True), nullable=False, server_default=func.clock_timestamp()),
    Column("lease", UUID(as_uuid=False)),
    Column("lease_until", DateTime(timezone=True)),
    Column("handed_over_at", DateTime(timezone=True)),
    Column("attempts", Integer, nullable=False, server_default=text("0")),
    Column("unknown", Integer, nullable=False, server_default=text("0")),
    Column("provider_id", Text),
    Column("recipient", LargeBinary),  # a keyed digest: knows an answer again, and tells nobody's number
    Column("language", Text),
    Column("segments", Integer),
    Column("provider", Text),
    Column("receipt", Text),  # what the provider says became of it; `state` is what we know ourselves
    Column("receipt_at", DateTime(timezone=True)),
    Column("receipt_problem", Text),
    Column("cost", Numeric),
    Column("cost_currency", Text),
    Column("sent_at", DateTime(timezone=True)),
    Column("instead_after", Interval),  # it takes a text's place, if that has not arrived so long after
    Column("correlation_id", Text, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("recipient_kind", Text, nullable=False, server_default=Recipient.GUEST.value),
    Column("modality", Text),  # of the treatment, as far as booking said
    Column("practitioner_id", UUID(as_uuid=False)),  # of a message about a practitioner's day: whose
    UniqueConstraint("booking_id", "revision", "rule", "channel", "recipient_kind", name="messages_key"),
    CheckConstraint(_one_of("channel", Channel), name="messages_channel"),
    CheckConstraint(_one_of("state", _STORED), name="messages_state"),
    CheckConstraint("state <> 'skipped' OR reason IS NOT NULL", name="messages_skipped_with_reason"),
    CheckConstraint("(state = 'sent') = (sent_at IS NOT NULL)", name="messages_sent_at"),
    CheckConstraint(
        "(state = 'sending') = (lease IS NOT NULL) AND (lease IS NULL) = (lease_until IS NULL)",
        name="messages_lease",
    ),
)
Index("messages_due", messages.c.channel, messages.c.due_at, postgresql_where=text("state = 'due'"))
Index(
    "messages_due_by_location",
    messages.c.channel,
    messages.c.location_id,
    messages.c.due_at,
    postgresql_where=text("state = 'due'"),
)
Index("messages_leased", messages.c.lease_until, postgresql_where=text("state = 'sending'"))
Index("messages_recipient", messages.c.recipient, postgresql_where=text("recipient IS NOT NULL"))

Index(
    "messages_provider_id",
    messages.c.provider,
    messages.c.provider_id,
    postgresql_where=text("provider_id IS NOT NULL"),
)

# Every receipt that was proved, also one for a message that nobody knows.
receipts = Table(
    "receipts",
    metadata,
    Column("provider", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("fate", Text, nullable=False),
    Column("problem", Text),
    Column("known", Boolean, nullable=False),
    Column("received_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("provider", "provider_id", "fate", name="receipts_key"),
)
Index("receipts_received", receipts.c.received_at)

# What each provider was given to carry, by span of the database's real time: all senders share one count.
allowances = Table(
    "allowances",
    metadata,
    Column("provider", Text, nullable=False),
    Column("span", Text, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("used", Integer, nullable=False),
    Column("refused_at", DateTime(timezone=True)),  # when it first stopped a message
    PrimaryKeyConstraint("provider", "span", "began_at", name="allowances_key"),
)

# The one place where numbers stand in clear: who asked for silence must be known whatever key or booking is gone.
silenced_numbers = Table(
    "silenced_numbers",
    metadata,
    Column("number", Text, primary_key=True),
    Column("silenced_at", DateTime(timezone=True), nullable=False),
    Column("restored_at", DateTime(timezone=True)),
    CheckConstraint("number ~ '^\\+[1-9][0-9]{6,14}$'", name="silenced_numbers_e164"),
)

# What guests do without. An address is known by its keyed digest alone, as in the ledger.
declined_kinds = Table(
    "declined_kinds",
    metadata,
    Column("recipient", LargeBinary, nullable=False),
    Column("kind", Text, nullable=False),
    Column("declined_at", DateTime(timezone=True), nullable=False),
    Column("wanted_again_at", DateTime(timezone=True)),
    PrimaryKeyConstraint("recipient", "kind", name="declined_kinds_key"),
)

# E-mail addresses at which nothing arrives, known by their digests alone.
bounced_addresses = Table(
    "bounced_addresses",
    metadata,
    Column("recipient", LargeBinary, primary_key=True),
    Column("problem", Text, nullable=False),
    Column("bounced_at", DateTime(timezone=True), nullable=False),
)

# Every text that a guest sent us: what it meant, never what it said. The key makes a repeated callback harmless.
heard_texts = Table(
    "heard_texts",
    metadata,
    Column("provider", Text, nullable=False),
    Column("provider_id", Text, nullable=False),
    Column("said", Text, nullable=False),
    Column("length", Integer, nullable=False),
    Column("booking_id", UUID(as_uuid=False)),
    Column("revision", Integer),
    Column("language", Text),
    Column("heard_at", DateTime(timezone=True), nullable=False),
    PrimaryKeyConstraint("provider", "provider_id", name="heard_texts_key"),
)
Index("heard_texts_booking", heard_texts.c.booking_id, postgresql_where=text("booking_id IS NOT NULL"))

# What locations say instead of the house's own words. The newest version stands; one without a body gives them back.
wordings = Table(
    "wordings",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("location_id", UUID(as_uuid=False), nullable=False),
    Column("kind", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("subject", Text),
    Column("body", Text),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("saved_by", Text, nullable=False),
    UniqueConstraint("location_id", "kind", "channel", "language", "version", name="wordings_version"),
    CheckConstraint("(subject IS NULL) = (body IS NULL)", name="wordings_whole"),
)

# What locations have otherwise than a rule's default. The newest version stands; one without terms is the default.
# Terms for one modality stand under `rule@modality`: code that knows of none passes over them.
rule_terms = Table(
    "rule_terms",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("location_id", UUID(as_uuid=False), nullable=False),
    Column("rule", Text, nullable=False),
    Column("version", Integer, nullable=False),
    Column("terms", JSONB(none_as_null=True)),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("saved_by", Text, nullable=False),
    UniqueConstraint("location_id", "rule", "version", name="rule_terms_version"),
)

# How to reach who is not a guest: a practitioner, or the desk of a location. Kept here alone, and never in an event.
staff_contacts = Table(
    "staff_contacts",
    metadata,
    Column("kind", Text, nullable=False),
    Column("subject_id", UUID(as_uuid=False), nullable=False),
    Column("name", Text, nullable=False),
    Column("email", Text),
    Column("phone", Text),
    Column("language", Text, nullable=False),
    Column("saved_at", DateTime(timezone=True), nullable=False),
    Column("saved_by", Text, nullable=False),
    PrimaryKeyConstraint("kind", "subject_id", name="staff_contacts_key"),
    CheckConstraint("kind IN ('practitioner', 'desk')", name="staff_contacts_kind"),
)

call_tasks = Table(
    "call_tasks",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("booking_id", UUID(as_uuid=False), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("reason", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    Column("done_at", DateTime(timezone=True)),
    UniqueConstraint("booking_id", "revision", "reason", name="call_tasks_once"),
)
Index("call_tasks_open", call_tasks.c.made_at, postgresql_where=text("done_at IS NULL"))

# What goes wrong, once for as long as some sender sees it. All times are the database's own.
incidents = Table(
    "incidents",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("kind", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("count", Integer, nullable=False),
    Column("began_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    Column("over_at", DateTime(timezone=True)),
    Column("tell_again_at", DateTime(timezone=True)),
    Column("told_at", DateTime(timezone=True)),
)
Index("incidents_open", incidents.c.kind, incidents.c.subject, unique=True, postgresql_where=text("over_at IS NULL"))
Index("incidents_told", incidents.c.told_at)
