"""Referrals, authorizations and clearances, for staff. Whoever reads or changes one is written down."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking.application.needs import review
from booking.application.ports import Desk, Transaction
from booking.application.therapy_ports import Listed, RunningOut
from booking.domain import documents as rules
from booking.domain.audit import Actor, Note
from booking.domain.documents import RECEIVED, Document, DocumentId, Patient, Terms, checked, patient
from booking.domain.errors import Refused
from booking.domain.guest import Contact, guest
from booking.domain.ids import BookingId, LocationId


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """Which document, who of staff asks, and why."""

    document_id: DocumentId
    kind: str
    actor: Actor
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Whose:
    """Somebody without a booking yet: how they are reached, and the location that their papers came to."""

    location_id: LocationId
    contact: Contact


@dataclass(frozen=True, slots=True, kw_only=True)
class Add:
    """A document of the patient of a booking, or of somebody else; `verified` if staff have checked it already."""

    whose: BookingId | Whose
    kind: str
    terms: Terms
    verified: bool
    actor: Actor
    document_id: DocumentId | None = None
    """Given by who repeats requests: one identity makes one document."""
    body_hash: str | None = None
    """Of the whole request: another one with the same identity is refused."""


def add_document(command: Add, *, desk: Desk) -> Document:
    """Write it down and look at the patient's sessions again: what they lacked may be there now."""
    now = desk.clock.now()

    def work(transaction: Transaction) -> Document:
        who, zone = _whose(transaction, command.whose, desk=desk)
        new_id = command.document_id or DocumentId(str(uuid.uuid4()))
        known = transaction.therapy.document(new_id)
        if known is not None:
            return _again(known, command)
        today = now.astimezone(ZoneInfo(zone)).date()
        document = Document(
            id=new_id,
            kind=command.kind,
            patient=who,
            terms=checked(command.terms, today=today, field=""),
            state=rules.VERIFIED if command.verified else RECEIVED,
            stated_at=now,
            changed_at=now,
            changed_by=command.actor,
            body_hash=command.body_hash,
        )
        return _kept(transaction, document, _note(document, command.actor, "add", now), desk=desk)

    return desk.bookings.transact(work)


def _whose(transaction: Transaction, whose: BookingId | Whose, *, desk: Desk) -> tuple[Patient, str]:
    """Return whom the document is about, and the zone of the location where it was handed in."""
    if isinstance(whose, Whose):
        location = desk.calendar.known().location(whose.location_id)
        return patient(guest(whose.contact, region=location.country, parse_phone=desk.parse_phone)), location.zone
    booking = transaction.lock(whose)
    if booking is None:
        raise Refused("unknown_booking", "There is no such booking.")
    return patient(booking.guest), booking.zone


def _again(known: Document, command: Add) -> Document:
    """The document that the same request made before, or a refusal if this one is another."""
    if known.body_hash is None or command.body_hash is None:  # by a release that did not keep it
        same = replace(known.terms, allowance=None) == replace(command.terms, allowance=None)
    else:  # what was said, not what is kept: the document may have been reduced since
        same = known.body_hash == command.body_hash
    if known.kind != command.kind or not same:
        raise Refused("idempotency_key_reused", "This key was used for another document.")
    return known


def verify(paper: Paper, *, desk: Desk) -> Document:
    """Say that it was checked, or refuse and change nothing."""
    return _changed(paper, "verify", lambda known, now: rules.verified(known, by=paper.actor, now=now), desk=desk)


def revoke(paper: Paper, *, desk: Desk) -> Document:
    """Say that it is good no longer; the sessions that relied on it get an open need and keep their time."""
    return _changed(paper, "revoke", lambda known, now: rules.revoked(known, by=paper.actor, now=now), desk=desk)


def reduce(paper: Paper, to: int, *, desk: Desk) -> Document:
    """Make it for fewer visits or units; the last sessions that it no longer reaches get an open need."""
    return _changed(paper, "reduce", lambda known, now: rules.reduced(known, to, by=paper.actor, now=now), desk=desk)


def list_documents(which: Listed, *, booking_id: BookingId | None, actor: Actor, desk: Desk) -> list[Document]:
    """Return documents, all or of the patient of a booking; each that is seen leaves a note of who saw it."""
    now = desk.clock.now()
    if booking_id is not None:
        booking = desk.bookings.find([booking_id]).get(booking_id)
        if booking is None:
            raise Refused("unknown_booking", "There is no such booking.")
        which = replace(which, patient=patient(booking.guest))

    def work(transaction: Transaction) -> list[Document]:
        found = transaction.therapy.documents(which)
        for each in found:
            transaction.note(_note(each, actor, "read", now))
        return found

    return desk.bookings.transact(work)


def list_running_out(after: DocumentId | None, limit: int, *, actor: Actor, desk: Desk) -> list[RunningOut]:
    """Return documents that run out, the next appointment first; each that is seen leaves a note of who saw it."""
    now = desk.clock.now()
    found = desk.therapy.running_out(now=now, thresholds=desk.rules.running_out, after=after, limit=limit)

    def work(transaction: Transaction) -> None:
        for each in found:
            transaction.note(
                Note(at=now, actor=actor, action="read", subject_kind=each.kind, subject_id=each.document_id)
            )

    if found:
        desk.bookings.transact(work)
    return found


def _changed(paper: Paper, action: str, change: Callable[[Document, datetime], Document], *, desk: Desk) -> Document:
    now = desk.clock.now()

    def work(transaction: Transaction) -> Document:
        known = transaction.therapy.document(paper.document_id)
        if known is None or known.kind != paper.kind:
            raise Refused("unknown_document", "There is no such document.")
        transaction.therapy.chart(known.patient)  # nobody else changes it meanwhile
        current = transaction.therapy.document(paper.document_id) or known
        after = change(current, now)
        if after is current:
            return current
        return _kept(transaction, after, _note(after, paper.actor, action, now, paper.reason), desk=desk)

    return desk.bookings.transact(work)


def _kept(transaction: Transaction, document: Document, note: Note, *, desk: Desk) -> Document:
    transaction.therapy.put(document)
    transaction.note(note)
    review(transaction, document.patient, rules=desk.rules, now=note.at)
    return transaction.therapy.document(document.id) or document


def _note(document: Document, actor: Actor, action: str, now: datetime, reason: str | None = None) -> Note:
    return Note(at=now, actor=actor, action=action, subject_kind=document.kind, subject_id=document.id, reason=reason)
