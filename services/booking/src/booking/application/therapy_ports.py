"""What is kept about physical therapy: sessions, needs, documents, and what sessions take of them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Protocol

from booking.domain.booking import Booking
from booking.domain.documents import Document, DocumentId, Patient
from booking.domain.ids import BookingId
from booking.domain.needs import Need, NeedId, Session
from booking.domain.running_out import Threshold

Draws = Mapping[DocumentId, int]
"""How much a session takes of each document."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """A session of a patient: its booking, what the rules see of it, what it takes, and its needs by due time."""

    booking: Booking
    session: Session
    draws: Draws = field(default_factory=dict)
    needs: tuple[Need, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """Everything kept about one patient: their documents, and the sessions that stand or took place."""

    documents: tuple[Document, ...] = ()
    visits: tuple[Visit, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Which documents to list, the newest first: of a kind, of one patient, after another one."""

    kind: str
    patient: Patient | None = None
    after: DocumentId | None = None
    limit: int = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RunningOut:
    """A document that runs out, and the next session that relies on it. `left` is what is not used yet."""

    document_id: DocumentId
    kind: str
    expires_on: date | None
    left: int | None
    counted_in: str
    booking_id: BookingId
    start: datetime
    zone: str


class Therapy(Protocol):
    """For reading."""

    def needs(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Need]]:
        """Return the needs of these bookings, by due time."""
        ...

    def open_needs(self, *, after: NeedId | None, limit: int) -> list[Need]:
        """Return the open needs of bookings that are confirmed, by due time: what the desk has to see to."""
        ...

    def due_soon(self, *, until: datetime, limit: int) -> list[Need]:
        """Return the open needs of papers, of confirmed bookings, that are due by then and were not warned of.

        An evaluation is no paper: it is an appointment of its own, of which its guest is reminded anyway.
        """
        ...

    def running_out(
        self,
        *,
        now: datetime,
        thresholds: Sequence[Threshold],
        untold: bool = False,
        after: DocumentId | None = None,
        limit: int,
    ) -> list[RunningOut]:
        """Return the documents that have come to a threshold (`untold`: to one that nobody was told of).

        Only those on which a confirmed session to come relies, and which no newer one of their kind follows; by the
        start of that session.
        """
        ...

    def ending(
        self, booking_ids: Sequence[BookingId], *, now: datetime, thresholds: Sequence[Threshold]
    ) -> set[BookingId]:
        """Return those of the bookings that rely on a document which `running_out` would name."""
        ...


class TherapyUnit(Protocol):
    """In a unit of work."""

    def chart(self, patient: Patient) -> Chart:
        """Return the patient's chart, and let nobody else change it meanwhile."""
        ...

    def document(self, document_id: DocumentId) -> Document | None:
        """Return a document."""
        ...

    def documents(self, which: Listed) -> list[Document]:
        """Return documents."""
        ...

    def put(self, document: Document) -> None:
        """Write a document, new or changed."""
        ...

    def keep(self, visit: Visit, patient: Patient) -> None:
        """Write down a session, new or changed, with what it takes and its needs."""
        ...

    def need(self, need_id: NeedId) -> Need | None:
        """Return a need."""
        ...

    def warn_document(self, document_id: DocumentId, thresholds: Sequence[str], now: datetime) -> bool:
        """Write down that guest and desk were told of these; False if they had been told of each of them."""
        ...

    def warn(self, need_id: NeedId, now: datetime) -> bool:
        """Write down that guest and desk were warned; False if they had been, or somebody is at it."""
        ...
