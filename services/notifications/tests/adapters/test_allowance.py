"""Limits that all senders keep together, on the real database."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from notifications.adapters.postgres_allowance import PostgresAllowance
from notifications.adapters.postgres_vitals import PostgresVitals
from notifications.domain.allowance import Granted, Limits, TooMuch
from sqlalchemy import Engine

from services.notifications.tests.made import MADE_AT

pytestmark = pytest.mark.anyio


def allowance(pool: Any, *, provider: str = "twilio", **limits: int) -> PostgresAllowance:
    return PostgresAllowance(pool, provider=provider, limits=Limits(**limits))


async def test_racing_senders_never_pass_the_days_budget_and_one_of_them_warns(pool: Any) -> None:
    senders = [allowance(pool, a_day=50) for _ in range(5)]
    answers = await asyncio.gather(*(sender.take(1) for _ in range(20) for sender in senders))
    assert sum(isinstance(answer, Granted) for answer in answers) == 50
    assert sum(answer == Granted(warning=True) for answer in answers) == 1
    assert answers.count(TooMuch(timedelta(minutes=15), spent=True)) == 50


async def test_a_text_counts_as_its_parts_and_none_goes_over(pool: Any) -> None:
    budget = allowance(pool, a_day=5)
    assert await budget.take(3) == Granted()
    assert isinstance(await budget.take(3), TooMuch)
    assert await budget.take(2) == Granted(warning=True)


async def test_what_the_provider_did_not_take_costs_nothing(pool: Any) -> None:
    budget = allowance(pool, a_day=1)
    await budget.take(1)
    await budget.give_back(1)
    assert isinstance(await budget.take(1), Granted)
    assert isinstance(await budget.take(1), TooMuch)


async def test_a_second_lets_so_many_go_and_the_others_wait_without_costing_the_day(pool: Any) -> None:
    pace = allowance(pool, a_second=10, a_day=1000)
    for _ in range(3):  # a second may end in between
        answers = [await pace.take(1) for _ in range(30)]
        if TooMuch(timedelta(seconds=1), spent=False) in answers:
            break
    else:
        pytest.fail("thirty in a second went, three times")
    granted = await pool.fetchval("SELECT sum(used) FROM allowances WHERE span = 'second'")
    assert await pool.fetchval("SELECT used FROM allowances WHERE span = 'day'") == granted


async def test_each_provider_has_its_own_and_no_limit_is_no_row(pool: Any) -> None:
    await allowance(pool, a_day=1).take(1)
    assert isinstance(await allowance(pool, provider="smtp", a_day=1).take(1), Granted)
    assert isinstance(await allowance(pool, provider="http").take(1), Granted)
    assert await pool.fetchval("SELECT count(*) FROM allowances") == 2


async def test_a_text_longer_than_a_whole_days_budget_goes_alone_rather_than_never(pool: Any) -> None:
    assert isinstance(await allowance(pool, a_day=1).take(2), Granted)


async def test_how_much_of_each_budget_is_used_can_be_told(pool: Any, engine: Engine) -> None:
    vitals = PostgresVitals(engine, budgets={"twilio": 5, "smtp": 100})
    await allowance(pool, a_day=5).take(4)
    await allowance(pool, provider="http", a_day=5).take(4)
    assert {budget.provider: (budget.used, budget.limit) for budget in vitals.read(now=MADE_AT).budgets} == {
        "twilio": (4, 5),
        "smtp": (0, 100),
    }
    await pool.execute("UPDATE allowances SET began_at = began_at - interval '1 day'")
    assert vitals.read(now=MADE_AT).budgets[0].used == 0
