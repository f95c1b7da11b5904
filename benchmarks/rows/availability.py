"""Free times: one practitioner and one day, alone and with 16 clients; ten practitioners and a fortnight."""

from datetime import datetime, timedelta
from urllib.parse import urlencode

from benchmarks import clinic
from benchmarks.bare import Pgbench
from benchmarks.costs import Costs
from benchmarks.diary import Crew
from benchmarks.figures import Figure, at_least, at_most, percentile
from benchmarks.load import Request, times
from benchmarks.rounds import medians
from benchmarks.run import Run

CLIENTS = 16


def availability(run: Run) -> None:
    """Measure all three against the floor, and each search against its bare query."""
    _one_day(run)
    _at_once(run)
    _fortnight(run)


def asked(crew: Crew, since: datetime, days: int) -> tuple[Request, Request]:
    """The search as the gateway is asked, and as the floor is."""
    span = {"from": since.isoformat(), "to": (since + timedelta(days=days)).isoformat()}
    ours = urlencode({"service_id": crew.service, "location_id": crew.location, **span})
    floor = urlencode({"location": crew.location, "minutes": clinic.LOOK_MINUTES, **span})
    return Request("GET", f"/v1/availability?{ours}"), Request("GET", f"/availability?{floor}")


def p50(run: Run, url: str, request: Request, count: int) -> float:
    """Milliseconds that half of so many requests, one after the other, do not exceed."""
    took = run.ground.driver.run(times, [url], [request] * count, 1)
    return percentile(took.each, 0.5) * 1000


def select(run: Run, crew: Crew, since: datetime, days: int, count: int) -> float:
    """Milliseconds of the bare query behind the search."""
    bench = Pgbench(run.ground.pgbench, run.ground.booking, run.ground.folder)
    resources = [*crew.practitioners, *crew.rooms]
    return bench.busy(resources, since, since + timedelta(days=days), transactions=count) * 1000


def _one_day(run: Run) -> None:
    ground, count = run.ground, run.size.alone
    crew = ground.crew("look-1", 1, "look")
    ours, floor = asked(crew, run.tomorrow, 1)
    measured = run.in_turn(
        ours=lambda _: p50(run, ground.urls[0], ours, count),
        floor=lambda _: p50(run, ground.floor_url, floor, count),
        select=lambda _: select(run, crew, run.tomorrow, 1, count * 4),
    )
    middle = medians(measured)
    run.add(
        Figure(
            row="availability-alone",
            what="availability, 1 practitioner, 1 day, p50 alone",
            unit="ms",
            value=middle["ours"],
            limit=middle["floor"],
            limit_is="floor",
            target=at_most(2),
            rounds=tuple(measured["ours"]),
            note=f"bare SELECT {middle['select']:.2f} ms",
        )
    )


def _at_once(run: Run) -> None:
    ground, count = run.ground, run.size.together
    ours, floor = asked(ground.crew("look-1", 1, "look"), run.tomorrow, 1)
    costs = Costs(ground.stack)

    def us(_: int) -> float:
        with costs.watched(count):
            return ground.driver.run(times, ground.urls, [ours] * count, CLIENTS).rate

    measured = run.in_turn(
        ours=us,
        floor=lambda _: ground.driver.run(times, [ground.floor_url], [floor] * count, CLIENTS).rate,
    )
    middle = medians(measured)
    run.add(
        Figure(
            row="availability-16",
            what="the same, 16 clients",
            unit="/s",
            value=middle["ours"],
            limit=middle["floor"],
            limit_is="floor",
            target=at_least(0.8),
            rounds=tuple(measured["ours"]),
            spent=costs.each(),
        )
    )


def _fortnight(run: Run) -> None:
    ground, count = run.ground, run.size.wide
    crew = ground.crew("look-10", 10, "look")
    ours, floor = asked(crew, run.tomorrow, 14)
    measured = run.in_turn(
        ours=lambda _: p50(run, ground.urls[0], ours, count),
        floor=lambda _: p50(run, ground.floor_url, floor, count),
        select=lambda _: select(run, crew, run.tomorrow, 14, count * 10),
    )
    middle = medians(measured)
    for limit_is, target in (("floor", at_most(1)), ("select", at_most(10))):
        run.add(
            Figure(
                row=f"availability-10x14-{limit_is}",
                what="availability, 10 practitioners × 14 days, one request, p50 alone",
                unit="ms",
                value=middle["ours"],
                limit=middle[limit_is],
                limit_is="floor" if limit_is == "floor" else "bare SELECT",
                target=target,
                rounds=tuple(measured["ours"]),
            )
        )
