"""Bring notifications' database to the newest schema: `python -m notifications.migrate`."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.pool import NullPool

_MIGRATOR_LOCK = 0x5107_0163
"""Two migrations that are started at once take turns; the second finds nothing to do."""


def migrate(database_url: str) -> None:
    """Run the revisions that the database lacks, all of them in one transaction or none."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATOR_LOCK)))
        # Whoever waits for a table's lock makes all others queue behind: give up instead, and be run again.
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    engine.dispose()


def main() -> int:
    """Migrate the database that `SLOTWELL_NOTIFICATIONS_DATABASE_URL` names."""
    database_url = os.environ.get("SLOTWELL_NOTIFICATIONS_DATABASE_URL")
    if not database_url:
        sys.stderr.write("Set SLOTWELL_NOTIFICATIONS_DATABASE_URL to the address of notifications' database.\n")
        return 2
    migrate(database_url)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
