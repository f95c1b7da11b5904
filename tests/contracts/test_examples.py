"""Every contract is a valid schema with an example that keeps it, and refuses what it does not name."""

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.contracts.contract_files import CONTRACTS, NAMES, example, problems, read, schema

FILES = sorted([*CONTRACTS.glob("events/*.schema.json"), *CONTRACTS.glob("shared/*.schema.json")])


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_a_schema_is_a_schema(path: Any) -> None:
    Draft202012Validator.check_schema(read(path))


def test_every_schema_has_an_example_and_every_example_a_schema() -> None:
    examples = {path.name.removesuffix(".example.json") for path in CONTRACTS.glob("events/*.example.json")}
    assert examples == set(NAMES)
    assert len(NAMES) >= 8


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_is_named_like_its_file(name: str) -> None:
    assert schema(name)["$id"] == f"urn:slotwell:contracts:{name}"
    assert example(name)["name"] == name


@pytest.mark.parametrize("name", NAMES)
def test_an_example_keeps_its_contract(name: str) -> None:
    assert problems(name, example(name)) == []


@pytest.mark.parametrize("name", NAMES)
def test_a_contract_refuses_an_event_that_lacks_or_adds_a_field(name: str) -> None:
    for path in objects(example(name)):
        added = copy.deepcopy(example(name))
        at(added, path)["surprise"] = 1
        assert problems(name, added), f"an unknown field in {path} went through"
        for field in at(example(name), path):
            lacking = copy.deepcopy(example(name))
            del at(lacking, path)[field]
            assert problems(name, lacking), f"{path} without {field} went through"


@pytest.mark.parametrize("name", NAMES)
def test_an_event_names_its_aggregate_and_version_the_same_way_inside_and_outside(name: str) -> None:
    event = example(name)
    assert event["aggregate_id"] in event["data"].values()
    assert event["version"] == event["data"].get("version", event["data"].get("revision"))


def test_no_booking_event_carries_contact_or_health() -> None:
    private = {"guest", "email", "phone", "name", "screening", "notes"}
    for name in NAMES:
        if name.startswith("booking."):
            assert not private & set(schema(name)["properties"]["data"]["properties"])


def objects(value: Any, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if isinstance(value, dict):
        yield path
        for key, inner in value.items():
            yield from objects(inner, (*path, key))
    if isinstance(value, list):
        for index, inner in enumerate(value):
            yield from objects(inner, (*path, index))


def at(value: Any, path: tuple[str | int, ...]) -> Any:
    for step in path:
        value = value[step]
    return value
