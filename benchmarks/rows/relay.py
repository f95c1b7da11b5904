"""The relay: how fast it empties an outbox, against what the broker confirms and against what bookings are made."""

from benchmarks.figures import Figure, at_least, median
from benchmarks.load import confirms
from benchmarks.quiet import until, wait_quiet
from benchmarks.rounds import medians
from benchmarks.rows.booking import CLIENTS, hold_and_book
from benchmarks.run import Run

IN_FLIGHT = 64

# The events of bookings that were told already, under new ids: receivers find nothing newer in them.
_OWE = """
    WITH told AS (SELECT body, row_number() OVER () AS number FROM (SELECT body FROM outbox LIMIT %(count)s) AS latest),
    fresh AS (
        SELECT gen_random_uuid() AS id, body FROM generate_series(1, %(count)s) AS wanted
        JOIN told ON told.number = 1 + (wanted %% (SELECT count(*) FROM told))
    )
    INSERT INTO outbox (id, name, exchange, body, occurred_at)
    SELECT id, 'booking.booked.v1', 'booking', jsonb_set(body, '{id}', to_jsonb(id)), %(mark)s::timestamptz FROM fresh
"""
_LEFT = "SELECT count(*) FROM outbox WHERE published_at IS NULL"
# From the first batch's mark to the last one's: the first batch is not counted, its beginning is not known.
_RATE = """
    WITH batches AS (
        SELECT published_at, count(*) AS events FROM outbox WHERE occurred_at = %(mark)s::timestamptz GROUP BY 1
    )
    SELECT sum(events) FILTER (WHERE published_at > first) / extract(epoch FROM max(published_at) - min(first))
    FROM batches, LATERAL (SELECT min(published_at) AS first FROM batches) AS beginning
"""


def relay(run: Run) -> None:
    """Leave the relay a backlog each round, with notifications taking in what it tells."""
    ground, events = run.ground, run.size.events
    amqp_url = ground.stack.environment["SLOTWELL_AMQP_URL"]
    hold_and_book(run, 100, CLIENTS)
    size = int(str(ground.query(ground.booking, "SELECT avg(length(body::text))::int FROM outbox")[0][0]))
    bookings: list[float] = []

    def ours(number: int) -> float:
        _, booked = hold_and_book(run, 200, CLIENTS)
        bookings.append(booked.rate)
        wait_quiet(ground.stack)
        return _drain(run, number, events)

    measured = run.in_turn(
        at_most=3,
        ours=ours,
        many=lambda _: ground.driver.run(confirms, amqp_url, events, IN_FLIGHT, size),
        one=lambda _: ground.driver.run(confirms, amqp_url, events // 10, 1, size),
    )
    middle = medians(measured)
    run.add(
        Figure(
            row="relay-bookings",
            what="events the relay tells, against bookings made by 16 clients",
            unit="/s",
            value=middle["ours"],
            limit=median(bookings),
            limit_is="bookings",
            target=at_least(1),
            rounds=tuple(measured["ours"]),
        )
    )
    run.add(
        Figure(
            row="relay-confirms",
            what="the same, against what RabbitMQ confirms",
            unit="/s",
            value=middle["ours"],
            limit=middle["many"],
            limit_is=f"confirms, {IN_FLIGHT} in flight",
            rounds=tuple(measured["ours"]),
            note=f"one at a time {middle['one']:,.0f}/s",
        )
    )


def _drain(run: Run, number: int, events: int) -> float:
    ground = run.ground
    relay = ground.stack.processes["booking-relay"]
    relay.stop()
    mark = {"mark": f"2020-01-01 00:00:00.{number:03d}+00", "count": events}
    ground.query(ground.booking, _OWE, mark)
    relay.start()
    until(lambda: ground.query(ground.booking, _LEFT)[0][0] == 0, within=120, expecting="the relay to tell all")
    wait_quiet(ground.stack)
    return float(str(ground.query(ground.booking, _RATE, mark)[0][0]))
