"""A booking that is made: the POST that answers with it, of a slot that is held; and the hold before it."""

import json
from contextlib import nullcontext
from typing import Any

from benchmarks import clinic
from benchmarks.bare import Pgbench, set_nx
from benchmarks.clinic import Place
from benchmarks.costs import Costs
from benchmarks.figures import Figure, at_least, at_most, percentile
from benchmarks.load import Request, Took, ask, times
from benchmarks.quiet import wait_quiet
from benchmarks.rounds import medians
from benchmarks.run import Run

CLIENTS = 16
GUEST = {"name": "Ana Moreau", "email": "ana@example.com"}


def booking(run: Run) -> None:
    """Measure holds and bookings, alone and with 16 clients, against the floor, the database and Redis."""
    _alone(run)
    _at_once(run)


def hold_and_book(run: Run, count: int, clients: int, costs: Costs | None = None) -> tuple[Took, Took]:
    """Hold so many slots and book them; return how long the holds took, and how long the bookings.

    `costs` take in what the bookings cost and all that they cause, until the stack is quiet again.
    """
    ground = run.ground
    held, answers = ground.driver.run(ask, ground.urls, [_hold(run, next(run.places)) for _ in range(count)], clients)
    wanted = [_book(json.loads(answer)) for answer in answers]
    with costs.watched(count) if costs else nullcontext():
        booked = ground.driver.run(times, ground.urls, wanted, clients)
        if costs:
            wait_quiet(ground.stack)
    return held, booked


def floor_books(run: Run, count: int, clients: int) -> Took:
    """Let the floor make so many bookings."""
    asked = [_plain(run, next(run.places)) for _ in range(count)]
    return run.ground.driver.run(times, [run.ground.floor_url], asked, clients)


def database_books(run: Run, count: int, clients: int) -> float:
    """Bookings per second that the database itself writes."""
    bench = Pgbench(run.ground.pgbench, run.ground.limits, run.ground.folder)
    return bench.bookings(clients=clients, transactions=count)


def _alone(run: Run) -> None:
    count = max(20, run.size.alone // 2)
    holds: list[float] = []

    def ours(_: int) -> float:
        held, booked = hold_and_book(run, count, 1)
        wait_quiet(run.ground.stack)
        holds.append(percentile(held.each, 0.5) * 1000)
        return percentile(booked.each, 0.5) * 1000

    measured = run.in_turn(
        ours=ours,
        floor=lambda _: percentile(floor_books(run, count, 1).each, 0.5) * 1000,
        database=lambda _: 1000 / database_books(run, count * 4, 1),
    )
    middle = medians(measured)
    run.add(
        Figure(
            row="create-alone",
            what="create a booking, p50 alone",
            unit="ms",
            value=middle["ours"],
            limit=middle["floor"],
            limit_is="floor",
            target=at_most(4),
            rounds=tuple(measured["ours"]),
            note=f"the database's own transaction {middle['database']:.2f} ms",
        )
    )
    run.add(
        Figure(row="hold-alone", what="hold a slot, p50 alone", unit="ms", value=medians({"": holds})[""],
               rounds=tuple(holds))
    )  # fmt: skip


def _at_once(run: Run) -> None:
    count = max(100, run.size.together // 2)
    costs = Costs(run.ground.stack)
    redis = run.ground.stack.environment["SLOTWELL_REDIS_URL"]
    holds: list[float] = []

    def ours(_: int) -> float:
        held, booked = hold_and_book(run, count, CLIENTS, costs)
        holds.append(held.rate)
        return booked.rate

    measured = run.in_turn(
        ours=ours,
        floor=lambda _: floor_books(run, count, CLIENTS).rate,
        database=lambda _: database_books(run, count * 8, CLIENTS),
        redis=lambda _: set_nx(redis, clients=CLIENTS, commands=count * 50),
    )
    middle = medians(measured)
    run.add(
        Figure(
            row="create-16",
            what="create a booking, 16 clients",
            unit="/s",
            value=middle["ours"],
            limit=middle["database"],
            limit_is="the database's own transaction, 16 clients",
            target=at_least(0.25),
            rounds=tuple(measured["ours"]),
            note=f"floor {middle['floor']:,.0f}/s",
            spent=costs.each(),
        )
    )
    run.add(
        Figure(
            row="hold-16",
            what="hold a slot, 16 clients",
            unit="/s",
            value=medians({"": holds})[""],
            limit=middle["redis"],
            limit_is="Redis SET NX, 16 clients",
            rounds=tuple(holds),
        )
    )


def _hold(run: Run, place: Place) -> Request:
    crew = run.ground.crew(f"busy-{place.branch}", clinic.BUSY_PRACTITIONERS, "busy")
    body = {
        "location_id": crew.location,
        "service_id": crew.service,
        "start": place.start.isoformat(),
        "duration_minutes": clinic.BUSY_MINUTES,
    }
    return Request("POST", "/v1/holds", body, 201)


def _book(hold: Any) -> Request:
    return Request("POST", "/v1/bookings", {"hold_id": hold["id"], "hold_token": hold["token"], "guest": GUEST}, 201)


def _plain(run: Run, place: Place) -> Request:
    crew = run.ground.crew(f"busy-{place.branch}", clinic.BUSY_PRACTITIONERS, "busy")
    body = {
        "location_id": crew.location,
        "practitioner_id": crew.practitioners[place.practitioner],
        "room_id": crew.rooms[place.practitioner],
        "start": place.start.isoformat(),
        "minutes": clinic.BUSY_MINUTES,
        "guest": GUEST,
    }
    return Request("POST", "/bookings", body, 201)
