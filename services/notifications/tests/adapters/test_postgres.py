"""What only the real database can show: senders racing, schemas agreeing, connections lost."""

import asyncio
from collections import Counter
from datetime import timedelta
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from notifications.adapters.pool import CHANNEL, listen, open_pool
from notifications.adapters.postgres_due import _CLAIM, _TAKE_BACK, PostgresDue
from notifications.adapters.tables import metadata
from notifications.application.ports import LedgerAway
from notifications.domain.values import Channel, State
from notifications.migrate import migrate
from sqlalchemy import Engine, text
from sqlalchemy.exc import IntegrityError

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.made import BOOKING, MADE_AT, cancelled, change

MESSAGES = 400


def fill(engine: Engine, count: int) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                """
                INSERT INTO messages (booking_id, revision, rule, channel, state, start, due_at, useful_until,
                                      correlation_id, created_at)
                SELECT gen_random_uuid(), 1, 'confirmation', 'email', 'due', :now, :now, :now, 'c', :now
                FROM generate_series(1, :count)
                """
            ),
            {"now": MADE_AT, "count": count},
        )


@pytest.mark.anyio
async def test_of_racing_senders_each_message_goes_to_exactly_one(engine: Engine, pool: Any) -> None:
    fill(engine, MESSAGES)
    sent: list[str] = []

    async def sender(number: int) -> int:
        due, mine = PostgresDue(pool), 0
        while claimed := await due.claim(Channel.EMAIL, now=MADE_AT, limit=7):
            for message in claimed:
                if await due.hand_over(message):
                    sent.append(str(message.key))
                    await due.settle(message, State.SENT, now=MADE_AT)
                    mine += 1
        return mine

    shares = await asyncio.gather(*(sender(number) for number in range(6)))
    assert len(sent) == MESSAGES
    assert Counter(sent).most_common(1)[0][1] == 1
    assert min(shares) > 0


@pytest.mark.anyio
async def test_senders_whose_leases_keep_ending_still_hand_nothing_over_twice(engine: Engine, pool: Any) -> None:
    fill(engine, 60)
    handed: list[str] = []

    async def sender() -> None:
        due = PostgresDue(pool, lease=timedelta(milliseconds=15))
        for _ in range(40):
            for message in await due.claim(Channel.EMAIL, now=MADE_AT, limit=10):
                if message.unknown == 0 and await due.hand_over(message):
                    handed.append(str(message.key))
                    await due.settle(message, State.SENT, now=MADE_AT)

    await asyncio.gather(*(sender() for _ in range(5)))
    assert handed
    assert Counter(handed).most_common(1)[0][1] == 1


@pytest.mark.anyio
async def test_planners_of_one_booking_take_turns(engine: Engine, kept_in_postgres: Kept) -> None:
    changes = [change(), cancelled(), change(), cancelled()] * 3
    await asyncio.gather(*(asyncio.to_thread(kept_in_postgres.hear, which) for which in changes))
    due = {(e.key.revision, e.key.rule) for e in kept_in_postgres.entries(BOOKING) if e.state is State.DUE}
    assert due == {(2, "cancellation")}


def test_the_migrations_make_the_tables_that_the_code_uses(engine: Engine) -> None:
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, metadata)
    ours = [d for d in differences if "heartbeat" not in repr(d) and "alembic_version" not in repr(d)]
    assert ours == []


def test_migrating_twice_does_nothing_the_second_time(database_url: str, engine: Engine) -> None:
    migrate(database_url)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalars().all() == ["0014"]


@pytest.mark.parametrize(
    "wrong",
    [
        "state = 'posted'",
        "channel = 'pigeon'",
        "state = 'skipped', reason = NULL",
        "state = 'sent'",
        "state = 'sending'",
        "lease = gen_random_uuid()",
    ],
)
def test_the_database_itself_refuses_a_row_that_makes_no_sense(engine: Engine, wrong: str) -> None:
    fill(engine, 1)
    with pytest.raises(IntegrityError), engine.begin() as connection:
        connection.execute(text(f"UPDATE messages SET {wrong}"))  # noqa: S608  (ours)


