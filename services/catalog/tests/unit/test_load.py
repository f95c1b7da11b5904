"""Loading a document: what changed is published, what did not is left alone."""

from datetime import UTC, datetime
from typing import Any

import pytest
from catalog.application.errors import InvalidCatalog
from catalog.application.load import Loaded, load
from catalog.application.ports import Catalog
from catalog.application.snapshot import snapshot
from catalog.documents import parse

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def put(document: Any, catalog: Catalog) -> Loaded:
    return load(parse(document), catalog=catalog, now=NOW, correlation_id="c-1")


def test_a_first_load_publishes_everything_at_version_one(document: Any, catalog_in_memory: Any) -> None:
    assert put(document, catalog_in_memory) == Loaded(added=5, changed=0, withdrawn=0, unchanged=0)
    assert [event.name for event in catalog_in_memory.events] == [
        "catalog.location_changed.v1",
        "catalog.service_changed.v1",
        "catalog.practitioner_changed.v1",
        "catalog.resource_changed.v1",
        "catalog.schedule_changed.v1",
    ]
    for event in catalog_in_memory.events:
        assert event.version == event.data["version"] == 1
        assert str(event.aggregate_id) in event.data.values()
        assert event.occurred_at == NOW
        assert event.correlation_id == "c-1"
    assert len({event.id for event in catalog_in_memory.events}) == 5


def test_the_same_document_again_does_nothing(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    before = snapshot(catalog=catalog_in_memory)
    assert put(document, catalog_in_memory) == Loaded(added=0, changed=0, withdrawn=0, unchanged=5)
    assert len(catalog_in_memory.events) == 5
    assert snapshot(catalog=catalog_in_memory) == before


def test_another_way_of_writing_the_same_is_no_change(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    document["locations"][0]["phone"] = "+33199001010"
    document["services"][0]["offers"][0]["durations"][0]["price"]["amount"] = "85"
    document["services"][0]["name"] = {"en": "Swedish massage"}
    document["services"][0]["techniques"] = [{"name": "Kneading"}]
    document["language"] = "en"
    document["practitioners"][0]["time_off"][0]["from"] = "2026-12-23T23:00:00Z"
    assert put(document, catalog_in_memory).unchanged == 5


def test_a_change_raises_the_version_of_that_entity_alone(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    document["practitioners"][0]["weekly"][0]["to"] = "18:00"
    assert put(document, catalog_in_memory) == Loaded(added=0, changed=1, withdrawn=0, unchanged=4)
    event = catalog_in_memory.events[-1]
    assert (event.name, event.version) == ("catalog.schedule_changed.v1", 2)
    assert [hours["to"] for hours in event.data["weekly"]] == ["18:00", "18:00"]


def test_what_the_document_no_longer_has_becomes_a_tombstone_once(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    practitioners, document["practitioners"] = document["practitioners"], []
    document["services"] = []
    assert put(document, catalog_in_memory) == Loaded(added=0, changed=0, withdrawn=3, unchanged=2)
    tombstone = next(event for event in catalog_in_memory.events[5:] if event.name == "catalog.practitioner_changed.v1")
    assert tombstone.data["deleted"] is True
    assert tombstone.data["name"] == "Ana Moreau"
    assert tombstone.version == 2
    assert put(document, catalog_in_memory) == Loaded(added=0, changed=0, withdrawn=0, unchanged=2)

    document["practitioners"] = practitioners
    assert put(document, catalog_in_memory).added == 2
    assert (catalog_in_memory.events[-1].version, catalog_in_memory.events[-1].data["deleted"]) == (3, False)


def test_a_document_with_problems_changes_nothing(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    document["rooms"].append({"key": "duo", "location": "paris"})
    document["locations"][0]["name"] = "Paris Bastille"
    document["locations"][0]["zone"] = "Mars/Base"
    with pytest.raises(InvalidCatalog, match="3 problems") as refusal:
        put(document, catalog_in_memory)
    assert [problem.place for problem in refusal.value.problems] == [
        ("rooms", 1, "name"),
        ("rooms", 1, "room_kind"),
        ("locations", 0, "zone"),
    ]
    assert len(catalog_in_memory.events) == 5


def test_a_snapshot_says_what_the_last_event_of_each_entity_said(document: Any, catalog_in_memory: Any) -> None:
    put(document, catalog_in_memory)
    document["rooms"] = [{"key": "duo", "location": "paris", "name": "Duo", "room_kind": "treatment", "capacity": 2}]
    put(document, catalog_in_memory)
    last = {(event.name, event.aggregate_id): event.data for event in catalog_in_memory.events}
    entities = snapshot(catalog=catalog_in_memory)
    assert len(entities) == len(last) == 6
    for entity in entities:
        assert entity["data"] in last.values()
    assert sum(entity["data"]["deleted"] for entity in entities) == 1
