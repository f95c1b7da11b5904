"""Bring a service's database to its newest schema: what every `python -m <service>.migrate` does."""

import os
import sys
from pathlib import Path

from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine, func, make_url, select, text
from sqlalchemy.pool import NullPool

_MIGRATOR_LOCK = 0x5107_0160
"""Two migrations that are started at once take turns; the second finds nothing to do. One lock a database."""


def upgrade(database_url: str, migrations: Path) -> None:
    """Run the revisions in `migrations` that the database lacks, all of them in one transaction or none."""
    engine = create_engine(make_url(database_url).set(drivername="postgresql+psycopg2"), poolclass=NullPool)
    config = Config()
    config.set_main_option("script_location", str(migrations).replace("%", "%%"))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(select(func.pg_advisory_xact_lock(_MIGRATOR_LOCK)))
        # Whoever waits for a table's lock makes all others queue behind: give up instead, and be run again.
        connection.execute(text("SET LOCAL lock_timeout = '2s'"))
        config.attributes["connection"] = connection
        command.upgrade(config, "heads")
    engine.dispose()


def upgrade_named_by(variable: str, migrations: Path) -> int:
    """Upgrade the database whose address the environment holds in `variable`; 2 with a line to mend it if it lacks."""
    database_url = os.environ.get(variable)
    if not database_url:
        sys.stderr.write(f"Set {variable} to the address of the database to migrate.\n")
        return 2
    upgrade(database_url, migrations)
    return 0
