"""Physical therapy's ports in memory, over the truth of `FakeBookings`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from booking.application.therapy_ports import Chart, Listed, RunningOut, Visit
from booking.domain.booking import CHECKED_IN, COMPLETED, CONFIRMED
from booking.domain.documents import REVOKED, Document, DocumentId, Patient
from booking.domain.ids import BookingId
from booking.domain.need_rules import EVALUATION
from booking.domain.needs import OPEN, Need, NeedId, session_of
from booking.domain.running_out import Threshold, come_to, is_followed

if TYPE_CHECKING:
    from services.booking.tests.fakes import FakeBookings, Truth


@dataclass
class Charts:
    """What `Truth` keeps about therapy."""

    visits: dict[BookingId, tuple[Visit, Patient]] = field(default_factory=dict)
    documents: dict[DocumentId, Document] = field(default_factory=dict)
    warnings: set[tuple[DocumentId, str]] = field(default_factory=set)

    def needs(self) -> list[Need]:
        return [need for visit, _ in self.visits.values() for need in visit.needs]


class FakeTherapy:
    """Reads."""

    def __init__(self, bookings: FakeBookings) -> None:
        self.bookings = bookings

    def needs(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Need]]:
        visits = self.bookings.truth.charts.visits
        return {each: list(visits[each][0].needs) for each in booking_ids if each in visits and visits[each][0].needs}

    def open_needs(self, *, after: NeedId | None, limit: int) -> list[Need]:
        found = sorted(self._open(), key=lambda each: (each.due, each.id))
        place = next((number + 1 for number, each in enumerate(found) if each.id == after), 0)
        return found[place : place + limit]

    def due_soon(self, *, until: datetime, limit: int) -> list[Need]:
        papers = [each for each in self._open() if each.kind != EVALUATION]
        found = [each for each in papers if each.due <= until and each.warned_at is None]
        return sorted(found, key=lambda each: (each.due, each.id))[:limit]

    def running_out(
        self,
        *,
        now: datetime,
        thresholds: Sequence[Threshold],
        untold: bool = False,
        after: DocumentId | None = None,
        limit: int,
    ) -> list[RunningOut]:
        charts, truth = self.bookings.truth.charts, self.bookings.truth
        unit = FakeTherapyUnit(truth)
        found = []
        for key in charts.documents:
            document = unit.document(key)
            assert document is not None
            ahead = [
                (truth.bookings[booking_id].start, booking_id, visit.draws[key])
                for booking_id, (visit, _) in charts.visits.items()
                if key in visit.draws
                and truth.bookings[booking_id].state == CONFIRMED
                and truth.bookings[booking_id].start > now
            ]
            theirs = [each for each in charts.documents.values() if _same(each.patient, document.patient)]
            if not ahead or document.state == REVOKED or is_followed(document, theirs):
                continue
            start, booking_id, cost = min(ahead)
            zone = ZoneInfo(truth.bookings[booking_id].zone)
            today, stated_on = (each.astimezone(zone).date() for each in (now, document.stated_at))
            reached = come_to(document, thresholds, today=today, stated_on=stated_on, cost=cost)
            if not [each for each in reached if not untold or (key, each.name) not in charts.warnings]:
                continue
            allowance = document.terms.allowance
            found.append(
                RunningOut(
                    document_id=key,
                    kind=document.kind,
                    expires_on=document.terms.expires_on,
                    left=None if allowance is None else allowance - document.used,
                    counted_in=document.terms.counted_in,
                    booking_id=booking_id,
                    start=start,
                    zone=zone.key,
                )
            )
        found.sort(key=lambda each: (each.start, each.document_id))
        place = next((number + 1 for number, each in enumerate(found) if each.document_id == after), 0)
        return found[place : place + limit]

    def ending(
        self, booking_ids: Sequence[BookingId], *, now: datetime, thresholds: Sequence[Threshold]
    ) -> set[BookingId]:
        found = {each.document_id for each in self.running_out(now=now, thresholds=thresholds, limit=10_000)}
        visits = self.bookings.truth.charts.visits
        return {each for each in booking_ids if each in visits and found & set(visits[each][0].draws)}

    def _open(self) -> Iterator[Need]:
        truth = self.bookings.truth
        for each in truth.charts.needs():
            if each.state == OPEN and truth.bookings[each.booking_id].state == CONFIRMED:
                yield each


class FakeTherapyUnit:
    """In a unit of work."""

    def __init__(self, truth: Truth) -> None:
        self.truth = truth
        self.charts = truth.charts

    def chart(self, patient: Patient) -> Chart:
        standing = [
            replace(
                visit,
                booking=booking,
                session=session_of(
                    booking,
                    region=visit.session.region,
                    payer=visit.session.payer,
                    evaluation=visit.session.evaluation,
                ),
            )
            for booking_id, (visit, who) in self.charts.visits.items()
            for booking in [self.truth.bookings[booking_id]]
            if _same(who, patient) and booking.state in {CONFIRMED, CHECKED_IN, COMPLETED}
        ]
        theirs = sorted(key for key, each in self.charts.documents.items() if _same(each.patient, patient))
        return Chart(
            documents=tuple(self._counted(self.charts.documents[each]) for each in theirs),
            visits=tuple(sorted(standing, key=lambda each: (each.booking.start, each.booking.id))),
        )

    def document(self, document_id: DocumentId) -> Document | None:
        found = self.charts.documents.get(document_id)
        return self._counted(found) if found is not None else None

    def documents(self, which: Listed) -> list[Document]:
        found = [
            self._counted(each)
            for each in self.charts.documents.values()
            if each.kind == which.kind and (which.patient is None or _same(each.patient, which.patient))
        ]
        found.sort(key=lambda each: (each.stated_at, each.id), reverse=True)
        place = next((number + 1 for number, each in enumerate(found) if each.id == which.after), 0)
        return found[place : place + which.limit]

    def put(self, document: Document) -> None:
        self.charts.documents[document.id] = replace(document, reserved=0, used=0)

    def keep(self, visit: Visit, patient: Patient) -> None:
        self.charts.visits[visit.session.booking_id] = (visit, patient)

    def need(self, need_id: NeedId) -> Need | None:
        return next((each for each in self.charts.needs() if each.id == need_id), None)

    def warn_document(self, document_id: DocumentId, thresholds: Sequence[str], now: datetime) -> bool:
        new = {(document_id, each) for each in thresholds} - self.charts.warnings
        self.charts.warnings |= new
        return bool(new)

    def warn(self, need_id: NeedId, now: datetime) -> bool:
        need = self.need(need_id)
        if need is None or need.warned_at is not None or need.state != OPEN:
            return False
        visit, patient = self.charts.visits[need.booking_id]
        warned = tuple(replace(each, warned_at=now) if each.id == need_id else each for each in visit.needs)
        self.charts.visits[need.booking_id] = (replace(visit, needs=warned), patient)
        return True

    def _counted(self, document: Document) -> Document:
        def taken(*states: str) -> int:
            return sum(
                visit.draws.get(document.id, 0)
                for booking_id, (visit, _) in self.charts.visits.items()
                if self.truth.bookings[booking_id].state in states
            )

        return replace(document, reserved=taken(CONFIRMED), used=taken(CHECKED_IN, COMPLETED))


def _same(one: Patient, other: Patient) -> bool:
    return one.name == other.name and (
        (one.email is not None and one.email == other.email) or (one.phone is not None and one.phone == other.phone)
    )
