"""Identities. All are UUIDs in their canonical lower-case text form."""

from typing import NewType

LocationId = NewType("LocationId", str)
ServiceId = NewType("ServiceId", str)
ResourceId = NewType("ResourceId", str)
"""A practitioner, a room or a piece of equipment: anything that cannot be in two bookings at once."""
PractitionerId = NewType("PractitionerId", ResourceId)
RoomId = NewType("RoomId", ResourceId)
HoldId = NewType("HoldId", str)
BookingId = NewType("BookingId", str)
BlockId = NewType("BlockId", str)
EntryId = NewType("EntryId", str)
LeaseId = NewType("LeaseId", str)
SeriesId = NewType("SeriesId", str)
