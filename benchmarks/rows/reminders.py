"""Reminders that fall due all at once: how fast one sender drains them, and two, and whether any comes twice."""

from datetime import UTC, datetime, timedelta

import psycopg2

from benchmarks.bare import Pgbench
from benchmarks.costs import Costs
from benchmarks.figures import Figure, at_least, median
from benchmarks.ground import Ground
from benchmarks.load import mails
from benchmarks.mailbox import mailbox
from benchmarks.quiet import until
from benchmarks.run import Run

MAIL_BYTES = 6_000
AT_ONCE = 8
LONG = 50_000
"""From so many on each way is measured once: it takes minutes."""
SENDER = "notifications-sender"
FAR = 0.05
"""Seconds that a mail server may take for a message when it is not in the next room: most have to write it down."""
FAR_AT_MOST = 5_000
"""Reminders that go to it: they take their time."""

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
_BEATING = "SELECT count(*) FROM heartbeat WHERE process = ANY(%(names)s) AND at > %(since)s"


def reminders(run: Run) -> None:
    """Drain the same backlog with one sender and with two, in turn; beside them what the mail server takes."""
    ground, count = run.ground, run.size.reminders
    far = min(count, FAR_AT_MOST)
    with mailbox() as box:
        ways = [(senders, seconds) for senders in (1, 2) for seconds in (0.0, FAR)]
        costs = {way: Costs(ground.stack, mailbox=box.process) for way in ways}
        astray: list[int] = []

        def drained(number: int, senders: int, seconds: float) -> float:
            owed = far if seconds else count
            mark = f"r{number}s{senders}{'far' if seconds else ''}"
            box.start(mark, seconds=seconds)
            rate = _drained(run, mark, owed, senders=senders, smtp_url=box.url, costs=costs[senders, seconds])
            e_mails, recipients = box.stop()
            astray.append(abs(e_mails - owed) + abs(recipients - owed))
            return rate

        def marked(number: int) -> float:
            _stop_all(ground)
            _owe(run, f"m{number}", count)
            bench = Pgbench(ground.pgbench, ground.stack.database_urls["notifications"], ground.folder)
            return bench.claims_and_marks(clients=AT_ONCE, messages=count)

        def taken(number: int) -> float:
            mark = f"limit{number}"
            box.start(mark, seconds=0.0)
            rate = ground.driver.run(
                mails, box.host, box.port, count=count, at_once=AT_ONCE, size=MAIL_BYTES, mark=mark
            )
            box.stop()
            return rate

        measured = run.in_turn(
            at_most=2 if count < LONG else 1,
            one=lambda number: drained(number, 1, 0.0),
            two=lambda number: drained(number, 2, 0.0),
            far_one=lambda number: drained(number, 1, FAR),
            far_two=lambda number: drained(number, 2, FAR),
            server=taken,
            sql=marked,
        )
    _at_work(ground, 1)
    one, two, far_one, far_two, server, sql = (
        median(measured[name]) for name in ("one", "two", "far_one", "far_two", "server", "sql")
    )
    run.add(
        Figure(
            row="reminders-1",
            what=f"{count:,} reminders due at once, one sender",
            unit="/s",
            value=one,
            limit=server,
            limit_is=f"the mail server alone, {AT_ONCE} connections",
            rounds=tuple(measured["one"]),
            spent=costs[1, 0.0].each(),
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
            spent=costs[2, 0.0].each(),
        )
    )
    run.add(
        Figure(
            row="reminders-far",
            what=f"{far:,} reminders, two senders, and a mail server that takes {FAR * 1000:.0f} ms for each",
            unit="/s",
            value=far_two,
            limit=far_one,
            limit_is="one sender",
            target=at_least(1.5),
            rounds=tuple(measured["far_two"]),
            spent=costs[2, FAR].each(),
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


def _drained(run: Run, mark: str, count: int, *, senders: int, smtp_url: str, costs: Costs) -> float:
    """Let so many senders, at work already, find the backlog; return how many a second they sent."""
    ground, database = run.ground, run.ground.stack.database_urls["notifications"]
    _at_work(ground, senders, SLOTWELL_SMTP_URL=smtp_url)
    with costs.watched(count):
        values = _owe(run, mark, count)
        until(
            lambda: ground.query(database, _LEFT, values)[0][0] == 0,
            within=60 + count / 20,
            every=max(0.1, count / 50_000),  # the look reads them all
            expecting=f"{count} reminders to be sent",
        )
    [(sent, seconds)] = ground.query(database, _SENT, values)
    return float(str(sent)) / float(str(seconds))


def _at_work(ground: Ground, senders: int, **environment: str) -> None:
    """Start so many senders anew, and return once they work."""
    _stop_all(ground)
    database = ground.stack.database_urls["notifications"]
    [(since,)] = ground.query(database, "SELECT now()")
    names = [SENDER, f"{SENDER}.2"][:senders]
    for name in names:
        ground.stack.processes[name].start(**environment)
    until(
        lambda: ground.query(database, _BEATING, {"names": names, "since": since}) == [(senders,)],
        within=60,
        expecting="the senders to work",
    )


def _stop_all(ground: Ground) -> None:
    for name in (SENDER, f"{SENDER}.2"):
        ground.stack.processes[name].stop()


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
    for owner, sql in (("booking", _BOOKINGS), ("notifications", _OWED)):
        with psycopg2.connect(ground.stack.database_urls[owner]) as connection, connection.cursor() as cursor:
            cursor.execute(sql, values)
        connection.close()
    return values
