"""What one booking claims besides time."""

from dataclasses import dataclass
from typing import TypeAlias

from catalog.domain.resource import ResourceKind


@dataclass(frozen=True, slots=True, kw_only=True)
class PractitionersNeeded:
    """So many practitioners, each with this skill, and `licensed` for the branch's region if that is asked."""

    skill: str
    count: int
    licensed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RoomNeeded:
    """One room of this kind for at least so many guests."""

    room_kind: str
    capacity: int


@dataclass(frozen=True, slots=True, kw_only=True)
class UnitsNeeded:
    """So many of the interchangeable units of this kind: pieces of equipment, or places of a pool."""

    kind: ResourceKind
    unit_kind: str
    count: int


Requirement: TypeAlias = PractitionersNeeded | RoomNeeded | UnitsNeeded
