"""Loading what was exported changes nothing, in memory and through a file."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from catalog.adapters.yaml_documents import read_yaml, write_yaml
from catalog.application.difference import EntityChanged
from catalog.application.errors import InvalidCatalog
from catalog.application.export import export
from catalog.application.load import load, preview
from catalog.documents import parse
from catalog.domain.draft import problems_of
from hypothesis import given
from hypothesis import strategies as st

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
DEMO = Path(__file__).parents[4] / "deploy" / "demo" / "clinic.yaml"


def put(document: Any, catalog: Any) -> None:
    load(parse(document), catalog=catalog, now=NOW, correlation_id="c-1")


@pytest.fixture
def demo() -> Any:
    return read_yaml(DEMO.read_text(encoding="utf-8")).data


def rich(document: Any) -> Any:
    """The small document with one of everything that an export could lose."""
    person, service, location = document["practitioners"][0], document["services"][0], document["locations"][0]
    night = {"location": "paris", "from": "18:00", "to": "00:30", "days": ["friday"]}
    person["weekly"].append({**night, "every_weeks": 2, "from_week_of": "2026-11-27", "valid_to": "2027-06-30"})
    person["one_off"] = [{"location": "paris", "date": "2026-11-29", "from": "10:00", "to": "14:00"}]
    licence = {"number": "FR-1", "region": "FR", "expires_on": "2029-06-30"}
    person["licences"] = [licence, {"number": "US-1", "region": "US-NY", "expires_on": "2028-06-30"}]
    service["requirements"][0]["licensed"] = True
    person.update(gender="female", daily_hands_on_minutes=400, title={"en": "Therapist", "fr": "Thérapeute"})
    service["screening"] = {"version": 2, "questions": [{"id": "fever", "text": {"en": "Fever?", "es": "¿Fiebre?"}}]}
    service["techniques"] = ["Kneading", {"id": "oil", "name": {"en": "Oil", "fr": "Huile"}}]
    service["offers"][0].update(channel="on_request", horizon_days=30)
    service["cancellation"]["text"] = {"en": "Call us.", "fr": "Appelez."}
    location["closures"] = [
        {"from_date": "2026-12-25", "to_date": "2026-12-25", "reason": {"en": "Xmas", "fr": "Noël"}}
    ]
    location["outside_clinics"] = [{"name": "Elsewhere", "address": "3 rue des Lilas", "note": "Knees: yes."}]
    document["equipment"] = [
        {"key": "heater", "location": "paris", "name": "Heater", "equipment_kind": "stones", "count": 3},
        {"id": "0b0f0e4e-6f3c-4a52-8f2c-1a1f7f3f9a10", "location": "paris", "name": "Lamp"},
    ]
    document["places"] = [{"key": "mats", "location": "paris", "name": "Mat", "place_kind": "mat", "count": 2}]
    return document


@pytest.mark.parametrize("which", ["demo", "rich"])
def test_what_was_exported_loads_without_a_change(which: str, demo: Any, document: Any, catalog_in_memory: Any) -> None:
    put(demo if which == "demo" else rich(document), catalog_in_memory)
    said = len(catalog_in_memory.events)
    exported = export(catalog_in_memory.snapshot())
    for again in (exported, read_yaml(write_yaml(exported)).data, read_yaml(json.dumps(exported)).data):
        put(again, catalog_in_memory)
        assert len(catalog_in_memory.events) == said
    assert export(catalog_in_memory.snapshot()) == exported


def test_one_licence_and_a_list_of_one_are_the_same(document: Any, catalog_in_memory: Any) -> None:
    licence = {"number": "FR-1", "region": "FR", "expires_on": "2029-06-30"}
    person = document["practitioners"][0]
    person["licence"] = licence
    put(document, catalog_in_memory)
    said = len(catalog_in_memory.events)
    del person["licence"]
    person["licences"] = [licence]
    put(document, catalog_in_memory)
    assert len(catalog_in_memory.events) == said
    assert export(catalog_in_memory.snapshot())["practitioners"][0]["licence"] == licence


def test_a_tombstone_is_not_exported(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    document["services"] = []
    put(document, catalog_in_memory)
    assert export(catalog_in_memory.snapshot())["services"] == []


def test_rows_of_the_release_before_can_be_exported(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    with catalog_in_memory.write() as writing:
        for entity in writing.entities():
            if entity.kind == "service":
                for added in ("no_show_fee_percent", "text"):
                    del entity.state["cancellation"][added]
                for added in ("inherited", "add_ons"):
                    del entity.state["offers"][0][added]
                entity.state.update(technique_ids=[], texts=[], key=None)
            if entity.kind == "practitioner":
                entity.state.update(licences=[])
    exported = parse(export(catalog_in_memory.snapshot()))
    assert [*exported.unreadable, *problems_of(exported.draft)] == []


@given(st.text(alphabet=st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=30))
def test_yaml_gives_every_text_back_as_it_was(text: str) -> None:
    assert read_yaml(write_yaml({"name": text, "list": [text]})).data == {"name": text, "list": [text]}


def test_a_dry_run_tells_the_difference_and_changes_nothing(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    before = list(catalog_in_memory.snapshot())
    document["services"][0]["name"] = {"en": "Swedish massage", "fr": "Massage suédois"}
    document["practitioners"][0]["weekly"][0]["to"] = "18:00"
    document["rooms"].append({"key": "lavande", "location": "paris", "name": "Lavande", "room_kind": "treatment"})
    tried = preview(parse(document), catalog=catalog_in_memory)
    summary, told = tried.summary, tried.difference
    assert (summary.added, summary.changed, summary.withdrawn, summary.unchanged) == (1, 2, 0, 3)
    assert {(each.what, str(each.kind), each.name): fields(each) for each in told} == {
        ("changed", "service", "Swedish massage"): [("name (fr)", None, "Massage suédois")],
        ("added", "resource", "Lavande"): [],
        ("changed", "schedule", "Ana Moreau"): ["weekly"],
    }
    assert list(catalog_in_memory.snapshot()) == before
    put(document, catalog_in_memory)
    assert preview(parse(document), catalog=catalog_in_memory).difference == []


def test_a_dry_run_of_a_document_with_problems_tells_the_problems(document: Any, catalog_in_memory: Any) -> None:
    document["locations"][0]["zone"] = "Mars/Base"
    with pytest.raises(InvalidCatalog):
        preview(parse(document), catalog=catalog_in_memory)


def fields(change: EntityChanged) -> list[Any]:
    return [
        each.field if isinstance(each.after, list) else (each.field, each.before, each.after) for each in change.fields
    ]
