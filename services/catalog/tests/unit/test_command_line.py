"""What the command line says about a file that it can't load; no database is asked."""

from pathlib import Path

import pytest
from catalog.load import main

NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


def test_every_problem_is_listed_with_its_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "clinic.yaml"
    file.write_text(
        "locations: []\n"
        "services: []\n"
        "practitioners: []\n"
        "rooms:\n"
        "  - key: duo\n"
        "    location: paris\n"
        "    nam: Duo\n"
        "    room_kind: couples\n"
        "    room_kind: treatment\n"
    )
    assert main([str(file), "--database-url", NOWHERE]) == 1
    assert capsys.readouterr().err.splitlines() == [
        f"{file}:5: rooms[0].name: is missing",
        f"{file}:7: rooms[0].nam: is not a known field",
        f"{file}:9: rooms[0].room_kind: is written twice",
    ]


def test_a_file_that_is_not_yaml_has_one_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "clinic.yaml"
    file.write_text("rooms:\n  - [duo\n")
    assert main([str(file), "--database-url", NOWHERE]) == 1
    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"{file}:3: is not YAML")


def test_a_file_that_is_not_there_or_not_text_is_one_clear_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([str(tmp_path / "nothing.yaml"), "--database-url", NOWHERE]) == 2
    assert "cannot be read: No such file" in capsys.readouterr().err
    (tmp_path / "latin.yaml").write_bytes(b"name: Montr\xe9al")
    assert main([str(tmp_path / "latin.yaml"), "--database-url", NOWHERE]) == 2
    assert "not text in UTF-8" in capsys.readouterr().err


def test_a_database_must_be_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("SLOTWELL_CATALOG_DATABASE_URL", raising=False)
    with pytest.raises(SystemExit) as exit_:
        main([str(tmp_path / "clinic.yaml")])
    assert exit_.value.code == 2
