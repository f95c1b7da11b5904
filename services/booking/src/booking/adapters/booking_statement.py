"""Booking in two messages: one that locks, judges the rules' age and writes everything, and COMMIT.

Booking, allocations, idempotency row and event are one statement, planned once a connection (ADR 0075).
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from messaging.prepared import Line, Prepared
from sqlalchemy.dialects import postgresql

from booking.adapters.booking_rows import row_of
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.event_wire import to_event
from booking.adapters.tables import bookings
from booking.application.ports import AlreadyMade, Idempotency, OftenMissed, Taken
from booking.domain.booking import Booking, Claim
from booking.domain.clinic import Clinic
from booking.domain.events import Happened
from booking.domain.guest import Guest
from booking.domain.patience import Patience

_DIALECT = postgresql.dialect()  # type: ignore[no-untyped-call]
_COLUMNS = {column.name: column.type.compile(dialect=_DIALECT) for column in bookings.columns}

_CLAIMS = {"resources": "uuid[]", "since": "bigint[]", "until": "bigint[]"}
_KEY = {"scope": "text", "key": "text", "body_hash": "text"}


def _allocating(booking_id: str, among: str = "") -> str:
    return f"""
        INSERT INTO allocations (booking_id, resource_id, during, active)
        SELECT {booking_id}, wanted.id, tstzrange(to_timestamp(wanted.since), to_timestamp(wanted.until)), true
        FROM {among} unnest(%(resources)s, %(since)s, %(until)s) AS wanted (id, since, until)
        ORDER BY wanted.id
        ON CONFLICT DO NOTHING RETURNING 1
    """  # noqa: S608 - made of our own words


def _adding(condition: str = "") -> str:
    """The rows of a booking, each left out if it conflicts; the counts of what was written tell.

    ON CONFLICT DO NOTHING covers the exclusion constraint too; unlike a plain insert it never deadlocks two rivals who
    each have written and wait for the other (both would stand still for deadlock_timeout).
    """
    return f"""
    made AS (
        INSERT INTO bookings ({", ".join(_COLUMNS)})
        SELECT {", ".join(f"%({name})s" for name in _COLUMNS)} {condition}
        ON CONFLICT (hold_id) DO NOTHING RETURNING id, made_at
    ), taken AS ({_allocating("made.id", "made,")}), remembered AS (
        INSERT INTO idempotency (scope, key, body_hash, booking_id, made_at)
        SELECT %(scope)s, %(key)s, %(body_hash)s, made.id, made.made_at FROM made WHERE %(scope)s IS NOT NULL
        ON CONFLICT DO NOTHING RETURNING 1
    )
    """  # noqa: S608 - made of our own column names


OFTEN_MISSED = """
    SELECT %(missed_at_most)s > 0 AND count(*) >= %(missed_at_most)s FROM (
        SELECT booking_id FROM no_shows WHERE guest_email = %(missed_email)s AND starts_at >= %(missed_since)s
        UNION SELECT booking_id FROM no_shows WHERE guest_phone = %(missed_phone)s AND starts_at >= %(missed_since)s
    ) AS missed
