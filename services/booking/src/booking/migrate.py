"""Bring booking's database to the newest schema: `python -m booking.migrate`."""

from pathlib import Path

from messaging.schema import upgrade, upgrade_named_by

_MIGRATIONS = Path(__file__).parent / "migrations"


def migrate(database_url: str) -> None:
    """Run the revisions that the database lacks, all of them in one transaction or none."""
    upgrade(database_url, _MIGRATIONS)


if __name__ == "__main__":
    raise SystemExit(upgrade_named_by("SLOTWELL_BOOKING_DATABASE_URL", _MIGRATIONS))
