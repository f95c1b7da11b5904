"""Rooms, equipment and places in the document."""

from catalog import fields as written
from catalog.schemas.base import EntrySchema, optional, told


class UnitSchema(EntrySchema):
    """What cannot be in two bookings at once."""

    location_id = written.Reference("location", data_key="location", **told("Where it is."))
    name = written.Text(**told("For staff."))


class RoomSchema(UnitSchema):
    """A room; one for two guests is one room of capacity 2."""

    room_kind = written.Skill(**told("A word that requirements ask for."))
    capacity = written.Count(1, 100, load_default=1, **told("How many guests."))


class EquipmentSchema(UnitSchema):
    """A piece of equipment, or several that are alike."""

    unit_kind = written.Skill(data_key="equipment_kind", **optional("A word that requirements ask for."))
    count = written.Count(1, 50, load_default=1, **told("How many there are; each is claimed by itself."))


class PlacesSchema(UnitSchema):
    """Places of a pool: mats in the gym, seats in the steam bath."""

    unit_kind = written.Skill(data_key="place_kind", **told("A word that requirements ask for."))
    count = written.Count(1, 50, load_default=1, **told("How many there are; each is claimed by itself."))