"""
_MISSED = {"missed_at_most": "bigint", "missed_email": "text", "missed_phone": "text", "missed_since": "timestamptz"}

_COUNTS = "(SELECT count(*) FROM made), (SELECT count(*) FROM remembered), (SELECT count(*) FROM taken)"

ADD = Prepared("add", f"WITH {_adding()} SELECT {_COUNTS}", {**_COLUMNS, **_CLAIMS, **_KEY})
ALLOCATE = Prepared("allocate", _allocating("%(booking_id)s"), {"booking_id": "uuid", **_CLAIMS})
_BOOK = Prepared(
    "book",
    f"""
    WITH locked AS MATERIALIZED (
        SELECT changed_in FROM catalog_copy WHERE id = ANY(%(locked)s) ORDER BY id, kind FOR SHARE
    ), judged AS (
        SELECT FROM (SELECT max(changed_in) AS newest FROM locked) AS copy WHERE coalesce(newest, 0) <= %(judged_by)s
    ), came AS (SELECT FROM judged WHERE NOT ({OFTEN_MISSED})
    ), {_adding("FROM came")}, told AS (
        INSERT INTO outbox (id, name, exchange, body, occurred_at)
        SELECT %(event_id)s, %(event_name)s, %(exchange)s, %(body)s, %(occurred_at)s FROM made
    )
    SELECT (SELECT count(*) FROM judged), (SELECT count(*) FROM came), {_COUNTS}
    """,  # noqa: S608 - as above
    {
        **_COLUMNS,
        "locked": "uuid[]",
        "judged_by": "bigint",
        **_CLAIMS,
        **_KEY,
        **_MISSED,
        "event_id": "uuid",
        "event_name": "text",
        "exchange": "text",
        "body": "jsonb",
        "occurred_at": "timestamptz",
    },
)


def claimed(claims: Sequence[Claim]) -> dict[str, Any]:
    """The values of allocations to be written."""
    return {
        "resources": [claim.resource_id for claim in claims],
        "since": [claim.during[0] for claim in claims],
        "until": [claim.during[1] for claim in claims],
    }


def written(booking: Booking, claims: Sequence[Claim], key: Idempotency | None) -> dict[str, Any]:
    """The values of a booking to be added."""
    return {
        **row_of(booking),
        **claimed(claims),
        "scope": key.scope if key else None,
        "key": key.key if key else None,
        "body_hash": key.body_hash if key else None,
    }


def often_missed(guest: Guest, patience: Patience, *, now: datetime) -> dict[str, Any]:
    """The values of the question whether a guest has worn patience out."""
    return {
        "missed_at_most": patience.times,
        "missed_email": guest.email.lower() if guest.email else None,
        "missed_phone": guest.phone,
        "missed_since": patience.since(now),
    }


def check_written(values: Mapping[str, Any], *, made: int, remembered: int, taken: int) -> None:
    """Raise `AlreadyMade` or `Taken` if the counts say that something was left out."""
    if not made or (values["scope"] is not None and not remembered):
        raise AlreadyMade
    if taken < len(values["resources"]):
        raise Taken


class NotInOneStatement(Exception):
    """The work needs to see what is locked, or does more than book: do it call by call."""


class Gathered:
    """A `Transaction` that writes nothing down until it is sent. It judges by the clinic in memory.

    If the clinic turns out to be older than what is locked, nothing is written and `send` raises `NotInOneStatement`.
    """

    def __init__(self, memory: ClinicMemory) -> None:
        self._memory = memory
        self._locked: list[str] = []
        self._clinic: Clinic | None = None
        self._written: dict[str, Any] | None = None
        self._told: dict[str, Any] | None = None
        self._missed: dict[str, Any] = dict.fromkeys(_MISSED) | {"missed_at_most": 0}

    @property
    def judged(self) -> bool:
        """Whether the clinic in memory was asked for."""
        return self._clinic is not None

    def lock_catalog(self, ids: Iterable[str]) -> Clinic:
        """See `Transaction.lock_catalog`; the lock is taken, and the clinic's age checked, by what is sent."""
        clinic = self._memory.clinic
        if clinic is None or self.judged:
            raise NotInOneStatement
        self._clinic, self._locked = clinic, list(ids)
        return clinic

    def check_came(self, guest: Guest, patience: Patience, *, now: datetime) -> None:
        """See `Transaction.check_came`; it shows when it is sent."""
        self._missed = often_missed(guest, patience, now=now)

    def add(self, booking: Booking, claims: Sequence[Claim], idempotency: Idempotency | None) -> None:
        """See `Transaction.add`; whether it is taken or made already shows when it is sent."""
        if self._written is not None or booking.guests:
            raise NotInOneStatement
        self._written = written(booking, claims, idempotency)

    def tell(self, event: Happened) -> None:
        """See `Transaction.tell`."""
        if self._told is not None:
            raise NotInOneStatement
        told = to_event(event, self._clinic)
        self._told = {
            "event_id": str(told.id),
            "event_name": told.name,
            "exchange": told.exchange,
            "body": json.dumps(told.to_wire()),
            "occurred_at": told.occurred_at,
        }

    def __getattr__(self, _name: str) -> NoReturn:
        """Everything else that a `Transaction` can do is more than booking."""
        raise NotInOneStatement

    def write(self, line: Line) -> None:
        """Lock and write everything in a transaction that is left open.

        Raises `Taken`, `AlreadyMade` or `OftenMissed`.
        """
        clinic, added, told = self._clinic, self._written, self._told
        if clinic is None or added is None or told is None:
            raise NotInOneStatement
        values = {**added, **told, **self._missed, "locked": self._locked, "judged_by": clinic.version}
        judged, came, made, remembered, taken = line.rows(_BOOK, values, begin=True)[0]
        if not judged:
            raise NotInOneStatement
        if not came:
            raise OftenMissed
        check_written(values, made=made, remembered=remembered, taken=taken)
