"""Judge what sessions of physical therapy need, and write it down: when booked, and whenever something changes."""

import uuid
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from zoneinfo import ZoneInfo

from booking.application.ports import Desk, Transaction
from booking.application.therapy_ports import Chart, Visit
from booking.domain.booking import CHECKED_IN, COMPLETED, CONFIRMED, Booking
from booking.domain.clinic import PHYSICAL_THERAPY, Clinic
from booking.domain.documents import REFERRAL, STATED, Document, DocumentId, Patient, Terms, checked, patient
from booking.domain.errors import Problem, Refused
from booking.domain.events import NEED_OPENED, NeedEvent
from booking.domain.ids import BookingId
from booking.domain.need_rules import SELF_PAY, Rules
from booking.domain.needs import (
    FOLLOWS_IN_A_SERIES,
    MET,
    OPEN,
    WAIVED,
    Earlier,
    Judged,
    Need,
    NeedId,
    Session,
    again,
    judged_for,
    needs_for,
    session_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Papers:
    """What a guest says when booking: who pays, and a referral that they have."""

    payer: str = SELF_PAY
    referral: Terms | None = None
    kept_open: Collection[str] = ()
    """Kinds of needs that refuse nothing: this session keeps its time while they are open."""
    said_by: str = "guest"
    """Who says so: the guest, or who of staff wrote it down for them."""

    def of_a_later_session(self) -> "Papers":
        """Return them for a session that follows in a series: the referral was stated with the first."""
        return replace(self, referral=None, kept_open=FOLLOWS_IN_A_SERIES)


NO_PAPERS = Papers()


def record_needs(
    transaction: Transaction,
    made: Booking,
    clinic: Clinic,
    papers: Papers = NO_PAPERS,
    *,
    rules: Rules,
    by_staff: bool = False,
) -> None:
    """Write down what the new booking needs, or refuse it where a rule says so; staff are never refused.

    Nothing but physical therapy needs anything.
    """
    now = made.made_at
    if not _is_therapy(made, clinic):
        return
    if papers.payer not in rules.payers:
        known = ", ".join(sorted(rules.payers))
        wrong = Problem(field="payer", problem=f"Give one of {known}.")
        raise Refused("invalid_request", "We do not know this payer.", fields=[wrong])
    who, session = patient(made.guest), _session(made, clinic, papers.payer)
    stated = _stated(papers, who, session, made, now)  # refused before anything is looked up
    chart = transaction.therapy.chart(who)
    documents = list(chart.documents)
    if stated is not None and not any(_same(each, stated) for each in documents):
        transaction.therapy.put(stated)
        documents.append(stated)
    history = _history(chart, session)
    judged = (
        judged_for(session, documents, history, rules)
        if by_staff
        else needs_for(session, documents, history, rules, kept_open=papers.kept_open)
    )
    needs = tuple(sorted((_new(each, made.id, now) for each in judged), key=_by_due))
    transaction.therapy.keep(Visit(booking=made, session=session, draws=_draws(session, judged), needs=needs), who)
    _tell(transaction, made, needs, now)


def look_again(transaction: Transaction, changed: Booking, *, desk: Desk) -> None:
    """Judge the patient's sessions anew after this one was written: moved, attended, given up or restored."""
    if _is_therapy(changed, desk.calendar.known()):
        review(transaction, patient(changed.guest), rules=desk.rules, now=desk.clock.now())


def review(transaction: Transaction, who: Patient, *, rules: Rules, now: datetime) -> None:
    """Judge all of the patient's sessions to come, and tell of each need that opens.

    What was reserved stays where it was as long as it lasts, the soonest session first; then come those without.
    """
    chart = transaction.therapy.chart(who)
    ahead = [each for each in chart.visits if each.booking.state == CONFIRMED and each.booking.start > now]
    left = {each.id: _without(each, ahead) for each in chart.documents}
    for visit in sorted(ahead, key=lambda each: (not each.draws, each.session.start, each.session.booking_id)):
        session = visit.session
        judged = judged_for(session, list(left.values()), _history(chart, session), rules)
        draws = _draws(session, judged)
        for document_id, amount in draws.items():
            left[document_id] = replace(left[document_id], reserved=left[document_id].reserved + amount)
        needs = _anew(visit.needs, judged, session.booking_id, now)
        if (draws, needs) == (visit.draws, visit.needs):
            continue
        transaction.therapy.keep(replace(visit, draws=draws, needs=needs), who)
        was_open = {each.kind for each in visit.needs if each.state == OPEN}
        _tell(transaction, visit.booking, [each for each in needs if each.kind not in was_open], now)


def _is_therapy(booking: Booking, clinic: Clinic) -> bool:
    return clinic.services[booking.service_id].modality == PHYSICAL_THERAPY


def _session(made: Booking, clinic: Clinic, payer: str) -> Session:
    return session_of(
        made,
        region=clinic.locations[made.location_id].region,
        payer=payer,
        evaluation=clinic.services[made.service_id].evaluates,
    )


def _stated(papers: Papers, who: Patient, session: Session, made: Booking, now: datetime) -> Document | None:
    if papers.referral is None:
        return None
    today = now.astimezone(ZoneInfo(made.zone)).date()
    return Document(
        id=DocumentId(str(uuid.uuid4())),
        kind=REFERRAL,
        patient=who,
        terms=checked(papers.referral, today=today, field="referral", on=session.day),
        state=STATED,
        stated_at=now,
        changed_at=now,
        changed_by=papers.said_by,
    )


def _same(known: Document, stated: Document) -> bool:
    """Whether the guest speaks of a document that is known: they may count the visits that are left."""
    return known.kind == stated.kind and replace(known.terms, allowance=None) == replace(stated.terms, allowance=None)


def _history(chart: Chart, session: Session) -> list[Earlier]:
    return [
        Earlier(
            booking_id=each.session.booking_id,
            evaluation=each.session.evaluation,
            start=each.session.start,
            attended=each.booking.state in {CHECKED_IN, COMPLETED},
        )
        for each in chart.visits
        if each.session.booking_id != session.booking_id and each.booking.state in {CONFIRMED, CHECKED_IN, COMPLETED}
    ]


def _draws(session: Session, judged: tuple[Judged, ...]) -> dict[DocumentId, int]:
    found = [each.document for each in judged if each.document is not None]
    return {each.id: each.costs(session.minutes) for each in found}


def _without(document: Document, ahead: list[Visit]) -> Document:
    """The document with nothing reserved by the sessions to come."""
    theirs = sum(each.draws.get(document.id, 0) for each in ahead)
    return replace(document, reserved=max(document.reserved - theirs, 0))


def _anew(
    known: tuple[Need, ...], judged: tuple[Judged, ...], booking_id: BookingId, now: datetime
) -> tuple[Need, ...]:
    before = {each.kind: each for each in known}
    needs = [
        again(before[each.kind], each, now=now) if each.kind in before else _new(each, booking_id, now)
        for each in judged
    ]
    asked = {each.kind for each in judged}
    lapsed = [
        replace(each, state=WAIVED, resolved_at=now) if each.state == OPEN else each
        for each in known
        if each.kind not in asked
    ]
    return tuple(sorted([*needs, *lapsed], key=_by_due))


def _new(judged: Judged, booking_id: BookingId, now: datetime) -> Need:
    return Need(
        id=NeedId(str(uuid.uuid4())),
        booking_id=booking_id,
        kind=judged.kind,
        rule_id=judged.rule_id,
        version=judged.version,
        due=judged.due(now),
        state=judged.state,
        opened_at=now,
        resolved_at=now if judged.state == MET else None,
    )


def _tell(transaction: Transaction, booking: Booking, needs: Sequence[Need], now: datetime) -> None:
    for need in needs:
        if need.state == OPEN:
            transaction.tell(NeedEvent(name=NEED_OPENED, occurred_at=now, booking=booking, need=need))


def _by_due(need: Need) -> tuple[datetime, str]:
    return need.due, need.kind
