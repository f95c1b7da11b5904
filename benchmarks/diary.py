"""Appointments written straight into the tables: what is in the diary before anybody asks."""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg2

# The same booking for the same practitioner and start, so that two statements agree without talking to each other.
_ID = "md5(who.practitioner::text || at::text)::uuid"
_WHO = "unnest(%(practitioners)s::uuid[], %(rooms)s::uuid[]) WITH ORDINALITY AS who (practitioner, room, number)"

_UPCOMING = """
    SELECT date_trunc('day', now()) + day * interval '1 day' + interval '9 hours'
           + half * interval '135 minutes' + (who.number %% 4) * interval '15 minutes'
    FROM generate_series(0, %(days)s) AS day, generate_series(0, 3) AS half
"""
_BOOKINGS = f"""
    INSERT INTO bookings (
        id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids, starts_at, minutes,
        zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email, made_at
    )
    SELECT {_ID}, gen_random_uuid(), 'confirmed', 1, 1, %(location)s, %(service)s, ARRAY[who.practitioner], at, 60,
           'UTC', 85, 'EUR', 12, 50, 'Ana Moreau', 'ana@example.com', now() - interval '1 day'
    FROM {_WHO}, LATERAL ({_UPCOMING}) AS times (at)
"""  # noqa: S608 - our own text
_ALLOCATIONS = f"""
    INSERT INTO allocations (booking_id, resource_id, during, active)
    SELECT {_ID}, resource, tstzrange(at, at + interval '1 hour'), true
    FROM {_WHO}, LATERAL ({_UPCOMING}) AS times (at), unnest(ARRAY[who.practitioner, who.room]) AS resource
    ORDER BY at, resource
"""  # noqa: S608
# An hour each, back to back until today begins, written in the order of time as a diary is. Only what the search reads:
# the bookings that they belong to are left out.
_PAST = """
    INSERT INTO {table} (booking_id, resource_id, during, active)
    SELECT gen_random_uuid(), resource, tstzrange(at, at + interval '1 hour'), true
    FROM generate_series(1, %(each)s) AS hour, LATERAL (
        SELECT date_trunc('day', now()) - (%(each)s + 1 - hour) * interval '1 hour'
    ) AS times (at), unnest(%(resources)s::uuid[]) AS resource
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
    asked = {
        "practitioners": list(crew.practitioners),
        "rooms": list(crew.rooms),
        "location": crew.location,
        "service": crew.service,
        "days": days,
    }
    with psycopg2.connect(database) as connection, connection.cursor() as cursor:
        cursor.execute(_BOOKINGS, asked)
        made = cursor.rowcount
        cursor.execute(_ALLOCATIONS, asked)
    connection.close()
    return int(made)


def look_back(database: str, table: str, resources: Sequence[str], *, each: int) -> None:
    """Make `table` a copy of the allocations, to which each resource's past adds so many hours."""
    _do(database, f"CREATE TABLE {table} (LIKE allocations INCLUDING ALL)")
    past = _PAST.format(table=table)
    # An index over two million ranges takes its time: a connection for each core that one may expect.
    halves = (resources[::2], resources[1::2])
    with ThreadPoolExecutor(len(halves)) as pool:
        list(pool.map(lambda half: _do(database, past, {"each": each, "resources": list(half)}), halves))
    copied = f"INSERT INTO {table} (booking_id, resource_id, during, active)"
    _do(database, f"{copied} SELECT booking_id, resource_id, during, active FROM allocations")  # noqa: S608
    settle(database, table)


@contextmanager
def in_place_of_allocations(database: str, table: str) -> Iterator[None]:
    """Within the block, `table` is what everybody finds under the name of the allocations."""
    _rename(database, ("allocations", "allocations_aside"), (table, "allocations"))
    try:
        yield
    finally:
        _rename(database, ("allocations", table), ("allocations_aside", "allocations"))


def settle(database: str, *tables: str) -> None:
    """Let the database tidy up and look at the tables now, and not in the middle of a measurement."""
    connection = psycopg2.connect(database)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"VACUUM ANALYZE {', '.join(tables)}")
    finally:
        connection.close()


def _rename(database: str, *names: tuple[str, str]) -> None:
    _do(database, "; ".join(f"ALTER TABLE {old} RENAME TO {new}" for old, new in names))


def _do(database: str, sql: str, values: Mapping[str, object] | None = None) -> None:
    """Run it as one transaction that need not outlive a crash."""
    connection = psycopg2.connect(database)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute("SET LOCAL synchronous_commit = off")
            cursor.execute(sql, values)
    finally:
        connection.close()
