"""Time that staff keep from guests: a claim on people and rooms without a guest, until staff take it away."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from .audit import Actor
from .booking import Claim
from .clinic import Clinic, Location
from .errors import Problem, Refused
from .ids import BlockId, LocationId, ResourceId
from .zones import instant

LONGEST = timedelta(days=62)
MOST_RESOURCES = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """These resources, from a moment on until another. `reason` is what the desk reads on it."""

    id: BlockId
    location_id: LocationId
    resource_ids: tuple[ResourceId, ...]
    """By id."""
    start: datetime
    end: datetime
    reason: str | None
    made_by: Actor
    made_at: datetime

    @property
    def claims(self) -> list[Claim]:
        """What it claims; no buffers."""
        during = (instant(self.start), instant(self.end))
        return [Claim(resource_id=each, during=during) for each in self.resource_ids]


def check_block(block: Block, clinic: Clinic) -> Location:
    """Return the block's location, or refuse one that is upside down, endless, of nothing or of what is not there."""
    location = clinic.location(block.location_id)
    problems: list[Problem] = []
    if instant(block.end) <= instant(block.start):
        raise Refused("range_inverted", "The block must end after it begins.")
    if block.end - block.start > LONGEST:
        raise Refused("range_too_wide", "A block lasts at most 62 days.", days=LONGEST.days)
    if not 1 <= len(block.resource_ids) <= MOST_RESOURCES:
        problems.append(Problem(field="resource_ids", problem=f"must be 1 to {MOST_RESOURCES} ids"))
    here = _here(clinic, location)
    for at, resource_id in enumerate(block.resource_ids):
        if resource_id not in here:
            problems.append(Problem(field=f"resource_ids[{at}]", problem="is nobody and nothing of this location"))
    if problems:
        raise Refused("invalid_request", "This cannot be blocked.", fields=problems)
    return location


def _here(clinic: Clinic, location: Location) -> Sequence[ResourceId]:
    people = [who.id for who in clinic.practitioners.values() if not who.deleted and location.id in who.location_ids]
    rooms = [room.id for room in clinic.rooms.values() if not room.deleted and room.location_id == location.id]
    return [*people, *rooms]
