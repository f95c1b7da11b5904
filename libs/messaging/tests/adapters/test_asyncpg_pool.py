"""Connections that go back to the pool as they are."""

import pytest
from messaging.asyncpg_pool import pool_for

pytestmark = pytest.mark.anyio


async def test_a_connection_goes_back_without_a_word(postgres_url: str) -> None:
    said: list[str] = []
    async with pool_for(postgres_url, application="test", size=1) as pool:
        async with pool.acquire() as connection:
            await connection.fetchval("SELECT 1")
            connection.add_query_logger(lambda query: said.append(query.query))
        async with pool.acquire() as connection:
            await connection.fetchval("SELECT 2")
    assert said == ["SELECT 2"]


async def test_what_was_left_open_is_rolled_back(postgres_url: str) -> None:
    async with pool_for(postgres_url, application="test", size=1) as pool:
        async with pool.acquire() as connection:
            await connection.execute("CREATE TABLE kept (number int)")
            await connection.transaction().start()
            await connection.execute("INSERT INTO kept VALUES (1)")
        async with pool.acquire() as connection:
            assert not connection.is_in_transaction()
            assert await connection.fetchval("SELECT count(*) FROM kept") == 0


async def test_a_statement_may_take_no_longer_than_the_limit(postgres_url: str) -> None:
    async with pool_for(postgres_url, application="test", size=1) as pool:
        shown = [await pool.fetchval(f"SHOW {name}") for name in ("statement_timeout", "application_name")]
    assert shown == ["4s", "test"]
