"""Every consumer's own view of a contract is fed every event that its queue would bring it."""

import copy
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import pytest
from booking.adapters import catalog_events
from gateway.adapters.catalog_feed import read_events
from notifications.event_schemas import load_change

from tests.contracts.contract_files import NAMES, example
from tests.contracts.test_topology import receivers

Event = dict[str, Any]


def read_in_booking(event: Event) -> Any:
    told = catalog_events.told(event["name"], event["data"])
    assert told is not None, "booking lets it pass unread"
    assert (told.id, told.version) == (event["aggregate_id"], event["version"])
    return catalog_events.read(told.kind, told.data)


def read_in_notifications(event: Event) -> Any:
    change = load_change(event["name"], datetime.fromisoformat(event["occurred_at"]), event["data"])
    assert (change.booking_id, change.revision) == (event["aggregate_id"], event["version"])
    return change


def read_in_the_gateway(event: Event) -> Any:
    [entity] = read_events([event])
    assert (entity.id, entity.version) == (event["aggregate_id"], event["version"])
    return entity


READERS: dict[str, Callable[[Event], Any]] = {
    "booking.catalog.v1": read_in_booking,
    "notifications.booking.v1": read_in_notifications,
}
PUBLIC = ("catalog.location_changed.v1", "catalog.service_changed.v1", "catalog.practitioner_changed.v1")
ROUTES = [(name, READERS[queue]) for name in NAMES for queue in sorted(receivers(name))]
ROUTES += [(name, read_in_the_gateway) for name in PUBLIC]  # it listens for as long as it runs, on no lasting queue


@pytest.mark.parametrize(("name", "read"), ROUTES)
def test_a_consumer_reads_every_example_that_reaches_it(name: str, read: Callable[[Event], Any]) -> None:
    assert read(example(name))


@pytest.mark.parametrize(("name", "read"), ROUTES)
def test_a_consumer_does_not_mind_a_field_that_it_has_never_heard_of(name: str, read: Callable[[Event], Any]) -> None:
    event = example(name)
    for item in list(objects(event)):
        item["surprise"] = {"from": "a newer version"}
    assert read(event) == read(example(name))


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("catalog.")])
def test_a_consumer_reads_a_tombstone(name: str) -> None:
    event = copy.deepcopy(example(name))
    event["data"]["deleted"] = True
    assert read_in_booking(event)
    assert name not in PUBLIC or read_in_the_gateway(event).deleted


def objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from objects(inner)
