"""What only a real database can show: turns, checks, the schema, the command line."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import yaml
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from catalog.adapters.postgres_vitals import PostgresVitals
from catalog.adapters.tables import metadata
from catalog.application.errors import StorageAway
from catalog.application.load import load
from catalog.documents import parse
from catalog.export import main as export_main
from catalog.load import main
from catalog.migrate import migrate
from messaging.postgres import engine_for
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import IntegrityError

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def test_the_relay_is_woken_only_when_there_is_something_to_send(kept_in_postgres: Any, document: Any) -> None:
    for _ in range(2):
        load(parse(document), catalog=kept_in_postgres.catalog, now=NOW, correlation_id="c-1")
    assert len(kept_in_postgres.wakes) == 1


def test_documents_that_are_loaded_at_once_take_turns(kept_in_postgres: Any, document: Any) -> None:
    start = threading.Barrier(4)

    def put() -> int:
        start.wait()
        return load(parse(document), catalog=kept_in_postgres.catalog, now=NOW, correlation_id="c-1").added

    with ThreadPoolExecutor(4) as pool:
        added = [future.result() for future in [pool.submit(put) for _ in range(4)]]
    assert sorted(added) == [0, 0, 0, 5]
    assert len(kept_in_postgres.events()) == 5


def test_the_database_itself_refuses_nonsense(kept_in_postgres: Any, engine: Engine, document: Any) -> None:
    load(parse(document), catalog=kept_in_postgres.catalog, now=NOW, correlation_id="c-1")
    for change in (
        "UPDATE locations SET zone = ''",
        "UPDATE locations SET phone = '01 99 00 10 10'",
        "UPDATE locations SET opening_hours = '{}'",
        "UPDATE locations SET version = 0",
        "UPDATE services SET modality = 'yoga'",
        "UPDATE services SET requirements = '[]'",
        "UPDATE services SET clean_up_minutes = -5",
        "UPDATE resources SET capacity = 0",
        "UPDATE resources SET room_kind = NULL",
        "UPDATE schedules SET weekly = 'null'",
        "UPDATE schedules SET one_off = '{}'",
        "UPDATE resources SET kind = 'sauna'",
        "UPDATE services SET texts = '{}'",
        "DELETE FROM locations",
    ):
        with pytest.raises(IntegrityError), engine.begin() as connection:
            connection.execute(text(change))


def test_the_migrations_make_the_tables_that_the_code_expects(plain_engine: Engine, database_url: str) -> None:
    migrate(database_url)  # again: there is nothing left to do
    with plain_engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"include_name": _is_ours})
        assert compare_metadata(context, metadata) == []


def _is_ours(name: str | None, kind: str, _parents: Any) -> bool:
    return kind != "table" or name in metadata.tables


def test_two_migrations_at_once_take_turns(postgres_url: str) -> None:
    with ThreadPoolExecutor(2) as pool:
        for future in [pool.submit(migrate, postgres_url) for _ in range(2)]:
            future.result()


def test_a_file_is_loaded_from_the_command_line(
    database_url: str, document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clinic.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    assert main([str(file), "--database-url", database_url]) == 0
    assert "5 added" in capsys.readouterr().out
    assert main([str(file), "--database-url", database_url]) == 0
    assert "5 unchanged" in capsys.readouterr().out


def test_a_file_is_tried_exported_and_loaded_again(
    database_url: str, document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, exported = tmp_path / "clinic.yaml", tmp_path / "exported.yaml"
    file.write_text(yaml.safe_dump(document, allow_unicode=True), encoding="utf-8")
    database = ["--database-url", database_url]
    assert main([str(file), "--dry-run", *database]) == 0
    assert "added service Swedish massage" in capsys.readouterr().out
    assert main([str(file), *database]) == 0
    assert "5 added" in capsys.readouterr().out, "the dry run had changed something"
    assert export_main([str(exported), *database]) == 0
    assert main([str(exported), "--dry-run", *database]) == 0
    assert "0 added, 0 changed, 0 withdrawn, 5 unchanged" in capsys.readouterr().out
    assert export_main(["--json", *database]) == 0
    assert json.loads(capsys.readouterr().out)["services"][0]["key"] == "swedish"


def test_a_file_with_ten_thousand_mistakes_is_refused_with_a_hundred_of_them(
    database_url: str, document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clinic.yaml"
    document["rooms"] = [{"key": f"room-{number}", "location": "paris"} for number in range(5_000)]
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert main([str(file), "--database-url", database_url]) == 1
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 101
    assert "clinic.yaml:" in lines[0]
    assert lines[-1].endswith("and 9900 more problems")


def test_a_database_without_tables_or_away_is_one_clear_line(
    postgres_url: str, document: Any, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "clinic.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    assert main([str(file), "--database-url", postgres_url]) == 2
    assert "python -m catalog.migrate" in capsys.readouterr().err
    assert main([str(file), "--database-url", "postgresql://nobody@127.0.0.1:1/nothing"]) == 2
    assert "does not answer" in capsys.readouterr().err


def test_the_relays_last_beat_is_seen_and_a_database_that_is_away_is_said_so(engine: Engine) -> None:
    vitals = PostgresVitals(engine)
    assert vitals.relay_seen_at() is None
    with engine.begin() as connection:
        connection.execute(text("INSERT INTO heartbeat (process, at) VALUES ('catalog-relay', '2026-11-23T08:00Z')"))
    assert vitals.relay_seen_at() == NOW
    nowhere = engine_for("postgresql://nobody@127.0.0.1:1/nothing", application="slotwell-catalog")
    with pytest.raises(StorageAway):
        PostgresVitals(nowhere).relay_seen_at()


def test_the_release_before_can_still_write_and_read_its_own_columns(
    plain_engine: Engine, database_url: str, kept_in_postgres: Any, document: Any
) -> None:
    load(parse(document), catalog=kept_in_postgres.catalog, now=NOW, correlation_id="c-1")
    came_later = {
        "locations": {"key", "outside_clinics", "booking_rules", "language", "texts"},
        "services": {"key", "technique_ids", "preparation", "aftercare", "add_ons", "language", "texts"},
        "practitioners": {"key", "gender", "language", "texts"},
        "resources": {"key", "unit_kind"},
        "schedules": {"alternating", "one_off", "daily_hands_on_minutes"},
    }
    practitioner_id = uuid4()
    with plain_engine.begin() as connection:
        for name, added in came_later.items():
            table = metadata.tables[name]
            before = [column for column in table.columns if column.name not in added]
            [row] = connection.execute(select(*before)).mappings()
            id_ = practitioner_id if "practitioner_id" in row else uuid4()
            connection.execute(table.insert().values({**row, before[0].name: id_}))
    assert len(kept_in_postgres.catalog.snapshot()) == 10
