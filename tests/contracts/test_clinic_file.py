"""The clinic file's manual and schema are what the code reads, and the demo clinic keeps them."""

from pathlib import Path
from typing import Any

import pytest
from catalog.adapters.yaml_documents import read_yaml
from catalog.application.export import export
from catalog.application.published import Published
from catalog.application.states import states_of
from catalog.documents import parse
from catalog.manual import files, json_schema
from jsonschema import Draft202012Validator

ROOT = Path(__file__).parents[2]
CLINIC = ROOT / "deploy" / "demo" / "clinic.yaml"
WRITTEN = list(files(ROOT))


@pytest.mark.parametrize(("path", "text"), WRITTEN, ids=lambda value: value.name if isinstance(value, Path) else "")
def test_what_is_written_from_the_code_is_up_to_date(path: Path, text: str) -> None:
    assert path.read_text(encoding="utf-8") == text, "run: .venv/bin/python -m catalog.manual"


def test_every_field_has_its_line_in_the_manual() -> None:
    for name, described in json_schema()["$defs"].items():
        for field, value in described["properties"].items():
            assert field == "kind" or value.get("description"), f"{name}.{field} has no help"


@pytest.fixture(scope="module")
def demo() -> Any:
    return read_yaml(CLINIC.read_text(encoding="utf-8")).data


def problems(document: Any) -> list[str]:
    return [
        f"{error.json_path}: {error.message}" for error in Draft202012Validator(json_schema()).iter_errors(document)
    ]


def test_the_demo_clinic_and_its_export_keep_the_schema(demo: Any) -> None:
    Draft202012Validator.check_schema(json_schema())
    assert problems(demo) == []
    states = states_of(parse(demo).draft)
    exported = export(
        Published(kind=kind, id=id_, version=1, deleted=False, state=state) for kind, id_, state in states
    )
    assert problems(exported) == []


def test_the_schema_refuses_what_the_code_refuses(demo: Any) -> None:
    demo["services"][0]["colour"] = "green"
    demo["locations"][0]["emergency_number"] = "call"
    assert len(problems(demo)) == 2
