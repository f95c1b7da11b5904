"""What travels around an event's data: which one it is, when and why it happened, and to what."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from runtime import correlation

_FIELDS = {"id", "name", "occurred_at", "correlation_id", "causation_id", "aggregate_id", "version", "data"}


class MalformedEvent(ValueError):
    """What arrived is not an event; the message says in which field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened. `name` is `<exchange>.<what>.v<n>` and the routing key; `version` grows with the
    aggregate, so that a consumer can tell what is newer whatever the order of arrival."""

    id: str
    name: str
    occurred_at: datetime
    correlation_id: str
    causation_id: str | None
    aggregate_id: str
    version: int
    data: Mapping[str, Any]

    @property
    def exchange(self) -> str:
        """The exchange it goes to: the service that owns the aggregate."""
        return self.name.partition(".")[0]


def happened(
    name: str,
    *,
    at: datetime,
    aggregate_id: str,
    version: int,
    data: Mapping[str, Any],
    causation_id: str | None = None,
) -> Event:
    """A new event, under the correlation id that is bound here."""
    return Event(
        id=str(uuid.uuid4()),
        name=name,
        occurred_at=at,
        correlation_id=correlation.current() or correlation.new_id(),
        causation_id=causation_id,
        aggregate_id=aggregate_id,
        version=version,
        data=data,
    )


def to_wire(event: Event) -> dict[str, Any]:
    """The JSON object that is published; times in UTC."""
    return {
        "id": event.id,
        "name": event.name,
        "occurred_at": event.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
        "correlation_id": event.correlation_id,
        "causation_id": event.causation_id,
        "aggregate_id": event.aggregate_id,
        "version": event.version,
        "data": dict(event.data),
    }


def from_wire(body: object) -> Event:
    """The event in a message's body, or a MalformedEvent. Further fields are a newer producer's, and are let be."""
    if not isinstance(body, Mapping):
        raise MalformedEvent(f"an event is a JSON object, not {type(body).__name__}")
    missing = sorted(_FIELDS - body.keys())
    if missing:
        raise MalformedEvent(f"missing: {', '.join(missing)}")
    for field in ("name", "correlation_id", "aggregate_id"):
        if not isinstance(body[field], str) or not body[field]:
            raise MalformedEvent(f"{field}: not a text")
    if not isinstance(body["version"], int) or isinstance(body["version"], bool):
        raise MalformedEvent("version: not a whole number")
    if not isinstance(body["data"], Mapping):
        raise MalformedEvent("data: not an object")
    return Event(
        id=_event_id(body["id"]),
        name=body["name"],
        occurred_at=_instant(body["occurred_at"]),
        correlation_id=body["correlation_id"],
        causation_id=body["causation_id"],
        aggregate_id=body["aggregate_id"],
        version=body["version"],
        data=body["data"],
    )


def _event_id(value: object) -> str:
    try:
        return str(uuid.UUID(str(value)))
    except ValueError:
        raise MalformedEvent("id: not a UUID") from None


def _instant(value: object) -> datetime:
    try:
        instant = datetime.fromisoformat(str(value))
    except ValueError:
        raise MalformedEvent("occurred_at: not an ISO 8601 time") from None
    if instant.tzinfo is None:
        raise MalformedEvent("occurred_at: lacks an offset")
    return instant.astimezone(UTC)
