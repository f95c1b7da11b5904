"""One process and two of what scales: bookings made and searches answered."""

from benchmarks.costs import Costs
from benchmarks.figures import Figure, median
from benchmarks.load import times
from benchmarks.quiet import wait_quiet
from benchmarks.rows.availability import asked
from benchmarks.rows.booking import hold_and_book
from benchmarks.run import Run

CLIENTS = 32
WAYS = {"one of each": (), "two bookings": ("booking",), "two bookings, two gateways": ("booking", "gateway")}


def scaling(run: Run) -> None:
    """Measure with one process of each, with two bookings, and with two gateways as well."""
    ground = run.ground
    search, _ = asked(ground.crew("look-1", 1, "look"), run.tomorrow, 1)
    made: dict[str, list[float]] = {way: [] for way in WAYS}
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    searches, bookings = run.size.together, run.size.together // 2
    spent = {what: {way: Costs(ground.stack) for way in WAYS} for what in ("searches", "bookings")}
    for _ in range(min(3, run.size.rounds)):
        for way, doubled in WAYS.items():
            for name in doubled:
                ground.second(name)
            # A process that has just started pays once for what it will not pay again.
            ground.driver.run(times, ground.urls, [search] * CLIENTS * 4, CLIENTS)
            hold_and_book(run, CLIENTS * 2, CLIENTS)
            wait_quiet(ground.stack)
            with spent["searches"][way].watched(searches):
                found[way].append(ground.driver.run(times, ground.urls, [search] * searches, CLIENTS).rate)
            made[way].append(hold_and_book(run, bookings, CLIENTS, spent["bookings"][way])[1].rate)
            wait_quiet(ground.stack)
            for name in doubled:
                ground.alone(name)
    for what, rates in (("searches", found), ("bookings", made)):
        for way in list(WAYS)[1:]:
            run.add(
                Figure(
                    row=f"scaling-{what}",
                    what=f"{what}, {CLIENTS} clients, {way}",
                    unit="/s",
                    value=median(rates[way]),
                    limit=median(rates["one of each"]),
                    limit_is="one of each",
                    rounds=tuple(rates[way]),
                    spent=spent[what][way].each(),
                )
            )
