"""`python -m benchmarks.peers`: the same work for a peer and for us, side by side."""

import os
import shutil
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from tempfile import mkdtemp

from launcher.options import ROOT
from launcher.prerequisites import provide
from launcher.problem import Problem, say_and_exit
from servers import ServerFailed

from benchmarks import clinic, results
from benchmarks.figures import Figure, percentile
from benchmarks.ground import Ground
from benchmarks.load import Request, times
from benchmarks.peers.django_appointment import DjangoAppointment
from benchmarks.peers.guests import Ours, Theirs, book_all, race
from benchmarks.quiet import wait_quiet
from benchmarks.rounds import medians
from benchmarks.rows.availability import asked
from benchmarks.run import FULL, KEPT, QUICK, Run
from benchmarks.table import number, text
from benchmarks.wire import Unexpected

CLIENTS = 16
RACERS, RACED = 50, 20
RESULTS = KEPT / "peers.json"

_OURS = """
    SELECT count(*) FROM bookings
    WHERE state = 'confirmed' AND starts_at = %(start)s AND %(who)s = ANY (practitioner_ids::text[])
"""
_THEIRS = """
    SELECT count(*) FROM appointment_appointment AS made
    JOIN appointment_appointmentrequest AS wish ON wish.id = made.appointment_request_id
    WHERE wish.date + wish.start_time = %(start)s AT TIME ZONE 'UTC'
"""


def main() -> None:
    """Measure and print; exits with 1 and one clear line when it can't."""
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(mkdtemp(prefix="slotwell-peers-"))
    quick = "--quick" in sys.argv[1:]
    run = Run(ground=Ground(folder), size=QUICK if quick else FULL)
    try:
        provide()
        _compare(run)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
    except (Problem, ServerFailed, Unexpected) as problem:
        say_and_exit(problem)
    finally:
        run.ground.close()
        shutil.rmtree(folder, ignore_errors=True)
    sys.stdout.write(f"\n{text(run.figures)}\n")
    results.keep(RESULTS, run.figures, quick=quick, rows=["peers"])


def _compare(run: Run) -> None:
    ground = run.ground
    run.say("starting ours")
    ground.start()
    if ground.stack.postgres is None:
        raise Problem("The stack has no PostgreSQL of its own.")
    peer = DjangoAppointment(ground.stack.postgres)
    try:
        run.say("starting django-appointment")
        peer.start(ground.driver, guests=RACERS, day=run.tomorrow.date())
        _measure(run, peer)
    finally:
        peer.close()


def _measure(run: Run, peer: DjangoAppointment) -> None:
    ground, size = run.ground, run.size
    name = f"django-appointment {peer.version}"
    search, _ = asked(ground.crew("look-1", 1, "look"), run.tomorrow, 1)
    slots = peer.slots(run.tomorrow.date())
    crew = ground.crew("busy-0", clinic.BUSY_PRACTITIONERS, "busy")
    ours = Ours(ground.urls[0], crew.location, crew.service, None, clinic.BUSY_MINUTES)
    theirs = Theirs(peer.url, peer.service, peer.therapist, tuple(peer.sessions))
    our_starts, their_starts = _ours_starts(run.tomorrow.date()), _their_starts(run.tomorrow.date())

    def p50(url: str, request: Request) -> float:
        return percentile(ground.driver.run(times, [url], [request] * size.alone, 1).each, 0.5) * 1000

    def rate(url: str, request: Request) -> float:
        return ground.driver.run(times, [url], [request] * (size.together // 2), CLIENTS).rate

    def booked(side: Ours | Theirs, starts: Iterator[datetime], count: int, clients: int) -> list[float]:
        took = ground.driver.run(book_all, side, [next(starts) for _ in range(count)], clients)
        wait_quiet(ground.stack)
        return [percentile(took.each, 0.5) * 1000, took.rate]

    alone, together = max(20, size.alone // 4), max(96, size.together // 4)
    work: list[tuple[str, str, Callable[[int], float], Callable[[int], float]]] = [
        ("one day's slots, p50 alone", "ms", lambda _: p50(ground.urls[0], search), lambda _: p50(peer.url, slots)),
        ("the same, 16 clients", "/s", lambda _: rate(ground.urls[0], search), lambda _: rate(peer.url, slots)),
        (
            "a booking in two requests, p50 alone", "ms",
            lambda _: booked(ours, our_starts, alone, 1)[0], lambda _: booked(theirs, their_starts, alone, 1)[0],
        ),
        (
            "the same, 16 clients", "/s",
            lambda _: booked(ours, our_starts, together, CLIENTS)[1],
            lambda _: booked(theirs, their_starts, together, CLIENTS)[1],
        ),
    ]  # fmt: skip
    for what, unit, us, them in work:
        measured = run.in_turn(at_most=5, ours=us, theirs=them)
        middle = medians(measured)
        run.add(
            Figure(row="peers", what=what, unit=unit, value=middle["ours"], limit=middle["theirs"], limit_is=name,
                   rounds=tuple(measured["ours"]))
        )  # fmt: skip
    _race(run, peer, theirs, name)


def _race(run: Run, peer: DjangoAppointment, theirs: Theirs, name: str) -> None:
    """Fifty clients for each of twenty times of one practitioner."""
    ground = run.ground
    crew = ground.crew("look-1", 1, "look")
    ours = Ours(ground.urls[0], crew.location, crew.service, crew.practitioners[0], clinic.LOOK_MINUTES)
    begin = datetime.combine(run.tomorrow.date() + timedelta(days=40), time(9), run.tomorrow.tzinfo)
    starts = [begin + timedelta(days=index // 5, hours=index % 5 * 2 - index % 5 // 4) for index in range(RACED)]
    run.say(f"{RACERS} clients for each of {RACED} times: ours")
    told = ground.driver.run(race, ours, starts, RACERS)
    won = _stood(run, ground.booking, _OURS, starts, who=crew.practitioners[0])
    run.say(f"told so {told}, stood {won}")
    run.say(f"{RACERS} clients for each of {RACED} times: {name}")
    told = ground.driver.run(race, theirs, starts, RACERS)
    lost = _stood(run, peer.database, _THEIRS, starts)
    run.say(f"told so {told}, stood {lost}")
    run.add(
        Figure(row="peers-race", what=f"bookings that stood in the most booked slot, {RACERS} clients × {RACED} slots",
               unit="bookings", value=float(max(won)), limit=float(max(lost)), limit_is=name, must_be=1.0,
               note=f"in the least booked {number(min(won))}, theirs {number(min(lost))}")
    )  # fmt: skip


def _stood(run: Run, database: str, sql: str, starts: Sequence[datetime], **more: object) -> list[int]:
    """How many bookings stand at each start, by the database's own account."""
    return [int(str(run.ground.query(database, sql, {"start": start, **more})[0][0])) for start in starts]


def _ours_starts(today: date) -> Iterator[datetime]:
    return (place.start for place in clinic.places(today) if place.branch == 0)


def _their_starts(today: date) -> Iterator[datetime]:
    begin = datetime.combine(today + timedelta(days=100), time(9))
    for day in range(10_000):
        for hour in range(8):
            yield begin + timedelta(days=day, hours=hour)


if __name__ == "__main__":
    main()
