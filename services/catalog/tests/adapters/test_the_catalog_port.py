"""What a catalog promises to the use cases, on the fake and on PostgreSQL."""

from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from catalog.application.load import load
from catalog.application.published import Kind, Published
from catalog.application.snapshot import snapshot
from catalog.documents import parse
from messaging.envelope import Event

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)


def location(**changes: Any) -> Published:
    id_ = uuid4()
    state = {
        "location_id": str(id_),
        "name": "Paris",
        "zone": "Europe/Paris",
        "region": "FR",
        "phone": "+33199001010",
        "emergency_number": "112",
        "address": {
            "street": "14 rue des Tilleuls",
            "postal_code": "75011",
            "city": "Paris",
            "country": "FR",
        },
        "currency": "EUR",
        "opening_hours": [{"weekday": 0, "from": "09:00", "to": "20:00"}],
        "closures": [],
        "key": "paris",
        "outside_clinics": [],
        "booking_rules": {"minimum_notice_minutes": 120, "horizon_days": 90, "start_grid_minutes": 15},
        "language": "en",
        "texts": [],
    }
    return Published(kind=Kind.LOCATION, id=id_, version=1, deleted=False, state={**state, **changes})


def changed(entity: Published) -> Event:
    return Event(
        id=uuid4(),
        name=entity.kind.event,
        occurred_at=NOW,
        correlation_id="c-1",
        causation_id=None,
        aggregate_id=entity.id,
        version=entity.version,
        data=entity.data,
    )


def test_what_was_saved_comes_back_as_it_was(kept: Any, document: dict[str, Any]) -> None:
    load(parse(document), catalog=kept.catalog, now=NOW, correlation_id="c-1")
    with kept.catalog.write() as writing:
        assert list(writing.entities()) == list(kept.catalog.snapshot())
    by_name = {entity["name"]: entity["data"] for entity in snapshot(catalog=kept.catalog)}
    assert by_name["catalog.location_changed.v1"]["phone"] == "+33199001010"
    assert by_name["catalog.service_changed.v1"]["screening"] is None
    assert by_name["catalog.practitioner_changed.v1"]["licence"] is None
    assert by_name["catalog.schedule_changed.v1"]["weekly"][0]["breaks"] == [{"from": "12:00", "to": "12:30"}]
    assert [entity.kind for entity in kept.catalog.snapshot()] == list(Kind)


def test_a_newer_version_takes_the_place_of_the_one_before(kept: Any) -> None:
    first = location()
    state = {**first.state, "name": "Paris Bastille"}
    second = Published(kind=first.kind, id=first.id, version=2, deleted=True, state=state)
    for entity in (first, second):
        with kept.catalog.write() as writing:
            writing.save(entity)
    assert list(kept.catalog.snapshot()) == [second]


def test_entities_and_events_are_kept_together_or_not_at_all(kept: Any) -> None:
    entity = location()

    def fail_before_the_end() -> None:
        with kept.catalog.write() as writing:
            writing.save(entity)
            writing.record(changed(entity))
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError, match="power cut"):
        fail_before_the_end()
    assert list(kept.catalog.snapshot()) == []
    assert kept.events() == []

    with kept.catalog.write() as writing:
        writing.save(entity)
        writing.record(changed(entity))
    assert list(kept.catalog.snapshot()) == [entity]
    assert kept.events() == [("catalog.location_changed.v1", 1)]


def test_a_writer_sees_what_the_one_before_committed(kept: Any) -> None:
    entity = location()
    with kept.catalog.write() as writing:
        writing.save(entity)
    with kept.catalog.write() as writing:
        assert list(writing.entities()) == [entity]
