"""Ids of what the catalog describes.

An entry names itself by a `key`, a short word that its author chose, and its id is derived from that key. So
the same document loaded into an empty database gives the same ids again: links that guests kept, bookings
that were made and the copies that other services hold still point to the same thing, and a reference is
resolved without a look-up. An entry that came from elsewhere may carry an `id` instead.
"""

from typing import NewType
from uuid import NAMESPACE_DNS, UUID, uuid5

LocationId = NewType("LocationId", UUID)
ServiceId = NewType("ServiceId", UUID)
PractitionerId = NewType("PractitionerId", UUID)
ResourceId = NewType("ResourceId", UUID)

_NAMESPACE = uuid5(NAMESPACE_DNS, "catalog.slotwell")
"""Never change it: every id derived from a key would change with it."""


def derived_id(kind: str, key: str) -> UUID:
    """The id of the entry of this kind that calls itself `key`; or `key` itself, where it is a UUID."""
    try:
        return UUID(key)
    except ValueError:
        return uuid5(_NAMESPACE, f"{kind}/{key}")
