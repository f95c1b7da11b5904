"""Stand-ins for what the gateway works with: a bus with answers, a store in memory, a small clinic."""

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.application.catalog_copy import Arrival, StoreAway
from gateway.domain.catalog import Entity
from messaging.bus import BrokerAway, Handler, Subscription

CONTRACTS = Path(__file__).parents[3] / "contracts" / "events"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One question that was asked of a service."""

    service: str
    method: str
    kwargs: Json
    timeout: float
    correlation_id: str | None


@dataclass(slots=True)
class FakeSubscription:
    """A feed that a test speaks through."""

    handler: Handler
    established: Callable[[], None] | None
    cancelled: bool = False

    async def cancel(self) -> None:
        self.cancelled = True


@dataclass(slots=True)
class FakeBus:
    """Answers calls with what a test laid out for "service.method": a payload, a function, or an error to raise."""

    answers: dict[str, Any] = field(default_factory=dict)
    calls: list[Call] = field(default_factory=list)
    feeds: list[FakeSubscription] = field(default_factory=list)
    connected: bool = True

    async def call(
        self,
        service: str,
        method: str,
        kwargs: Mapping[str, Any],
        *,
        timeout: float,
        correlation_id: str | None = None,
    ) -> Any:
        if not self.connected:
            raise BrokerAway("rabbitmq")
        wire = json.loads(json.dumps(dict(kwargs)))  # what is not JSON would not travel
        self.calls.append(
            Call(service=service, method=method, kwargs=wire, timeout=timeout, correlation_id=correlation_id)
        )
        answer = self.answers[f"{service}.{method}"]
        if isinstance(answer, Exception):
            raise answer
        return answer(**wire) if callable(answer) else answer

    async def publish(
        self, exchange: str, routing_key: str, body: Mapping[str, Any], *, message_id: str, timeout: float = 5.0
    ) -> None:
        raise AssertionError("the gateway publishes nothing")

    async def subscribe(
        self, exchange: str, keys: Sequence[str], handler: Handler, *, established: Callable[[], None] | None = None
    ) -> Subscription:
        feed = FakeSubscription(handler, established)
        self.feeds.append(feed)
        if established:
            established()
        return feed

    async def close(self) -> None:
        self.connected = False

    def refuse(self, name: str, code: str, *, detail: str = "", **more: Any) -> None:
        """Let "service.method" say no."""
        self.answers[name] = {"refused": {"code": code, "detail": detail, **more}}


class MemoryStore:
    """Keeps the promises of a `CatalogStore` without a database."""

    def __init__(self) -> None:
        self._kept: dict[object, Entity] = {}
        self._complete = False
        self.away = False

    async def load(self) -> Sequence[Entity] | None:
        if self.away:
            raise StoreAway("away")
        return list(self._kept.values()) if self._complete else None

    async def save(self, arrival: Arrival) -> None:
        if self.away:
            raise StoreAway("away")
        for entity in arrival.entities:
            kept = self._kept.get(entity.key)
            if kept is None or entity.version > kept.version:
                self._kept[entity.key] = entity
        self._complete = self._complete or arrival.complete


def example(name: str) -> Json:
    """The contract's example of an event."""
    wire: Json = json.loads((CONTRACTS / f"{name}.v1.example.json").read_text())
    return wire


def clinic_events() -> list[Json]:
    """A branch, two services and two practitioners, as catalog sends them."""
    paris, deep, ana = (example(f"catalog.{kind}_changed") for kind in ("location", "service", "practitioner"))
    montreal = _like(paris, location_id=MONTREAL, name="La Belle Montréal", zone="America/Toronto", region="CA")
    swedish = _like(
        deep,
        service_id=SWEDISH,
        name="Swedish massage",
        screening=None,
        requirements=[{"kind": "practitioner", "count": 1, "skill": "swedish"}],
    )
    evaluation = _like(
        deep,
        service_id=EVALUATION,
        modality="physical_therapy",
        name="Evaluation",
        requirements=[{"kind": "practitioner", "count": 1, "skill": "physical_therapy"}],
        offers=[{**deep["data"]["offers"][0], "channel": "phone"}],
    )
    sofia = _like(
        ana,
        practitioner_id=SOFIA,
        name="Sofia Ribeiro",
        skills=["physical_therapy"],
        licence={"number": "75-123456", "region": "FR", "expires_on": "2028-01-01"},
    )
    return [paris, montreal, deep, swedish, evaluation, ana, sofia]


def _like(event: Json, **data: Any) -> Json:
    return {**event, "data": {**event["data"], "texts": [], **data}}


PARIS = "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2"
MONTREAL = "35dfefa7-e8b3-5e05-8f93-3a72f4fbf9e3"
DEEP_TISSUE = "8c528253-6174-5297-a02f-94efd0ecf8fd"
SWEDISH = "1c0a7e52-14f2-5d61-8c3e-5b2f1f0a9c11"
EVALUATION = "7e4d2a90-52c8-5f0b-9a1d-0e6b8c7d5f22"
ANA = "fb52e11d-749e-513a-912e-3e66827457c2"
SOFIA = "a3d5c1f0-9b7e-5c24-8d16-2f4e6a8b0c33"
UNKNOWN = "00000000-0000-4000-8000-000000000000"
HOLD = "0b6d3c52-8f0e-4a51-9d57-3f0a6a1c7e11"
BOOKING = "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10"
