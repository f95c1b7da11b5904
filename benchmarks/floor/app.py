"""Free times and bookings on Starlette and asyncpg: no holds, no catalog, no events consumed, no refusals explained.

It reads and writes the tables that booking's migrations made, exclusion constraint and outbox included.
"""

import json
import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, time, timedelta
from typing import Any

import asyncpg
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

_BUSY = """
    SELECT resource_id, lower(during) AS since, upper(during) AS until FROM allocations
    WHERE active AND resource_id = ANY($1::uuid[]) AND during && tstzrange($2, $3)
"""
_BOOK = """
    INSERT INTO bookings (
        id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids, starts_at, minutes,
        zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email, made_at
    ) VALUES ($1, gen_random_uuid(), 'confirmed', 1, 1, $2, $2, ARRAY[$3::uuid], $4, $5,
        'UTC', 85, 'EUR', 12, 50, $6, $7, $8)
"""
_ALLOCATE = """
    INSERT INTO allocations (booking_id, resource_id, during, active)
    SELECT $1, resource, tstzrange($3, $4), true FROM unnest($2::uuid[]) AS resource ORDER BY resource
"""
_TELL = """
    INSERT INTO outbox (id, name, exchange, body, occurred_at) VALUES ($1, 'booking.booked.v1', 'booking', $2, $3)
"""


async def availability(request: Request) -> Response:
    """GET: the starts in [from, to) at which a practitioner and a room are free."""
    query = request.query_params
    branch = request.app.state.branches[query["location"]]
    since, until = datetime.fromisoformat(query["from"]), datetime.fromisoformat(query["to"])
    length, step = timedelta(minutes=int(query["minutes"])), timedelta(minutes=request.app.state.grid)
    practitioners, rooms = branch["practitioners"], branch["rooms"]
    rows = await request.app.state.pool.fetch(_BUSY, practitioners + rooms, since, until + length)
    busy: dict[str, list[tuple[datetime, datetime]]] = {}
    for row in rows:
        busy.setdefault(str(row["resource_id"]), []).append((row["since"], row["until"]))

    def free(resource: str, start: datetime, end: datetime) -> bool:
        return all(end <= begin or start >= finish for begin, finish in busy.get(resource, ()))

    found = []
    day = since.date()
    while day <= until.date():
        start = datetime.combine(day, request.app.state.opens, UTC)
        closes = datetime.combine(day, request.app.state.closes, UTC)
        while start + length <= closes:
            end = start + length
            if since <= start < until:
                able = [who for who in practitioners if free(who, start, end)]
                if able and any(free(room, start, end) for room in rooms):
                    found.append({"start": start.isoformat(), "end": end.isoformat(), "practitioner_ids": able})
            start += step
        day += timedelta(days=1)
    return JSONResponse({"location_id": query["location"], "slots": found})


async def book(request: Request) -> Response:
    """POST: make a booking in one transaction, or answer 409."""
    asked: dict[str, Any] = await request.json()
    booking, now = uuid.uuid4(), datetime.now(UTC)
    start = datetime.fromisoformat(asked["start"])
    end = start + timedelta(minutes=asked["minutes"])
    told = {"booking_id": str(booking), "revision": 1, "state": "confirmed", **asked, "made_at": now.isoformat()}
    try:
        async with request.app.state.pool.acquire() as connection, connection.transaction():
            await connection.execute(
                *(_BOOK, booking, asked["location_id"], asked["practitioner_id"], start, asked["minutes"]),
                *(asked["guest"]["name"], asked["guest"]["email"], now),
            )
            await connection.execute(_ALLOCATE, booking, [asked["practitioner_id"], asked["room_id"]], start, end)
            await connection.execute(_TELL, uuid.uuid4(), json.dumps(told), now)
    except asyncpg.ExclusionViolationError:
        return JSONResponse({"code": "slot_taken"}, 409)
    return JSONResponse({"id": str(booking), "state": "confirmed", **asked}, 201)


@asynccontextmanager
async def _open(app: Starlette) -> AsyncIterator[None]:
    given = json.loads(os.environ["BENCH_FLOOR"])
    app.state.branches, app.state.grid = given["branches"], given["grid"]
    app.state.opens, app.state.closes = time.fromisoformat(given["opens"]), time.fromisoformat(given["closes"])
    async with asyncpg.create_pool(given["database"], min_size=1, max_size=16) as app.state.pool:
        yield


app = Starlette(
    routes=[Route("/availability", availability), Route("/bookings", book, methods=["POST"])], lifespan=_open
)
