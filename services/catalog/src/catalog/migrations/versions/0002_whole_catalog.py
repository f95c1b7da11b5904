"""Texts in several languages, add-ons, equipment and places, alternating and one-off hours.

Only expands: every new column has a default or may be null, so that the code from before goes on writing rows. What
such a row lacks is made good by the next load, which compares whole states. Equal defaults need no rewriting of tables.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects.postgresql import JSONB

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_RULES = '{"minimum_notice_minutes": 120, "horizon_days": 90, "start_grid_minutes": 15}'


def upgrade() -> None:
    op.execute("SET LOCAL lock_timeout = '2s'")
    for table in ("locations", "services", "practitioners", "resources"):
        op.add_column(table, sa.Column("key", sa.Text))
    for table in ("locations", "services", "practitioners"):
        op.add_column(table, sa.Column("language", sa.Text, nullable=False, server_default="en"))
        _list(table, "texts")
    _list("locations", "outside_clinics")
    op.add_column(
        "locations",
        sa.Column(
            "booking_rules",
            JSONB,
            sa.CheckConstraint("jsonb_typeof(booking_rules) = 'object'"),
            nullable=False,
            server_default=_RULES,
        ),
    )
    _list("services", "technique_ids")
    _list("services", "add_ons")
    op.add_column("services", sa.Column("preparation", sa.Text))
    op.add_column("services", sa.Column("aftercare", sa.Text))
    op.add_column("practitioners", sa.Column("gender", sa.Text, sa.CheckConstraint("gender ~ '^(female|male|other)$'")))
    op.add_column("resources", sa.Column("unit_kind", sa.Text))
    op.drop_constraint("resources_kind_check", "resources")
    op.create_check_constraint("resources_kind_check", "resources", "kind ~ '^(room|equipment|place)$'")
    _list("schedules", "alternating")
    _list("schedules", "one_off")
    op.add_column(
        "schedules",
        sa.Column("daily_hands_on_minutes", sa.Integer, sa.CheckConstraint("daily_hands_on_minutes > 0")),
    )


def _list(table: str, name: str) -> None:
    shape = sa.CheckConstraint(f"jsonb_typeof({name}) = 'array'")
    op.add_column(table, sa.Column(name, JSONB, shape, nullable=False, server_default="[]"))
