"""The entities, the outbox and the heartbeats."""

import sqlalchemy as sa
from alembic import op
from messaging.migrations import create_heartbeat, create_outbox
from sqlalchemy.dialects.postgresql import JSONB

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "locations",
        sa.Column("location_id", sa.Uuid, primary_key=True),
        *_texts("name", "zone"),
        _matching("region", "^[A-Z]{2}$"),
        _matching("phone", r"^\+[1-9][0-9]{6,14}$"),
        _matching("emergency_number", "^[0-9]{2,6}$"),
        _json("address", "object"),
        _matching("currency", "^[A-Z]{3}$"),
        _json("opening_hours", "array"),
        _json("closures", "array"),
        *_versioned(),
    )
    op.create_table(
        "services",
        sa.Column("service_id", sa.Uuid, primary_key=True),
        _matching("modality", "^(massage|physical_therapy)$"),
        *_texts("name", "discreet_name", "summary"),
        _json("techniques", "array"),
        _json("best_for", "array"),
        _number("set_up_minutes", least=0),
        _number("clean_up_minutes", least=0),
        _json("requirements", "array"),
        _json("screening", "object", nullable=True),
        _json("cancellation", "object"),
        _json("offers", "array"),
        sa.CheckConstraint("requirements <> '[]'", name="services_claim_something"),
        *_versioned(),
    )
    op.create_table(
        "practitioners",
        sa.Column("practitioner_id", sa.Uuid, primary_key=True),
        *_texts("name", "title"),
        _json("skills", "array"),
        _json("languages", "array"),
        _json("location_ids", "array"),
        _json("licence", "object", nullable=True),
        *_versioned(),
    )
    op.create_table(
        "resources",
        sa.Column("resource_id", sa.Uuid, primary_key=True),
        _matching("kind", "^(room|equipment)$"),
        sa.Column("location_id", sa.Uuid, sa.ForeignKey("locations.location_id"), nullable=False, index=True),
        *_texts("name"),
        sa.Column("room_kind", sa.Text),
        _number("capacity", least=1),
        sa.CheckConstraint("(kind = 'room') = (room_kind IS NOT NULL)", name="resources_rooms_have_a_kind"),
        *_versioned(),
    )
    op.create_table(
        "schedules",
        sa.Column("practitioner_id", sa.Uuid, sa.ForeignKey("practitioners.practitioner_id"), primary_key=True),
        _json("weekly", "array"),
        _json("time_off", "array"),
        *_versioned(),
    )
    create_outbox(op)
    create_heartbeat(op)


def _texts(*names: str) -> list[sa.Column[str]]:
    return [sa.Column(name, sa.Text, sa.CheckConstraint(f"{name} <> ''"), nullable=False) for name in names]


def _matching(name: str, pattern: str) -> sa.Column[str]:
    return sa.Column(name, sa.Text, sa.CheckConstraint(f"{name} ~ '{pattern}'"), nullable=False)


def _number(name: str, *, least: int) -> sa.Column[int]:
    return sa.Column(name, sa.Integer, sa.CheckConstraint(f"{name} >= {least}"), nullable=False)


def _json(name: str, shape: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, JSONB, sa.CheckConstraint(f"jsonb_typeof({name}) = '{shape}'"), nullable=nullable)


def _versioned() -> list[sa.Column[object]]:
    return [
        sa.Column("version", sa.Integer, sa.CheckConstraint("version > 0"), nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
    ]
