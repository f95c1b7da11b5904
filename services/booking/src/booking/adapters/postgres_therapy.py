"""Sessions, needs and documents in PostgreSQL. What a document has reserved or used follows from its sessions."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Engine, Select, and_, delete, func, or_, select, text, tuple_, update
from sqlalchemy.dialects.postgresql import insert

from booking.adapters.booking_rows import WHOLE_BOOKINGS, booking_of
from booking.adapters.documents_running_out import running_out
from booking.adapters.sealing import Sealing
from booking.adapters.storage import Reader
from booking.adapters.tables import bookings, document_warnings, documents, draws, needs, therapy_sessions
from booking.application.therapy_ports import Chart, Listed, RunningOut, Visit
from booking.domain.booking import CHECKED_IN, COMPLETED, CONFIRMED
from booking.domain.documents import DOCUMENTS, Document, DocumentId, Patient, Terms
from booking.domain.ids import BookingId
from booking.domain.need_rules import EVALUATION
from booking.domain.needs import OPEN, Need, NeedId, session_of
from booking.domain.running_out import Threshold

_ONE_PATIENT = text(
    "SELECT pg_advisory_xact_lock(hashtextextended('patient:' || contact, 0)) FROM unnest(:contacts) AS contact"
)
_STANDING = (CONFIRMED, CHECKED_IN, COMPLETED)
_OPEN = (
    select(needs)
    .join(bookings, bookings.c.id == needs.c.booking_id)
    .where(needs.c.state == OPEN, bookings.c.state == CONFIRMED)
    .order_by(needs.c.due, needs.c.id)
)


def _documents() -> Select[Any]:
    taken = func.coalesce(func.sum(draws.c.amount), 0)
    of_document = (
        select(taken)
        .select_from(draws.join(bookings, bookings.c.id == draws.c.booking_id))
        .where(draws.c.document_id == documents.c.id)
    )
    return select(
        documents,
        of_document.where(bookings.c.state == CONFIRMED).scalar_subquery().label("reserved"),
        of_document.where(bookings.c.state.in_([CHECKED_IN, COMPLETED])).scalar_subquery().label("used"),
    )


_DOCUMENTS = _documents()


class PostgresTherapy:
    """The port `Therapy`."""

    def __init__(self, engine: Engine) -> None:
        self._read = Reader(engine)

    def needs(self, booking_ids: Sequence[BookingId]) -> dict[BookingId, list[Need]]:
        """See `Therapy.needs`."""
        found: dict[BookingId, list[Need]] = {}
        for each in self._needs(_needs_of(booking_ids)):
            found.setdefault(each.booking_id, []).append(each)
        return found

    def open_needs(self, *, after: NeedId | None, limit: int) -> list[Need]:
        """See `Therapy.open_needs`."""
        query = _OPEN.limit(limit)
        if after is not None:
            seen = select(needs.c.due, needs.c.id).where(needs.c.id == after)
            query = query.where(tuple_(needs.c.due, needs.c.id) > seen.scalar_subquery())
        return self._needs(query)

    def due_soon(self, *, until: datetime, limit: int) -> list[Need]:
        """See `Therapy.due_soon`."""
        papers = _OPEN.where(needs.c.due <= until, needs.c.warned_at.is_(None), needs.c.kind != EVALUATION)
        return self._needs(papers.limit(limit))

    def running_out(
        self,
        *,
        now: datetime,
        thresholds: Sequence[Threshold],
        untold: bool = False,
        after: DocumentId | None = None,
        limit: int,
    ) -> list[RunningOut]:
        """See `Therapy.running_out`."""
        return self._read(
            lambda connection: running_out(
                connection, now=now, thresholds=thresholds, untold=untold, after=after, limit=limit
            )
        )

    def ending(
        self, booking_ids: Sequence[BookingId], *, now: datetime, thresholds: Sequence[Threshold]
    ) -> set[BookingId]:
        """See `Therapy.ending`."""

        def read(connection: Connection) -> set[BookingId]:
            most = len(booking_ids) * len(DOCUMENTS)
            found = running_out(connection, now=now, thresholds=thresholds, of=booking_ids, limit=most)
            theirs = draws.c.document_id.in_([each.document_id for each in found])
            query = select(draws.c.booking_id).where(theirs, draws.c.booking_id.in_(booking_ids))
            return {BookingId(str(each)) for each in connection.execute(query).scalars()} if found else set()

        return self._read(read)

    def _needs(self, query: Select[Any]) -> list[Need]:
        return self._read(lambda connection: [_need(row) for row in connection.execute(query).mappings()])


class PostgresTherapyUnit:
    """The port `TherapyUnit`, on the connection of a transaction."""

    def __init__(self, connection: Connection, sealing: Sealing | None) -> None:
        self._connection = connection
        self._keys = sealing

    def chart(self, patient: Patient) -> Chart:
        """See `TherapyUnit.chart`."""
        contacts = sorted(each for each in (patient.email, patient.phone) if each is not None)
        self._connection.execute(_ONE_PATIENT, {"contacts": contacts})
        query = (
            WHOLE_BOOKINGS.add_columns(
                therapy_sessions.c.region, therapy_sessions.c.payer, therapy_sessions.c.evaluation
            )
            .join(therapy_sessions, therapy_sessions.c.booking_id == bookings.c.id)
            .where(_theirs(therapy_sessions, patient), bookings.c.state.in_(_STANDING))
            .order_by(bookings.c.starts_at, bookings.c.id)
        )
        rows = self._connection.execute(query).mappings().all()
        ids = [row["id"] for row in rows]
        taken = self._by_booking(select(draws).where(draws.c.booking_id.in_(ids)))
        lacking = self._by_booking(_needs_of(ids))
        return Chart(
            documents=tuple(self._read(_DOCUMENTS.where(_theirs(documents, patient)).order_by(documents.c.id))),
            visits=tuple(
                Visit(
                    booking=booking,
                    session=session_of(booking, region=row["region"], payer=row["payer"], evaluation=row["evaluation"]),
                    draws={DocumentId(each["document_id"]): each["amount"] for each in taken.get(booking.id, ())},
                    needs=tuple(_need(each) for each in lacking.get(booking.id, ())),
                )
                for row in rows
                for booking in [booking_of(row)]
            ),
        )

    def document(self, document_id: DocumentId) -> Document | None:
        """See `TherapyUnit.document`."""
        found = self._read(_DOCUMENTS.where(documents.c.id == document_id))
        return found[0] if found else None

    def documents(self, which: Listed) -> list[Document]:
        """See `TherapyUnit.documents`."""
        query = _DOCUMENTS.where(documents.c.kind == which.kind)
        if which.patient is not None:
            query = query.where(_theirs(documents, which.patient))
        place = (documents.c.stated_at, documents.c.id)
        if which.after is not None:
            seen = select(*place).where(documents.c.id == which.after)
            query = query.where(tuple_(*place) < seen.scalar_subquery())
        return self._read(query.order_by(*(each.desc() for each in place)).limit(which.limit))

    def put(self, document: Document) -> None:
        """See `TherapyUnit.put`."""
        terms = document.terms
        changing = {
            "state": document.state,
            "allowance": terms.allowance,
            "changed_at": document.changed_at,
            "changed_by": document.changed_by,
            # Sealed anew at each change, so that what changes is soon under the newest key.
            "sealed": self._sealing.seal({"issuer": terms.issuer, "number": terms.number}),
        }
        row = {
            "id": document.id,
            "kind": document.kind,
            **_patient_row(document.patient),
            "issued_on": terms.issued_on,
            "expires_on": terms.expires_on,
            "counted_in": terms.counted_in,
            "stated_at": document.stated_at,
            "body_hash": document.body_hash,
            **changing,
        }
        written = insert(documents).values(row)
        self._connection.execute(written.on_conflict_do_update(index_elements=["id"], set_=changing))

    def keep(self, visit: Visit, patient: Patient) -> None:
        """See `TherapyUnit.keep`."""
        session = visit.session
        row = {
            "booking_id": session.booking_id,
            "region": session.region,
            "payer": session.payer,
            "evaluation": session.evaluation,
            **_patient_row(patient),
        }
        written = insert(therapy_sessions).values(row)
        self._connection.execute(
            written.on_conflict_do_update(index_elements=["booking_id"], set_={"payer": session.payer})
        )
        self._connection.execute(delete(draws).where(draws.c.booking_id == session.booking_id))
        if visit.draws:
            taken = [
                {"booking_id": session.booking_id, "document_id": document_id, "amount": amount}
                for document_id, amount in visit.draws.items()
            ]
            self._connection.execute(insert(draws).values(taken))
        for need in visit.needs:
            values = asdict(need)
            put = insert(needs).values(values)
            changed = {name: value for name, value in values.items() if name not in {"id", "booking_id", "kind"}}
            self._connection.execute(put.on_conflict_do_update(index_elements=["id"], set_=changed))

    def need(self, need_id: NeedId) -> Need | None:
        """See `TherapyUnit.need`."""
        row = self._connection.execute(select(needs).where(needs.c.id == need_id)).mappings().one_or_none()
        return _need(row) if row is not None else None

    def warn_document(self, document_id: DocumentId, thresholds: Sequence[str], now: datetime) -> bool:
        """See `TherapyUnit.warn_document`."""
        if not thresholds:
            return False
        told = [{"document_id": document_id, "threshold": each, "at": now} for each in thresholds]
        written = insert(document_warnings).values(told).on_conflict_do_nothing()
        return bool(self._connection.execute(written).rowcount)

    def warn(self, need_id: NeedId, now: datetime) -> bool:
        """See `TherapyUnit.warn`."""
        free = (
            select(needs.c.id)
            .where(needs.c.id == need_id, needs.c.warned_at.is_(None), needs.c.state == OPEN)
            .with_for_update(skip_locked=True)
        )
        warned = update(needs).where(needs.c.id.in_(free.scalar_subquery())).values(warned_at=now)
        return bool(self._connection.execute(warned).rowcount)

    @property
    def _sealing(self) -> Sealing:
        if self._keys is None:
            raise AssertionError("there is no key to seal documents with")
        return self._keys

    def _read(self, query: Select[Any]) -> list[Document]:
        return [self._document(row) for row in self._connection.execute(query).mappings()]

    def _document(self, row: Mapping[Any, Any]) -> Document:
        sealed = self._sealing.open(row["sealed"])
        return Document(
            id=DocumentId(row["id"]),
            kind=row["kind"],
            patient=Patient(name=row["patient_name"], email=row["patient_email"], phone=row["patient_phone"]),
            terms=Terms(
                issuer=sealed["issuer"],
                number=sealed["number"],
                issued_on=row["issued_on"],
                expires_on=row["expires_on"],
                allowance=row["allowance"],
                counted_in=row["counted_in"],
            ),
            state=row["state"],
            stated_at=row["stated_at"],
            changed_at=row["changed_at"],
            changed_by=row["changed_by"],
            reserved=row["reserved"],
            used=row["used"],
            body_hash=row["body_hash"],
        )

    def _by_booking(self, query: Select[Any]) -> dict[str, list[Mapping[Any, Any]]]:
        found: dict[str, list[Mapping[Any, Any]]] = {}
        for row in self._connection.execute(query).mappings():
            found.setdefault(row["booking_id"], []).append(row)
        return found


def _needs_of(booking_ids: Sequence[str]) -> Select[Any]:
    return select(needs).where(needs.c.booking_id.in_(booking_ids)).order_by(needs.c.due, needs.c.kind)


def _need(row: Mapping[Any, Any]) -> Need:
    return Need(**{column.name: row[column.name] for column in needs.columns})


def _patient_row(patient: Patient) -> dict[str, str | None]:
    return {"patient_name": patient.name, "patient_email": patient.email, "patient_phone": patient.phone}


def _theirs(table: Any, patient: Patient) -> ColumnElement[bool]:
    contacts = [
        column == contact
        for column, contact in ((table.c.patient_email, patient.email), (table.c.patient_phone, patient.phone))
        if contact is not None
    ]
    return and_(table.c.patient_name == patient.name, or_(*contacts))
