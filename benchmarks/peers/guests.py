"""Guests of either side: a booking in the two requests that each of them needs, and the race for one slot."""

import asyncio
import time
import uuid
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from benchmarks.load import Took
from benchmarks.wire import Answer, Connection, Form, Unexpected, connected

MOST_TRIES = 50


@dataclass(frozen=True, slots=True)
class Ours:
    """Where ours is booked."""

    url: str
    location: str
    service: str
    practitioner: str | None
    minutes: int


@dataclass(frozen=True, slots=True)
class Theirs:
    """Where django-appointment is booked, and the sessions of its guests."""

    url: str
    service: int
    therapist: int
    sessions: tuple[str, ...]


async def book_all(side: Ours | Theirs, starts: Sequence[datetime], clients: int) -> Took:
    """Book every start once, shared among the clients; raises Unexpected when one is refused."""
    left = iter(starts)
    each: list[float] = []

    async def guest(connection: Connection, number: int) -> None:
        for start in left:
            began = time.perf_counter()
            if not await _books(side)(connection, number, start):
                raise Unexpected(f"{start} was refused")
            each.append(time.perf_counter() - began)

    began = time.perf_counter()
    await _at_once(side.url, clients, guest)
    return Took(each, time.perf_counter() - began)


async def race(side: Ours | Theirs, starts: Sequence[datetime], clients: int) -> list[int]:
    """Let every client try every start, and return how many were told that each start is theirs."""
    won = [0] * len(starts)

    async def guest(connection: Connection, number: int) -> None:
        first = number % 5 * len(starts) // 5
        for step in range(len(starts)):
            index = (first + step) % len(starts)
            mine = await _books(side)(connection, number, starts[index])
            won[index] += mine

    await _at_once(side.url, clients, guest)
    return won


async def _at_once(url: str, clients: int, guest: Callable[[Connection, int], Coroutine[Any, Any, None]]) -> None:
    connections = [await connected(url) for _ in range(clients)]
    try:
        async with asyncio.TaskGroup() as group:
            for number, connection in enumerate(connections):
                group.create_task(guest(connection, number))
    except ExceptionGroup as failures:
        raise failures.exceptions[0] from None
    finally:
        for connection in connections:
            connection.close()


def _books(side: Ours | Theirs) -> Callable[[Connection, int, datetime], Coroutine[Any, Any, bool]]:
    async def ours(connection: Connection, number: int, start: datetime) -> bool:
        assert isinstance(side, Ours)  # noqa: S101 - chosen below
        wish: dict[str, Any] = {
            "location_id": side.location,
            "service_id": side.service,
            "start": start.isoformat(),
            "duration_minutes": side.minutes,
        }
        if side.practitioner is not None:
            wish["practitioner_id"] = side.practitioner
        held = await _patiently(connection, "/v1/holds", wish)
        if held.status == 409:
            return False
        hold = _expected(held, 201).json()
        guest = {"name": "Ana Moreau", "email": f"guest{number}@example.com"}
        body = {"hold_id": hold["id"], "hold_token": hold["token"], "guest": guest}
        booked = await _patiently(connection, "/v1/bookings", body)
        return booked.status != 409 and _expected(booked, 201).status == 201

    async def theirs(connection: Connection, number: int, start: datetime) -> bool:
        assert isinstance(side, Theirs)  # noqa: S101 - chosen below
        cookie = {"Cookie": f"sessionid={side.sessions[number % len(side.sessions)]}"}
        end = start + timedelta(hours=1)
        wish = {
            "date": f"{start:%Y-%m-%d}",
            "start_time": f"{start:%H:%M}",
            "end_time": f"{end:%H:%M}",
            "service": str(side.service),
            "staff_member": str(side.therapist),
        }
        asked, _ = await connection.ask("POST", "/request-submit/", Form(wish), cookie)
        details = {
            "name": "Ana Moreau",
            "email": f"guest{number}@example.com",
            "phone_0": "FR",
            "phone_1": "01 99 00 10 10",
            "payment_type": "full",
            "address": "1 rue du Banc",
            "additional_info": "",
        }
        where = _expected(asked, 302).header("location")
        booked, _ = await connection.ask("POST", where, Form(details), cookie)
        return "thank-you" in _expected(booked, 302).header("location")

    return ours if isinstance(side, Ours) else theirs


async def _patiently(connection: Connection, path: str, body: Any) -> Answer:
    """Ask again what was answered 503, as that answer says: the key stays the same."""
    headers = {"Idempotency-Key": f"peer-{uuid.uuid4().hex}"}
    for _ in range(MOST_TRIES):
        answer, _ = await connection.ask("POST", path, body, headers)
        if answer.status != 503:
            break
    return answer


def _expected(answer: Answer, status: int) -> Answer:
    if answer.status != status:
        raise Unexpected(f"{answer.status} where {status} was expected: {answer.body[:400]!r}")
    return answer
