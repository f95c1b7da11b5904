"""What cannot be in two bookings at once and is not a person."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.identity import LocationId, ResourceId


class ResourceKind(StrEnum):
    ROOM = "room"
    EQUIPMENT = "equipment"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A room or a piece of equipment. Two interchangeable units are two resources; a room for two is one."""

    id: ResourceId
    kind: ResourceKind
    location_id: LocationId
    name: str
    room_kind: str | None
    capacity: int
