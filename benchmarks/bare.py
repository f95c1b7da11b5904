"""The limits: what the servers do by themselves, asked by the clients that came with them."""

import re
import shutil
import subprocess
from collections.abc import Sequence
from datetime import datetime
from itertools import count
from pathlib import Path

from launcher.problem import Problem

# The writes of a booking with one practitioner and one room, as few statements as can be.
# A counter per client keeps the times apart; the resources are the client's own.
_BOOKING = r"""
\set n :n + 1
BEGIN;
WITH made AS (
    INSERT INTO bookings (
        id, hold_id, state, revision, generation, location_id, service_id, practitioner_ids, starts_at, minutes,
        zone, price, currency, free_until_hours, fee_percent, guest_name, guest_email, made_at
    ) VALUES (
        gen_random_uuid(), gen_random_uuid(), 'confirmed', 1, 1, gen_random_uuid(), gen_random_uuid(),
        ARRAY[lpad(to_hex(:client_id::int + 1), 32, '0')::uuid], to_timestamp(2e9 + :n::float8 * 900), 15,
        'UTC', 85, 'EUR', 12, 50, 'Ana Moreau', 'ana@example.com', now()
    ) RETURNING id, starts_at, made_at
), taken AS (
    INSERT INTO allocations (booking_id, resource_id, during, active)
    SELECT id, lpad(to_hex(resource), 32, '0')::uuid, tstzrange(starts_at, starts_at + interval '15 minutes'), true
    FROM made, unnest(ARRAY[:client_id::int + 1, :client_id::int + 1001]) AS resource
)
INSERT INTO idempotency (scope, key, body_hash, booking_id, made_at)
SELECT 'book', id::text, md5(id::text), id, made_at FROM made;
INSERT INTO outbox (id, name, exchange, body, occurred_at)
VALUES (gen_random_uuid(), 'booking.booked.v1', 'booking', '%(event)s'::jsonb, now());
COMMIT;
"""
_BUSY = """
SELECT resource_id, lower(during), upper(during) FROM allocations
WHERE active AND resource_id = ANY ('{%(resources)s}'::uuid[])
  AND during && tstzrange('%(since)s', '%(until)s');
"""
# What any sender must write for one message: that it is taken, and that it was sent.
_CLAIM_AND_MARK = r"""
UPDATE messages
SET state = 'sending', lease = gen_random_uuid(), lease_until = clock_timestamp() + interval '30 seconds'
WHERE id = (
    SELECT id FROM messages
    WHERE state = 'due' AND channel = 'email' AND due_at <= now() AND not_before <= clock_timestamp()
    ORDER BY due_at LIMIT 1 FOR UPDATE SKIP LOCKED
)
RETURNING id \gset
UPDATE messages SET state = 'sent', sent_at = now(), lease = NULL, lease_until = NULL WHERE id = :id;
"""
# As long as the event of a booking is.
_EVENT = '{"event": "' + "x" * 700 + '"}'
_ROUND = count()


class Pgbench:
    """pgbench on one database."""

    def __init__(self, program: str, database: str, folder: Path) -> None:
        self._program = program
        self._database = database
        self._folder = folder

    def bookings(self, *, clients: int, transactions: int) -> float:
        """Booking transactions per second; each of `clients` makes its share of `transactions`."""
        first = next(_ROUND) * 1_000_000
        return self._rate(_BOOKING % {"event": _EVENT}, clients, transactions, "-D", f"n={first}")

    def busy(self, resources: Sequence[str], since: datetime, until: datetime, *, transactions: int) -> float:
        """Seconds that the availability query takes, one after the other."""
        asked = {"resources": ",".join(resources), "since": since.isoformat(), "until": until.isoformat()}
        return 1 / self._rate(_BUSY % asked, 1, transactions)

    def claims_and_marks(self, *, clients: int, messages: int) -> float:
        """Messages a second that are claimed and marked as sent, one by one; so many must be due."""
        return self._rate(_CLAIM_AND_MARK, clients, messages)

    def _rate(self, script: str, clients: int, transactions: int, *more: str) -> float:
        path = self._folder / "pgbench.sql"
        path.write_text(script, encoding="utf-8")
        arguments = (
            *("-n", "-M", "prepared", "-f", str(path), "-c", str(clients), "-j", str(min(clients, 2))),
            *("-t", str(max(1, transactions // clients)), *more, self._database),
        )
        return per_second(_output([self._program, *arguments]))


def per_second(text: str) -> float:
    """The rate in what pgbench prints."""
    failed = re.search(r"number of failed transactions: ([1-9]\d*)", text)
    found = re.search(r"^tps = ([\d.]+)", text, flags=re.MULTILINE)
    if found is None or failed is not None:
        raise Problem(f"pgbench says:\n{text}")
    return float(found.group(1))


def set_nx(redis_url: str, *, clients: int, commands: int) -> float:
    """Redis's SET NX with an expiry, per second."""
    program = shutil.which("redis-benchmark") or shutil.which("valkey-benchmark")
    if program is None:
        raise Problem("redis-benchmark is not installed: apt-get install redis-tools")
    asked = ("SET", "bench:__rand_int__", "1", "NX", "EX", "600")
    server = ("-s", redis_url.removeprefix("unix://"))
    text = _output([program, *server, "-q", "-n", str(commands), "-c", str(clients), "-r", "10000000", *asked])
    found = re.findall(r"([\d.]+) requests per second", text)
    if not found:
        raise Problem(f"redis-benchmark says:\n{text}")
    return float(found[-1])


def _output(command: Sequence[str]) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    if done.returncode != 0:
        raise Problem(f"{Path(command[0]).name} failed:\n{(done.stdout + done.stderr).strip()[-2000:]}")
    return done.stdout
