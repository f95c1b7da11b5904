"""Reminders that fall due all at once: how fast one sender drains them, and two, and whether any comes twice."""

from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import psycopg2

from benchmarks.bare import Pgbench
from benchmarks.costs import Costs
from benchmarks.figures import Figure, at_least, median
from benchmarks.load import mails
from benchmarks.quiet import until
from benchmarks.run import Run

MAIL_BYTES = 6_000
AT_ONCE = 8
LONG = 50_000
"""From so many on each way is measured once: it takes minutes."""
SENDER = "notifications-sender"

# Appointments of tomorrow evening: e-mail knows no quiet hours, and the reminder is of use until two hours before.
_BOOKINGS = """
    INSERT INTO bookings (
        id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids, starts_at, minutes,
        zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email, made_at
    )
    SELECT md5(%(mark)s || number)::uuid, gen_random_uuid(), 'confirmed', 1, 1, %(location)s, %(service)s,
           %(practitioners)s::uuid[], %(start)s, 60, 'UTC', 85, 'EUR', 12, 50,
           'Ana Moreau', %(mark)s || '-' || number || '@example.com', now()
    FROM generate_series(1, %(count)s) AS number
"""
_OWED = """
    INSERT INTO messages (
        booking_id, revision, rule, channel, state, start, due_at, useful_until, correlation_id, created_at
    )
    SELECT md5(%(mark)s || number)::uuid, 1, 'first_reminder', 'email', 'due', %(start)s, now(),
           %(start)s - interval '2 hours', 'bench-' || %(mark)s, now()
    FROM generate_series(1, %(count)s) AS number
"""
_LEFT = "SELECT count(*) FROM messages WHERE correlation_id = 'bench-' || %(mark)s AND state IN ('due', 'sending')"
_SENT = """
    SELECT count(*), extract(epoch FROM max(sent_at) - min(sent_at)) FROM messages
    WHERE correlation_id = 'bench-' || %(mark)s AND state = 'sent'
"""
_RECEIVED = """
    SELECT count(*), count(DISTINCT recipient) FROM demo_messages WHERE recipient LIKE %(mark)s || '-%%'
"""


def reminders(run: Run) -> None:
    """Drain the same backlog with one sender and with two, in turn; beside them what the mail server takes."""
    ground, count = run.ground, run.size.reminders
    mail = urlsplit(ground.stack.environment["SLOTWELL_SMTP_URL"])
    costs = {1: Costs(ground.stack), 2: Costs(ground.stack)}
    astray: list[int] = []

    def drained(number: int, senders: int) -> float:
        rate, wrong = _drained(run, f"r{number}s{senders}", count, senders, costs[senders])
        astray.append(wrong)
        return rate

    def marked(number: int) -> float:
        _owe(run, f"m{number}", count)
        bench = Pgbench(ground.pgbench, ground.stack.database_urls["notifications"], ground.folder)
        return bench.claims_and_marks(clients=AT_ONCE, messages=count)

    def taken(number: int) -> float:
        host, port = mail.hostname or "127.0.0.1", mail.port or 25
        return ground.driver.run(
            mails, host, port, count=count, at_once=AT_ONCE, size=MAIL_BYTES, mark=f"limit-{number}"
        )

    measured = run.in_turn(
        at_most=2 if count < LONG else 1,
        one=lambda number: drained(number, 1),
        two=lambda number: drained(number, 2),
        server=taken,
        sql=marked,
    )
    one, two, server, sql = (median(measured[name]) for name in ("one", "two", "server", "sql"))
    run.add(
        Figure(
            row="reminders-1",
            what=f"{count:,} reminders due at once, one sender",
            unit="/s",
            value=one,
            limit=server,
            limit_is=f"the mail server alone, {AT_ONCE} connections",
            rounds=tuple(measured["one"]),
            spent=costs[1].each(),
        )
    )
    run.add(
        Figure(
            row="reminders-sql",
            what="the same, against the bare claim and mark of each",
            unit="/s",
            value=one,
            limit=sql,
            limit_is=f"claim and mark by pgbench, {AT_ONCE} clients",
            rounds=tuple(measured["one"]),
        )
    )
    run.add(
        Figure(
            row="reminders-2",
            what="the same, two senders",
            unit="/s",
            value=two,
            limit=one,
            limit_is="one sender",
            target=at_least(1.2),
            rounds=tuple(measured["two"]),
            spent=costs[2].each(),
        )
    )
    run.add(
        Figure(
            row="reminders-astray",
            what="reminders that came twice or not at all, counted at the receiver",
            unit="messages",
            value=float(sum(astray)),
            must_be=0.0,
        )
    )


def _drained(run: Run, mark: str, count: int, senders: int, costs: Costs) -> tuple[float, int]:
    ground = run.ground
    urls, first = ground.stack.database_urls, ground.stack.processes[SENDER]
    values = _owe(run, mark, count)
    for process in [first, ground.stack.processes[f"{SENDER}.2"]][:senders]:
        process.start()
    with costs.watched(count):
        until(
            lambda: ground.query(urls["notifications"], _LEFT, values)[0][0] == 0,
            within=60 + count / 20,
            every=max(0.1, count / 50_000),  # the look reads them all
            expecting=f"{count} reminders to be sent",
        )
    if senders > 1:
        ground.alone(SENDER)
    [(sent, seconds)] = ground.query(urls["notifications"], _SENT, values)
    [(received, recipients)] = ground.query(urls["gateway"], _RECEIVED, values)
    wrong = abs(int(str(received)) - count) + abs(int(str(recipients)) - count)
    return float(str(sent)) / float(str(seconds)), wrong


def _owe(run: Run, mark: str, count: int) -> dict[str, object]:
    ground = run.ground
    crew = ground.crew("look-1", 1, "look")
    start = (datetime.now(UTC) + timedelta(hours=22)).replace(minute=0, second=0, microsecond=0)
    values: dict[str, object] = {
        "mark": mark,
        "count": count,
        "start": start,
        "location": crew.location,
        "service": crew.service,
        "practitioners": list(crew.practitioners),
    }
    ground.stack.processes[SENDER].stop()
    for owner, sql in (("booking", _BOOKINGS), ("notifications", _OWED)):
        with psycopg2.connect(ground.stack.database_urls[owner]) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
        connection.close()
    return values
