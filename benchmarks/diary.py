"""Appointments written straight into the tables: what is in the diary before anybody asks."""

from collections.abc import Sequence
from dataclasses import dataclass

import psycopg2

# The same booking for the same practitioner and start, so that two statements agree without talking to each other.
_ID = "md5(who.practitioner::text || at::text)::uuid"
_WHO = "unnest(%(practitioners)s::uuid[], %(rooms)s::uuid[]) WITH ORDINALITY AS who (practitioner, room, number)"

_BOOKINGS = f"""
    INSERT INTO bookings (
        id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids, starts_at, minutes,
        zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email, made_at
    )
    SELECT {_ID}, gen_random_uuid(), %(state)s, 1, 1, %(location)s, %(service)s, ARRAY[who.practitioner], at, 60,
           'UTC', 85, 'EUR', 12, 50, 'Ana Moreau', 'ana@example.com', now() - interval '1 day'
    FROM {_WHO}, LATERAL (%%s) AS times (at)
"""  # noqa: S608 - our own text
_ALLOCATIONS = f"""
    INSERT INTO allocations (booking_id, resource_id, during, active)
    SELECT {_ID}, resource, tstzrange(at, at + interval '1 hour'), true
    FROM {_WHO}, LATERAL (%%s) AS times (at), unnest(ARRAY[who.practitioner, who.room]) AS resource
    ORDER BY at, resource
"""  # noqa: S608
_UPCOMING = """
    SELECT date_trunc('day', now()) + day * interval '1 day' + interval '9 hours'
           + half * interval '135 minutes' + (who.number %% 4) * interval '15 minutes'
    FROM generate_series(0, %(days)s) AS day, generate_series(0, 3) AS half
"""
_PAST = """
    SELECT date_trunc('hour', now()) - hour * interval '1 hour'
    FROM generate_series(%(from)s + 2, %(to)s + 1) AS hour
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crew:
    """Practitioners, and for each the room in which they work."""

    location: str
    service: str
    practitioners: Sequence[str]
    rooms: Sequence[str]


def fill(database: str, crew: Crew, *, days: int) -> int:
    """Give each of the crew four appointments a day from today on; return how many there are."""
    return _write(database, crew, _UPCOMING, {"days": days, "state": "confirmed"})


def look_back(database: str, crew: Crew, *, since: int, until: int) -> int:
    """Give each of the crew the appointments number `since` to `until` of the past, one an hour, back to back."""
    return _write(database, crew, _PAST, {"from": since, "to": until, "state": "completed"})


def settle(database: str) -> None:
    """Let the database tidy up and look at its tables now, and not in the middle of a measurement."""
    connection = psycopg2.connect(database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute("VACUUM ANALYZE bookings, allocations")
    finally:
        connection.close()


def _write(database: str, crew: Crew, times: str, values: dict[str, object]) -> int:
    asked = {
        "practitioners": list(crew.practitioners),
        "rooms": list(crew.rooms),
        "location": crew.location,
        "service": crew.service,
        **values,
    }
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute("SET LOCAL synchronous_commit = off")
        cursor.execute(_BOOKINGS.replace("%%s", times), asked)
        made = cursor.rowcount
        cursor.execute(_ALLOCATIONS.replace("%%s", times), asked)
    connection.close()
    return int(made)
