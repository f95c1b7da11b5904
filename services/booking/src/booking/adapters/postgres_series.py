"""Series in PostgreSQL: a row each, and a row for each session with the booking that fills it."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Engine, Uuid, bindparam, select, text, update
from sqlalchemy.dialects.postgresql import ARRAY, insert

from booking.adapters.storage import Reader
from booking.adapters.tables import series, series_sessions
from booking.application.ports import AlreadyMade
from booking.domain.ids import BookingId, SeriesId
from booking.domain.need_rules import SELF_PAY
from booking.domain.preference import from_words, in_words
from booking.domain.series import Cadence, Series, Session
from booking.domain.wish import Sought
from booking.domain.zones import instant, utc

# A visit is one day's: a part that was moved to another day is an appointment of its own.
_FOLLOWING = """
    SELECT mine.booking_id FROM series_sessions AS mine
    JOIN series ON series.id = mine.series_id AND series.arrangement IS NOT NULL
    JOIN bookings AS own ON own.id = mine.booking_id
    WHERE mine.booking_id = ANY(:ids) AND EXISTS (
        SELECT FROM series_sessions AS other JOIN bookings ON bookings.id = other.booking_id
        WHERE other.series_id = mine.series_id AND bookings.state NOT IN ('cancelled', 'no_show')
          AND (bookings.starts_at, other.position) < (own.starts_at, mine.position)
          AND bookings.starts_at > own.starts_at - interval '12 hours'
    )
"""


class PostgresSeries:
    """The port `SeriesShelf`."""

    def __init__(self, engine: Engine) -> None:
        self._read = Reader(engine)

    def find(self, series_id: SeriesId) -> Series | None:
        """See `SeriesShelf.find`."""
        return self.find_all([series_id]).get(series_id)

    def find_all(self, series_ids: Sequence[SeriesId]) -> dict[SeriesId, Series]:
        """See `SeriesShelf.find_all`."""
        return self._read(lambda connection: _found(connection, series_ids, lock=False))

    def following(self, booking_ids: Sequence[BookingId]) -> frozenset[BookingId]:
        """See `SeriesShelf.following`."""
        query = text(_FOLLOWING).bindparams(bindparam("ids", value=list(booking_ids), type_=ARRAY(Uuid(as_uuid=False))))
        return self._read(
            lambda connection: frozenset(BookingId(str(each)) for each in connection.execute(query).scalars())
        )


class PostgresSeriesUnit:
    """The port `SeriesUnit`, on the connection of a transaction."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    def add(self, made: Series) -> None:
        """See `SeriesUnit.add`."""
        row = insert(series).values(_row_of(made)).on_conflict_do_nothing(index_elements=["id"])
        if not self._connection.execute(row).rowcount:
            raise AlreadyMade
        self._connection.execute(
            insert(series_sessions).values([_session_row_of(made, each) for each in made.sessions])
        )

    def lock(self, series_id: SeriesId) -> Series | None:
        """See `SeriesUnit.lock`."""
        return _found(self._connection, [series_id], lock=True).get(series_id)

    def fill(self, series_id: SeriesId, position: int, booking_id: BookingId) -> None:
        """See `SeriesUnit.fill`."""
        place = (series_sessions.c.series_id == series_id) & (series_sessions.c.position == position)
        self._connection.execute(update(series_sessions).where(place).values(booking_id=booking_id))


def _found(connection: Connection, series_ids: Sequence[SeriesId], *, lock: bool) -> dict[SeriesId, Series]:
    query = select(series).where(series.c.id.in_(series_ids))
    rows = connection.execute(query.with_for_update() if lock else query).mappings().all()
    if not rows:
        return {}
    theirs = (
        select(series_sessions)
        .where(series_sessions.c.series_id.in_([row["id"] for row in rows]))
        .order_by(series_sessions.c.position)
    )
    sessions = connection.execute(theirs).mappings().all()
    return {row["id"]: _series_of(row, [each for each in sessions if each["series_id"] == row["id"]]) for row in rows}


def _series_of(row: Any, sessions: Sequence[Any]) -> Series:
    return Series(
        id=row["id"],
        generation=row["generation"],
        location_id=row["location_id"],
        zone=row["zone"],
        mode=row["mode"],
        cadence=Cadence(
            every_days=row["every_days"],
            within_days=row["within_days"],
            within_minutes=row["within_minutes"],
            weekdays=frozenset(row["weekdays"]) if row["weekdays"] is not None else None,
        ),
        sessions=tuple(_session_of(each, row["location_id"]) for each in sessions),
        body_hash=row["body_hash"],
        made_at=row["made_at"],
        payer=row["payer"] or SELF_PAY,
        arrangement=row["arrangement"],
    )


def _row_of(made: Series) -> dict[str, Any]:
    cadence = made.cadence
    return {
        "id": made.id,
        "generation": made.generation,
        "location_id": made.location_id,
        "zone": made.zone,
        "mode": made.mode,
        "every_days": cadence.every_days,
        "within_days": cadence.within_days,
        "within_minutes": cadence.within_minutes,
        "weekdays": sorted(cadence.weekdays) if cadence.weekdays is not None else None,
        "body_hash": made.body_hash,
        "made_at": made.made_at,
        "payer": made.payer,
        "arrangement": made.arrangement,
    }


def _session_row_of(made: Series, session: Session) -> dict[str, Any]:
    return {
        "series_id": made.id,
        "position": session.position,
        "service_id": session.sought.service_id,
        "minutes": session.sought.duration_minutes,
        "practitioner_id": session.sought.practitioner_id,
        "target": utc(session.target),
        "booking_id": session.booking_id,
        "preference": in_words(session.sought.preference),
    }


def _session_of(row: Any, location_id: Any) -> Session:
    return Session(
        position=row["position"],
        sought=Sought(
            location_id=location_id,
            service_id=row["service_id"],
            duration_minutes=row["minutes"],
            practitioner_id=row["practitioner_id"],
            preference=from_words(row["preference"]),
        ),
        target=instant(row["target"]),
        booking_id=row["booking_id"],
    )
