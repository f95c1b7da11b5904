"""The question which documents run out, in one statement; its conditions are those of `domain/running_out.py`.

It goes from documents that can be near their end to their sessions, so that the past costs nothing.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, text

from booking.application.therapy_ports import RunningOut
from booking.domain.documents import DocumentId
from booking.domain.ids import BookingId
from booking.domain.running_out import Threshold

_A_DAY = timedelta(days=1)
_RUNNING_OUT = text(
    """
    WITH near AS MATERIALIZED (
        SELECT documents.id, threshold.days, threshold.visits
        FROM documents
        CROSS JOIN unnest(CAST(:names AS text[]), CAST(:days AS integer[]), CAST(:visits AS integer[]))
            AS threshold (name, days, visits)
        WHERE documents.state <> 'revoked'
          AND (CAST(:of AS uuid[]) IS NULL OR documents.id IN (
              SELECT theirs.document_id FROM draws AS theirs WHERE theirs.booking_id = ANY(CAST(:of AS uuid[]))
          ))
          AND (expires_on IS NULL OR expires_on >= :yesterday)
          AND (expires_on - days <= :tomorrow OR (visits IS NOT NULL AND allowance IS NOT NULL))
          AND NOT (:untold AND EXISTS (
              SELECT FROM document_warnings AS told WHERE told.document_id = documents.id AND told.threshold = name
          ))
    ), found AS (
        SELECT DISTINCT documents.*, following.booking_id, following.starts_at, following.zone, taken.used
        FROM near JOIN documents ON documents.id = near.id
        CROSS JOIN LATERAL (
            SELECT bookings.id AS booking_id, bookings.starts_at, bookings.zone, draws.amount,
                   timezone(bookings.zone, :now)::date AS today,
                   timezone(bookings.zone, documents.stated_at)::date AS stated_on
            FROM draws JOIN bookings ON bookings.id = draws.booking_id
            WHERE draws.document_id = documents.id AND bookings.state = 'confirmed' AND bookings.starts_at > :now
            ORDER BY bookings.starts_at, bookings.id LIMIT 1
        ) AS following
        CROSS JOIN LATERAL (
            SELECT coalesce(sum(draws.amount), 0) AS used FROM draws JOIN bookings ON bookings.id = draws.booking_id
            WHERE draws.document_id = documents.id AND bookings.state IN ('checked_in', 'completed')
        ) AS taken
        WHERE (stated_on < expires_on - days AND expires_on - days <= today)
           OR (used > 0 AND allowance - used <= visits * amount)
    )
    SELECT id, kind, expires_on, allowance - used AS left, counted_in, booking_id, starts_at, zone
    FROM found
    WHERE NOT EXISTS (
        SELECT FROM documents AS newer
        WHERE newer.kind = found.kind AND newer.state <> 'revoked' AND newer.patient_name = found.patient_name
          AND (newer.patient_email = found.patient_email OR newer.patient_phone = found.patient_phone)
          AND (newer.stated_at, newer.id) > (found.stated_at, found.id)
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
    limit: int,
    untold: bool = False,
    of: Sequence[BookingId] | None = None,
    after: DocumentId | None = None,
) -> list[RunningOut]:
    """See `Therapy.running_out`; `of` asks only for those of which these bookings take."""
    asked: dict[str, Any] = {
        "now": now,
        "yesterday": now.date() - _A_DAY,  # of whichever zone: the location's day decides below
        "tomorrow": now.date() + _A_DAY,
        "names": [each.name for each in thresholds],
        "days": [each.days for each in thresholds],
        "visits": [each.visits for each in thresholds],
        "untold": untold,
        "of": list(of) if of is not None else None,
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
