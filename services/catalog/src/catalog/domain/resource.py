"""What cannot be in two bookings at once and is not a person."""

from dataclasses import dataclass
from enum import StrEnum

from catalog.domain.identity import LocationId, ResourceId


class ResourceKind(StrEnum):
    ROOM = "room"
    EQUIPMENT = "equipment"
    PLACE = "place"


@dataclass(frozen=True, slots=True, kw_only=True)
class Resource:
    """A room, a piece of equipment or a place. Interchangeable units are resources each; a room for two is one.

    A room has a `room_kind` and a capacity; equipment and places have a `unit_kind`, if anything asks for them.
    """

    id: ResourceId
    key: str | None = None
    kind: ResourceKind
    location_id: LocationId
    name: str
    room_kind: str | None = None
    unit_kind: str | None = None
    capacity: int = 1
