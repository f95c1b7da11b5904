"""What waiting needs of the world: the list, and the counts of what people looked for in vain."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from booking.domain.availability import Busy
from booking.domain.ids import BookingId, EntryId, LeaseId, LocationId, ServiceId
from booking.domain.waitlist import Entry, Lease


class WaitlistUnit(Protocol):
    """The list within one transaction. An entry is locked before it or its lease is changed."""

    def open_of(self, entry: Entry) -> int:
        """Return how many open entries the same e-mail address or phone has; until the end nobody adds another."""
        ...

    def add(self, entry: Entry) -> bool:
        """Write a new entry and count it as unmet demand; False if one of this identity is there already."""
        ...

    def lock(self, entry_id: EntryId) -> Entry | None:
        """Return an entry and let no one else change it meanwhile."""
        ...

    def take(self, entry_id: EntryId) -> Entry | None:
        """Return the same, or None if someone else has it in hand just now."""
        ...

    def change(self, entry: Entry) -> None:
        """Write the changed entry and its latest lease."""
        ...

    def claim(self, lease: Lease) -> None:
        """Write a new lease and its allocations; raise `Taken`."""
        ...

    def give_up(self, lease: Lease) -> None:
        """Give up the lease's allocations."""
        ...

    def hand_over(self, lease: Lease, booking_id: BookingId) -> None:
        """Make the lease's allocations the booking's."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Which:
    """Which entries to list: of a location, in a state, after an entry (None: any, any, from the first)."""

    location_id: LocationId | None = None
    state: str | None = None
    after: EntryId | None = None
    limit: int = 100


class Waitlist(Protocol):
    """The list, for reading, and for what needs no judgement."""

    def find(self, entry_id: EntryId) -> Entry | None:
        """Return an entry if it exists."""
        ...

    def known(self, entry_ids: Sequence[EntryId]) -> dict[EntryId, Entry]:
        """Return the entries that exist."""
        ...

    def leased(self, lease_ids: Sequence[LeaseId]) -> dict[LeaseId, Entry]:
        """Return the entries of those leases that exist."""
        ...

    def waiting(self, *, limit: int) -> list[Entry]:
        """Return those who wait, first whose turn it is."""
        ...

    def overdue(self, now: datetime, *, limit: int) -> list[EntryId]:
        """Return entries with an offer whose deadline has come."""
        ...

    def undoable(self, *, cancelled_since: datetime) -> Busy:
        """Return what bookings cancelled at that moment or later claimed, as long as nobody has it."""
        ...

    def take_turn(self, now: datetime, *, until: datetime) -> bool:
        """Say whether it is ours to look for everyone until then; real times."""
        ...

    def close(self, now: datetime) -> int:
        """End the waiting of those whose times have passed; return how many."""
        ...

    def listed(self, which: Which) -> list[Entry]:
        """Return entries in the order in which they were made."""
        ...

    def erase(self, *, ended_before: datetime) -> int:
        """Forget entries that ended before that moment, contact and all; return how many."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmet:
    """What was looked for in vain, and how many began to wait, in the hour that begins at `hour`."""

    hour: datetime
    location_id: LocationId
    service_id: ServiceId
    searches: int
    entries: int


class Demand(Protocol):
    """Counts of unmet demand: by hour, location and service, and nothing about anybody."""

    def missed(self, location_id: LocationId, service_id: ServiceId, at: datetime) -> None:
        """Count a search that found nothing. It waits for nothing, and is lost if the process dies before `flush`."""
        ...

    def flush(self) -> int:
        """Write down what was counted; return how many counts. What cannot be written now is kept for the next time."""
        ...

    def unmet(self, location_id: LocationId | None, since: datetime, until: datetime) -> Sequence[Unmet]:
        """Return the counts of the hours that begin in `[since, until)`, by hour, location and service."""
        ...
