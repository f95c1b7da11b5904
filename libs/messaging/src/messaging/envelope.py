"""The envelope around every event, and its form on the wire (contracts/shared/envelope.v1.schema.json)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn
from uuid import UUID


class MalformedEvent(ValueError):
    """What arrived is not an event that we can read. Trying again is no use; it is parked at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one aggregate. `data` holds ids, times and states, never contacts or health."""

    id: UUID
    name: str
    occurred_at: datetime
    correlation_id: str
    causation_id: str | None
    aggregate_id: UUID
    version: int
    data: Mapping[str, Any]

    @property
    def exchange(self) -> str:
        """Where it is published: the name's first part. The routing key is the whole name."""
        return self.name.split(".", maxsplit=1)[0]

    def to_wire(self) -> dict[str, Any]:
        """The JSON object that travels."""
        return {
            "id": str(self.id),
            "name": self.name,
            "occurred_at": self.occurred_at.astimezone(UTC).isoformat().replace("+00:00", "Z"),
            "correlation_id": self.correlation_id,
            "causation_id": self.causation_id,
            "aggregate_id": str(self.aggregate_id),
            "version": self.version,
            "data": dict(self.data),
        }


def from_wire(wire: object) -> Event:
    """Read an event, or raise `MalformedEvent`. Fields that we do not know are left alone."""
    if not isinstance(wire, dict):
        raise MalformedEvent("an event is a JSON object")
    causation = wire.get("causation_id")
    data, version = wire.get("data"), wire.get("version")
    if not isinstance(data, dict):
        _bad("data", "is not an object")
    if not isinstance(version, int) or isinstance(version, bool):
        _bad("version", "is not a whole number")
    return Event(
        id=_uuid(wire, "id"),
        name=_text(wire, "name"),
        occurred_at=_instant(wire, "occurred_at"),
        correlation_id=_text(wire, "correlation_id"),
        causation_id=None if causation is None else _text(wire, "causation_id"),
        aggregate_id=_uuid(wire, "aggregate_id"),
        version=version,
        data=data,
    )


def _text(wire: dict[str, Any], field: str) -> str:
    value = wire.get(field)
    if not isinstance(value, str) or not value:
        _bad(field, "is not a text")
    return value


def _uuid(wire: dict[str, Any], field: str) -> UUID:
    try:
        return UUID(_text(wire, field))
    except ValueError as error:
        raise MalformedEvent(f"{field} is not a UUID") from error


def _instant(wire: dict[str, Any], field: str) -> datetime:
    try:
        value = datetime.fromisoformat(_text(wire, field))
    except ValueError as error:
        raise MalformedEvent(f"{field} is not an instant") from error
    if value.tzinfo is None:
        _bad(field, "has no offset")
    return value.astimezone(UTC)


def _bad(field: str, problem: str) -> NoReturn:
    raise MalformedEvent(f"{field} {problem}")
