"""Every migration of every service as squawk reads it: nothing that keeps a busy table locked or breaks who serves."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import booking.migrations
import catalog.migrations
import gateway.migrations
import notifications.migrations
import pytest
from alembic.config import Config
from alembic.operations import Operations
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

SERVICES = (booking.migrations, catalog.migrations, gateway.migrations, notifications.migrations)
NOT_ASKED = {
    # `messaging.schema.upgrade` runs all of them in one transaction, after SET LOCAL lock_timeout: all or nothing.
    "prefer-robust-stmts",
    "require-lock-timeout",
    # Whoever waits is bounded by that; to break off a migration that works would only have it begin again.
    "require-statement-timeout",
    # Counts of minutes, revisions, places: never near two thousand millions. What counts rows is bigint.
    "prefer-bigint-over-int",
    "prefer-bigint-over-smallint",
}
KNOWN = {
    # The code before writes the column in every row, as ever: it only may be null from then on.
    ("booking_0002_claims_without_a_booking", "ban-drop-not-null"),
    # A wider check in the place of a narrower one, on a table of some hundred rows.
    ("catalog_0002_whole_catalog", "ban-drop-constraint"),
    ("catalog_0002_whole_catalog", "constraint-missing-not-valid"),
    # The same, on a table with a row for each booking that owes something.
    ("booking_0014_a_late_move_may_cost", "ban-drop-constraint"),
    ("booking_0014_a_late_move_may_cost", "constraint-missing-not-valid"),
    # One column more in the ledger's key, in one statement that keeps its name: nobody writes between the two.
    ("notifications_0012_recipients", "ban-drop-constraint"),
    ("notifications_0012_recipients", "disallowed-unique-constraint"),
    # Validated in the transaction that added it, so the table is read once under its lock. New ones: see ADR 0131.
    ("booking_0002_claims_without_a_booking", "constraint-missing-not-valid"),
    ("booking_0004_waitlist", "constraint-missing-not-valid"),
    ("booking_0006_fees", "constraint-missing-not-valid"),
    ("booking_0007_blocks", "constraint-missing-not-valid"),
    ("notifications_0012_recipients", "constraint-missing-not-valid"),
    # Partial indexes that hold few rows or none when they are made; the table is read once under a lock for writers.
    ("booking_0004_waitlist", "require-concurrent-index-creation"),
    ("booking_0007_blocks", "require-concurrent-index-creation"),
    ("notifications_0002_answers", "require-concurrent-index-creation"),
    ("notifications_0003_receipts", "require-concurrent-index-creation"),
    ("notifications_0005_where_a_message_is_about", "require-concurrent-index-creation"),
}


def written() -> Iterator[tuple[str, str]]:
    """Each migration's name and what it says to the database."""
    for package in SERVICES:
        folder = Path(str(package.__file__)).parent
        config = Config()
        config.set_main_option("script_location", str(folder).replace("%", "%%"))
        config.set_main_option("path_separator", "os")
        for revision in ScriptDirectory.from_config(config).walk_revisions():
            said = io.StringIO()
            context = MigrationContext.configure(
                dialect_name="postgresql", opts={"as_sql": True, "output_buffer": said}
            )
            with Operations.context(context):
                revision.module.upgrade()
            yield f"{package.__name__.split('.')[0]}_{Path(revision.path).stem}", said.getvalue()


def found(folder: Path) -> set[tuple[str, str]]:
    """Migration and rule of everything that squawk finds in the folder's files."""
    squawk = Path(sys.executable).parent / "squawk"
    excluded = ",".join(sorted(NOT_ASKED))
    files = sorted(str(file) for file in folder.glob("*.sql"))
    said = subprocess.run(
        [squawk, "--reporter", "json", "--assume-in-transaction", "--exclude", excluded, *files],
        capture_output=True,
        text=True,
        check=False,
    )
    assert said.returncode in {0, 1}, said.stderr
    return {(Path(each["file"]).stem, each["rule_name"]) for each in json.loads(said.stdout)}


@pytest.fixture(scope="module")
def everything(tmp_path_factory: pytest.TempPathFactory) -> set[tuple[str, str]]:
    folder = tmp_path_factory.mktemp("migrations")
    for name, said in written():
        (folder / f"{name}.sql").write_text(said, encoding="utf-8")
    return found(folder)


def test_no_migration_does_what_squawk_warns_of_but_what_is_known_and_why(everything: set[tuple[str, str]]) -> None:
    assert everything - KNOWN == set(), "mend it, or say in KNOWN why it may"


def test_what_is_known_is_still_so(everything: set[tuple[str, str]]) -> None:
    assert KNOWN - everything == set(), "take it off the list"


def test_what_would_break_the_release_that_serves_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "worst.sql").write_text(
        "ALTER TABLE bookings DROP COLUMN zone; ALTER TABLE bookings ADD COLUMN who text NOT NULL;"
        "ALTER TABLE bookings ALTER COLUMN minutes TYPE bigint; ALTER TABLE bookings RENAME COLUMN state TO status;",
        encoding="utf-8",
    )
    rules = {rule for _, rule in found(tmp_path)}
    assert {"ban-drop-column", "changing-column-type", "renaming-column"} <= rules
    assert rules & {"adding-required-field", "adding-not-nullable-field"}