@pytest.mark.parametrize("places", [1, 20])
@pytest.mark.parametrize("done", ["id % 100 > 0", "id % 2 = 0", "false"])
def test_a_claim_reads_indexes_whether_little_of_the_ledger_is_due_or_all(
    engine: Engine, done: str, places: int
) -> None:
    fill(engine, 5000)
    with engine.begin() as connection:
        connection.execute(text(f"UPDATE messages SET location_id = md5((id % {places})::text)::uuid"))  # noqa: S608
        connection.execute(text(f"UPDATE messages SET state = 'sent', sent_at = due_at WHERE {done}"))  # noqa: S608
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        run = connection.exec_driver_sql
        run("VACUUM ANALYZE messages")
        run(f"PREPARE take_back AS {_TAKE_BACK}")
        run(f"PREPARE claim AS {_CLAIM}")
        for mode in ("force_custom_plan", "force_generic_plan"):
            run(f"SET plan_cache_mode = {mode}")
            for asked in (
                "take_back('email', 64)",
                f"claim('email', '{MADE_AT.isoformat()}', 64, gen_random_uuid(), '30 s')",
            ):
                plan = "\n".join(run(f"EXPLAIN EXECUTE {asked}").scalars())
                assert "Seq Scan on messages" not in plan, plan
                assert "using messages_due " not in plan, plan  # which does not know one location from another


@pytest.mark.anyio
async def test_ended_leases_are_taken_back_in_the_middle_of_a_drain(engine: Engine, pool: Any) -> None:
    fill(engine, 10)
    due = PostgresDue(pool, take_back_every=timedelta(seconds=0.2))
    (lost,) = await due.claim(Channel.EMAIL, now=MADE_AT, limit=1)
    await pool.execute(
        "UPDATE messages SET lease_until = clock_timestamp() - interval '1 s', due_at = due_at - interval '1 h'"
        " WHERE lease IS NOT NULL"
    )
    for _ in range(9):
        (message,) = await due.claim(Channel.EMAIL, now=MADE_AT, limit=1)
        if message.key == lost.key:
            break
        await asyncio.sleep(0.05)
    else:
        pytest.fail("nobody took it back")


@pytest.mark.anyio
async def test_a_notification_is_heard_and_a_lost_connection_comes_back(database_url: str, pool: Any) -> None:
    heard = asyncio.Event()
    task = asyncio.create_task(listen(database_url, heard.set))
    try:
        for lose in (True, False):
            await asyncio.wait_for(heard.wait(), 10)  # once at each (re)start: something may have been missed
            heard.clear()
            await pool.execute(f"NOTIFY {CHANNEL}")
            await asyncio.wait_for(heard.wait(), 10)
            heard.clear()
            if lose:
                await pool.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                    "WHERE datname = current_database() AND query LIKE 'LISTEN%'"
                )
    finally:
        task.cancel()


@pytest.mark.anyio
async def test_a_database_that_is_not_there_is_a_ledger_that_is_away() -> None:
    async with open_pool("postgresql://nobody@127.0.0.1:1/nothing") as pool:
        with pytest.raises(LedgerAway):
            await PostgresDue(pool).claim(Channel.EMAIL, now=MADE_AT, limit=1)


@pytest.mark.anyio
async def test_connections_cut_in_the_middle_are_replaced(engine: Engine, pool: Any) -> None:
    fill(engine, 1)
    due = PostgresDue(pool)
    (message,) = await due.claim(Channel.EMAIL, now=MADE_AT, limit=1)
    with engine.begin() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    for _ in range(3):
        try:
            assert await due.hand_over(message)
        except LedgerAway:
            continue
        break
    else:
        pytest.fail("no connection came back")
