"""The waitlist's ports in memory, over the dictionaries of `FakeBookings`."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING

from booking.application.ports import Taken
from booking.application.waitlist_ports import Unmet, Which
from booking.domain.availability import Busy
from booking.domain.ids import BookingId, EntryId, LeaseId, LocationId, ResourceId, ServiceId
from booking.domain.ranges import Range
from booking.domain.waitlist import EXPIRED, OFFERED, WAITING, Entry, Lease

if TYPE_CHECKING:
    from services.booking.tests.fakes import FakeBookings, Truth


class FakeWaitlistUnit:
    def __init__(self, truth: "Truth") -> None:
        self.truth = truth

    def open_of(self, entry: Entry) -> int:
        mine = {entry.guest.email, entry.guest.phone} - {None}
        return sum(
            1
            for each in self.truth.entries.values()
            if each.ended_at is None and mine & {each.guest.email, each.guest.phone}
        )

    def add(self, entry: Entry) -> bool:
        return self.truth.entries.setdefault(entry.id, entry) is entry

    def lock(self, entry_id: EntryId) -> Entry | None:
        return self.truth.entries.get(entry_id)

    take = lock

    def change(self, entry: Entry) -> None:
        self.truth.entries[entry.id] = entry

    def claim(self, lease: Lease) -> None:
        if self.truth.taken(lease.claims):
            raise Taken
        self.truth.allocate(lease.id, lease.claims)

    def give_up(self, lease: Lease) -> None:
        self.truth.allocations = [each for each in self.truth.allocations if each.booking_id != lease.id]

    def hand_over(self, lease: Lease, booking_id: BookingId) -> None:
        for each in self.truth.allocations:
            if each.booking_id == lease.id:
                each.booking_id = booking_id


class FakeWaitlist:
    """The list in the dictionaries of `FakeBookings`."""

    def __init__(self, bookings: "FakeBookings") -> None:
        self.bookings = bookings
        self.turn = True

    @property
    def entries(self) -> list[Entry]:
        return sorted(self.bookings.truth.entries.values(), key=lambda each: (each.made_at, each.id))

    def find(self, entry_id: EntryId) -> Entry | None:
        return self.bookings.truth.entries.get(entry_id)

    def known(self, entry_ids: Sequence[EntryId]) -> dict[EntryId, Entry]:
        return {each.id: each for each in self.entries if each.id in entry_ids}

    def leased(self, lease_ids: Sequence[LeaseId]) -> dict[LeaseId, Entry]:
        return {lease.id: entry for entry in self.entries for lease in entry.leases if lease.id in lease_ids}

    def waiting(self, *, limit: int) -> list[Entry]:
        waiting = [each for each in self.entries if each.state == WAITING]
        return sorted(waiting, key=lambda each: (each.turn_at, each.id))[:limit]

    def overdue(self, now: datetime, *, limit: int) -> list[EntryId]:
        open_ = [each for each in self.entries if each.state == OFFERED and each.lease is not None]
        return [each.id for each in open_ if each.lease is not None and each.lease.deadline <= now][:limit]

    def undoable(self, *, cancelled_since: datetime) -> Busy:
        busy: dict[ResourceId, list[Range]] = {}
        for each in self.bookings.truth.allocations:
            booking = self.bookings.truth.bookings.get(BookingId(each.booking_id))
            if booking is not None and booking.cancelled_at is not None and booking.cancelled_at >= cancelled_since:
                busy.setdefault(each.claim.resource_id, []).append(each.claim.during)
        return busy

    def take_turn(self, now: datetime, *, until: datetime) -> bool:
        return self.turn

    def close(self, now: datetime) -> int:
        over = [each for each in self.entries if each.state == WAITING and each.wanted.until <= now]
        for each in over:
            self.bookings.truth.entries[each.id] = replace(each, state=EXPIRED, ended_at=now)
        return len(over)

    def listed(self, which: Which) -> list[Entry]:
        return [
            each
            for each in self.entries
            if which.location_id in {None, each.location_id} and which.state in {None, each.state}
        ][: which.limit]

    def erase(self, *, ended_before: datetime) -> int:
        old = [each for each in self.entries if each.ended_at is not None and each.ended_at < ended_before]
        for each in old:
            del self.bookings.truth.entries[each.id]
        return len(old)


@dataclass
class FakeDemand:
    """Counts in a list."""

    counted: list[tuple[LocationId, ServiceId]] = field(default_factory=list)

    def missed(self, location_id: LocationId, service_id: ServiceId, at: datetime) -> None:
        self.counted.append((location_id, service_id))

    def flush(self) -> int:
        return 0

    def unmet(self, location_id: LocationId | None, since: datetime, until: datetime) -> Sequence[Unmet]:
        return []
