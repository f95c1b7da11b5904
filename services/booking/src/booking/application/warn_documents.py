"""The clock: tell guest and desk of documents that run out while sessions to come rely on them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from booking.application.ports import Desk, Transaction
from booking.domain.booking import CONFIRMED
from booking.domain.documents import REVOKED, DocumentId
from booking.domain.events import DOCUMENT_RUNNING_OUT, DocumentEvent
from booking.domain.running_out import come_to, is_followed

_AT_ONCE = 100


def warn_documents(*, desk: Desk) -> int:
    """Tell once of each document and threshold; return of how many documents. Any number of processes may do it.

    A clock that leaps over several thresholds tells once of them all; one that goes back tells nothing again.
    """
    now = desk.clock.now()
    found = desk.therapy.running_out(
        now=now, thresholds=desk.rules.running_out, untold=True, after=None, limit=_AT_ONCE
    )
    return sum(_warn(each.document_id, now, desk=desk) for each in found)


def _warn(document_id: DocumentId, now: datetime, *, desk: Desk) -> bool:
    def work(transaction: Transaction) -> bool:
        unit = transaction.therapy
        known = unit.document(document_id)
        if known is None:
            return False
        chart = unit.chart(known.patient)  # whoever else looks at it now waits, and then finds it told
        document = next(each for each in chart.documents if each.id == document_id)
        ahead = [
            each
            for each in chart.visits
            if document_id in each.draws and each.booking.state == CONFIRMED and each.booking.start > now
        ]
        if not ahead or document.state == REVOKED or is_followed(document, chart.documents):
            return False
        following = min(ahead, key=lambda each: (each.booking.start, each.booking.id))
        zone = ZoneInfo(following.booking.zone)
        reached = come_to(
            document,
            desk.rules.running_out,
            today=now.astimezone(zone).date(),
            stated_on=document.stated_at.astimezone(zone).date(),
            cost=following.draws[document_id],
        )
        if not unit.warn_document(document_id, [each.name for each in reached], now):
            return False
        booking = following.booking
        transaction.tell(
            DocumentEvent(name=DOCUMENT_RUNNING_OUT, occurred_at=now, booking=booking, document_id=document_id)
        )
        return True

    return desk.bookings.transact(work)
