"""The tables, column by column the published state of each entity; nested lists and objects are JSON.

A catalog is read whole and written whole, and nobody queries inside the lists: tables of their own for breaks
or prices would be joined back together at every read. The checks stand in the migrations.
"""

from messaging.outbox import outbox_table
from sqlalchemy import Boolean, Column, ForeignKey, Integer, MetaData, Table, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from catalog.application.published import Kind

metadata = MetaData()
_RULES = '{"minimum_notice_minutes": 120, "horizon_days": 90, "start_grid_minutes": 15}'


def _entity_table(name: str, *columns: Column[object]) -> Table:
    version = Column("version", Integer, nullable=False)
    deleted = Column("deleted", Boolean, nullable=False)
    return Table(name, metadata, *columns, version, deleted)


def _text(name: str) -> Column[object]:
    return Column(name, Text, nullable=False)


def _json(name: str) -> Column[object]:
    return Column(name, JSONB, nullable=False)


def _added(name: str, *, default: str) -> Column[object]:
    """A JSON column that came later: code from before it writes rows without it."""
    return Column(name, JSONB, nullable=False, server_default=default)


def _language() -> Column[object]:
    return Column("language", Text, nullable=False, server_default="en")


def _number(name: str) -> Column[object]:
    return Column(name, Integer, nullable=False)


locations = _entity_table(
    "locations",
    Column("location_id", Uuid, primary_key=True),
    _text("name"),
    _text("zone"),
    _text("region"),
    _text("phone"),
    _text("emergency_number"),
    _json("address"),
    _text("currency"),
    _json("opening_hours"),
    _json("closures"),
    Column("key", Text),
    _added("outside_clinics", default="[]"),
    _added("booking_rules", default=_RULES),
    _language(),
    _added("texts", default="[]"),
)

services = _entity_table(
    "services",
    Column("service_id", Uuid, primary_key=True),
    _text("modality"),
    _text("name"),
    _text("discreet_name"),
    _text("summary"),
    _json("techniques"),
    _json("best_for"),
    _number("set_up_minutes"),
    _number("clean_up_minutes"),
    _json("requirements"),
    Column("screening", JSONB(none_as_null=True)),
    _json("cancellation"),
    _json("offers"),
    Column("key", Text),
    _added("technique_ids", default="[]"),
    Column("preparation", Text),
    Column("aftercare", Text),
    _added("add_ons", default="[]"),
    _language(),
    _added("texts", default="[]"),
)

practitioners = _entity_table(
    "practitioners",
    Column("practitioner_id", Uuid, primary_key=True),
    _text("name"),
    _text("title"),
    _json("skills"),
    _json("languages"),
    _json("location_ids"),
    Column("licence", JSONB(none_as_null=True)),
    Column("key", Text),
    Column("gender", Text),
    _language(),
    _added("texts", default="[]"),
    _added("licences", default="[]"),
)

resources = _entity_table(
    "resources",
    Column("resource_id", Uuid, primary_key=True),
    _text("kind"),
    Column("location_id", Uuid, ForeignKey("locations.location_id"), nullable=False, index=True),
    _text("name"),
    Column("room_kind", Text),
    _number("capacity"),
    Column("key", Text),
    Column("unit_kind", Text),
)

schedules = _entity_table(
    "schedules",
    Column("practitioner_id", Uuid, ForeignKey("practitioners.practitioner_id"), primary_key=True),
    _json("weekly"),
    _json("time_off"),
    _added("alternating", default="[]"),
    _added("one_off", default="[]"),
    Column("daily_hands_on_minutes", Integer),
)

TABLES: dict[Kind, Table] = {
    Kind.LOCATION: locations,
    Kind.SERVICE: services,
    Kind.PRACTITIONER: practitioners,
    Kind.RESOURCE: resources,
    Kind.SCHEDULE: schedules,
}

outbox = outbox_table(metadata)
