"""What a booking claims, in the document."""

from typing import Any, ClassVar

from marshmallow import Schema, ValidationError, post_load

from catalog import fields as written
from catalog.domain.requirement import PractitionersNeeded, RoomNeeded, UnitsNeeded
from catalog.domain.resource import ResourceKind
from catalog.schemas.base import Strict, told


class PractitionersNeededSchema(Strict):
    """So many practitioners with a skill."""

    makes = PractitionersNeeded
    skill = written.Skill(**told("A skill that practitioners list."))
    count = written.Count(1, 20, load_default=1, **told("How many."))
    licensed = written.Truth(
        load_default=False,
        **told("`true`: with a licence for the branch's region. Physical therapy always asks for it."),
    )


class RoomNeededSchema(Strict):
    """One room."""

    makes = RoomNeeded
    room_kind = written.Skill(**told("A kind that rooms have."))
    capacity = written.Count(1, 100, load_default=1, **told("For how many guests at least."))


class EquipmentNeededSchema(Strict):
    """Pieces of equipment."""

    unit_kind = written.Skill(data_key="equipment_kind", **told("A kind that equipment has."))
    count = written.Count(1, 20, load_default=1, **told("How many."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return UnitsNeeded(kind=ResourceKind.EQUIPMENT, **data)


class PlacesNeededSchema(Strict):
    """Places of a pool."""

    unit_kind = written.Skill(data_key="place_kind", **told("A kind that places have."))
    count = written.Count(1, 20, load_default=1, **told("How many."))

    @post_load
    def _make(self, data: dict[str, Any], **_: Any) -> Any:
        return UnitsNeeded(kind=ResourceKind.PLACE, **data)


class Requirement(written.Written[Any]):
    """What one booking claims; its `kind` decides which further fields it has."""

    schemas: ClassVar[dict[str, type[Schema]]] = {
        "practitioner": PractitionersNeededSchema,
        "room": RoomNeededSchema,
        "equipment": EquipmentNeededSchema,
        "place": PlacesNeededSchema,
    }

    def read(self, value: Any) -> Any:
        if not isinstance(value, dict):
            raise ValidationError("is not an object")
        kind = value.get("kind")
        if not isinstance(kind, str) or kind not in self.schemas:
            raise ValidationError({"kind": [f"is not one of: {', '.join(self.schemas)}"]})
        return self.schemas[kind]().load({key: inner for key, inner in value.items() if key != "kind"})
