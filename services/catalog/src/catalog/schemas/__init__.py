"""The catalog document: what its author may write, and how it becomes a draft.

A document is JSON-like data (the command line reads it from YAML). Unknown fields are refused everywhere: a
typing error must not pass for an option that does nothing. A field's `help` is its line in docs/clinic-file.md.
"""

from catalog.schemas.location import LocationSchema
from catalog.schemas.practitioner import HoursSchema, PersonSchema, PractitionerSchema
from catalog.schemas.service import ServiceSchema
from catalog.schemas.units import EquipmentSchema, PlacesSchema, RoomSchema

__all__ = [
    "EquipmentSchema",
    "HoursSchema",
    "LocationSchema",
    "PersonSchema",
    "PlacesSchema",
    "PractitionerSchema",
    "RoomSchema",
    "ServiceSchema",
]
