"""A small sound document, and a catalog in memory that keeps the same promises as the one in PostgreSQL."""

import copy
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from catalog.application.ports import Writing
from catalog.application.published import Kind, Published
from messaging.envelope import Event

DOCUMENT: dict[str, Any] = {
    "locations": [
        {
            "key": "paris",
            "name": "Paris",
            "zone": "Europe/Paris",
            "region": "FR",
            "phone": "+33 1 99 00 10 10",
            "emergency_number": "112",
            "address": {
                "street": "14 rue des Tilleuls",
                "postal_code": "75011",
                "city": "Paris",
                "country": "FR",
            },
            "currency": "EUR",
            "opening_hours": [{"days": "every day", "from": "09:00", "to": "20:00"}],
        }
    ],
    "services": [
        {
            "key": "swedish",
            "modality": "massage",
            "name": "Swedish massage",
            "discreet_name": "Appointment",
            "summary": "Gentle.",
            "techniques": ["Kneading"],
            "best_for": ["Stress"],
            "requirements": [
                {"kind": "practitioner", "skill": "swedish"},
                {"kind": "room", "room_kind": "treatment"},
            ],
            "cancellation": {"free_until_hours": 12, "fee_percent": 50},
            "offers": [
                {
                    "location": "paris",
                    "durations": [{"minutes": 60, "price": {"amount": "85.00", "currency": "EUR"}}],
                }
            ],
        }
    ],
    "practitioners": [
        {
            "key": "ana",
            "name": "Ana Moreau",
            "title": "Massage therapist",
            "skills": ["swedish"],
            "languages": ["fr"],
            "locations": ["paris"],
            "weekly": [
                {
                    "location": "paris",
                    "days": ["monday", "tuesday"],
                    "from": "09:00",
                    "to": "17:00",
                    "breaks": [{"from": "12:00", "to": "12:30"}],
                }
            ],
            "time_off": [{"from": "2026-12-24T00:00:00+01:00", "to": "2026-12-28T00:00:00+01:00"}],
        }
    ],
    "rooms": [{"key": "tilleul", "location": "paris", "name": "Tilleul", "room_kind": "treatment"}],
}


class CatalogInMemory:
    """The port's fake: one writer at a time, all or nothing, and the events that it would have published."""

    def __init__(self) -> None:
        self.events: list[Event] = []
        self._entities: dict[tuple[Kind, UUID], Published] = {}

    @contextmanager
    def write(self) -> Iterator[Writing]:
        writing = _WritingInMemory(dict(self._entities))
        yield writing
        self._entities = writing.kept
        self.events += writing.events

    def snapshot(self) -> Sequence[Published]:
        return _WritingInMemory(self._entities).entities()


class _WritingInMemory:
    def __init__(self, entities: dict[tuple[Kind, UUID], Published]) -> None:
        self.kept = entities
        self.events: list[Event] = []

    def entities(self) -> Sequence[Published]:
        order = list(Kind)
        return sorted(self.kept.values(), key=lambda entity: (order.index(entity.kind), entity.id))

    def save(self, entity: Published) -> None:
        self.kept[entity.kind, entity.id] = entity

    def record(self, event: Event) -> None:
        self.events.append(event)


@pytest.fixture
def document() -> dict[str, Any]:
    return copy.deepcopy(DOCUMENT)


@pytest.fixture
def catalog_in_memory() -> CatalogInMemory:
    return CatalogInMemory()
