"""What the world is told about bookings and offers: ids and times, never a contact, never anything about health."""

from dataclasses import dataclass
from datetime import datetime

from .booking import Booking
from .displacement import Displaced
from .documents import DocumentId
from .ids import SeriesId
from .needs import Need
from .waitlist import Entry, Lease

BOOKED = "booking.booked.v1"
CANCELLED = "booking.cancelled.v1"
REINSTATED = "booking.reinstated.v1"
RESCHEDULED = "booking.rescheduled.v1"
CHECKED_IN = "booking.checked_in.v1"
COMPLETED = "booking.completed.v1"
NO_SHOW = "booking.no_show.v1"
REVERTED = "booking.reverted.v1"
PARTY_CHANGED = "booking.party_changed.v1"
WAITLIST_JOINED = "booking.waitlist_joined.v1"
WAITLIST_OFFERED = "booking.waitlist_offered.v1"
DISPLACED = "booking.displaced.v1"
NEED_OPENED = "booking.need_opened.v1"
NEED_DUE_SOON = "booking.need_due_soon.v1"
DOCUMENT_RUNNING_OUT = "booking.document_running_out.v1"


@dataclass(frozen=True, slots=True, kw_only=True)
class BookingEvent:
    """One thing that happened to a booking, and the booking after it."""

    name: str
    occurred_at: datetime
    booking: Booking
    moved_from: datetime | None = None
    """Of a rescheduled booking: the start it had before."""
    series_id: SeriesId | None = None
    """Of a new booking: the series that it was booked with, as one wish. Its guest is told of all sessions at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WaitEvent:
    """A guest began to wait; `zone` is the location's."""

    name: str
    occurred_at: datetime
    entry: Entry
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferEvent:
    """A guest who waits was offered a time; `zone` is the location's."""

    name: str
    occurred_at: datetime
    entry: Entry
    lease: Lease
    zone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplacedEvent:
    """A change of the clinic left a booking without what it needs."""

    name: str
    occurred_at: datetime
    displaced: Displaced


@dataclass(frozen=True, slots=True, kw_only=True)
class NeedEvent:
    """A booking lacks something until it is due. What it lacks would say something about health, and is not told."""

    name: str
    occurred_at: datetime
    booking: Booking
    need: Need


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentEvent:
    """A document that this booking, and perhaps later ones, rely on runs out soon. What it is is not told either."""

    name: str
    occurred_at: datetime
    booking: Booking
    document_id: DocumentId


Happened = BookingEvent | WaitEvent | OfferEvent | DisplacedEvent | NeedEvent | DocumentEvent
