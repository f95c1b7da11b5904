"""The question which documents run out, in one statement; its conditions are those of `domain/running_out.py`."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, text

from booking.application.therapy_ports import RunningOut
from booking.domain.documents import DocumentId
from booking.domain.ids import BookingId
from booking.domain.running_out import Threshold

_RUNNING_OUT = text(
    """
    WITH relied AS (
        SELECT DISTINCT ON (draws.document_id) draws.document_id, draws.amount,
               bookings.id AS booking_id, bookings.starts_at, bookings.zone
        FROM bookings JOIN draws ON draws.booking_id = bookings.id
        WHERE bookings.state = 'confirmed' AND bookings.starts_at > :now
        ORDER BY draws.document_id, bookings.starts_at, bookings.id
    ), found AS (
        SELECT documents.*, relied.booking_id, relied.starts_at, relied.zone, relied.amount,
               timezone(relied.zone, :now)::date AS today,
               timezone(relied.zone, documents.stated_at)::date AS stated_on,
               (SELECT coalesce(sum(taken.amount), 0)
                FROM draws AS taken JOIN bookings ON bookings.id = taken.booking_id
                WHERE taken.document_id = documents.id AND bookings.state IN ('checked_in', 'completed')) AS used
        FROM relied JOIN documents ON documents.id = relied.document_id
        WHERE documents.state <> 'revoked' AND NOT EXISTS (
            SELECT FROM documents AS newer
            WHERE newer.kind = documents.kind AND newer.state <> 'revoked'
              AND newer.patient_name = documents.patient_name
              AND (newer.patient_email = documents.patient_email OR newer.patient_phone = documents.patient_phone)
              AND (newer.stated_at, newer.id) > (documents.stated_at, documents.id)
        )
    )
    SELECT id, kind, expires_on, allowance - used AS left, counted_in, booking_id, starts_at, zone
    FROM found
    WHERE EXISTS (
        SELECT FROM unnest(CAST(:names AS text[]), CAST(:days AS integer[]), CAST(:visits AS integer[]))
            AS threshold (name, days, visits)
        WHERE (
            (stated_on < expires_on - days AND expires_on - days <= today)
            OR (used > 0 AND allowance - used <= visits * amount)
        ) AND NOT (:untold AND EXISTS (
            SELECT FROM document_warnings AS told WHERE told.document_id = found.id AND told.threshold = name
        ))
    ) AND (
        CAST(:after AS uuid) IS NULL
        OR (starts_at, id) > (SELECT seen.starts_at, seen.id FROM found AS seen WHERE seen.id = CAST(:after AS uuid))
    )
    ORDER BY starts_at, id LIMIT :limit
    """
)


def running_out(
    connection: Connection,
    *,
    now: datetime,
    thresholds: Sequence[Threshold],
    untold: bool,
    after: DocumentId | None,
    limit: int,
) -> list[RunningOut]:
    """See `Therapy.running_out`."""
    asked: dict[str, Any] = {
        "now": now,
        "names": [each.name for each in thresholds],
        "days": [each.days for each in thresholds],
        "visits": [each.visits for each in thresholds],
        "untold": untold,
        "after": after,
        "limit": limit,
    }
    return [
        RunningOut(
            document_id=DocumentId(str(row["id"])),
            kind=row["kind"],
            expires_on=row["expires_on"],
            left=row["left"],
            counted_in=row["counted_in"],
            booking_id=BookingId(str(row["booking_id"])),
            start=row["starts_at"],
            zone=row["zone"],
        )
        for row in connection.execute(_RUNNING_OUT, asked).mappings()
    ]
