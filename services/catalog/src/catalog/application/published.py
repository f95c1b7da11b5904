"""The state of each entity as others read it: the `data` of catalog's events, without version and tombstone.

It is also what is stored and compared, so an entity has changed exactly when others would see a difference.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeAlias
from uuid import UUID

State: TypeAlias = dict[str, Any]
"""JSON: strings, whole numbers, booleans, null, lists and objects."""


class Kind(StrEnum):
    """What the catalog holds; in this order it is stored, because later ones refer to earlier ones."""

    LOCATION = "location"
    SERVICE = "service"
    PRACTITIONER = "practitioner"
    RESOURCE = "resource"
    SCHEDULE = "schedule"

    @property
    def event(self) -> str:
        """The name of the event that says such a thing changed."""
        return f"catalog.{self}_changed.v1"

    @property
    def id_field(self) -> str:
        """The field of its state that holds its id; a schedule goes by its practitioner."""
        return "practitioner_id" if self is Kind.SCHEDULE else f"{self}_id"


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """One entity at one version. A tombstone is `deleted` and keeps its last state."""

    kind: Kind
    id: UUID
    version: int
    deleted: bool
    state: State

    @property
    def data(self) -> State:
        """What its event and the snapshot carry."""
        return {**self.state, "version": self.version, "deleted": self.deleted}
