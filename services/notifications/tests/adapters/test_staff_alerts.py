"""Staff are told of an incident once, by Apprise: real database, real process, a local receiver."""

import asyncio
import json
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import pytest
from notifications.adapters.apprise_alerts import AppriseAlerts
from notifications.adapters.postgres_allowance import PostgresAllowance
from notifications.adapters.postgres_incidents import PostgresIncidents
from notifications.application.watch import Watch, watch
from notifications.domain.alerts import Alert
from notifications.domain.allowance import Limits, TooMuch
from runtime.clock import FixedClock

from services.notifications.tests.adapters.local_server import local_server
from services.notifications.tests.made import MADE_AT

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Receiver:
    """A staff channel as Apprise's json:// sees one."""

    answers: list[int] = field(default_factory=list)
    got: list[Any] = field(default_factory=list)
    url: str = ""

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        self.got.append(json.loads(await reader.readexactly(length)))
        status = self.answers.pop(0) if self.answers else 200
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".encode())


@pytest.fixture
async def receiver(anyio_backend: str, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Receiver]:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    made = Receiver()
    async with local_server(made.talk) as port:
        made.url = f"json://127.0.0.1:{port}/staff"
        yield made


@dataclass(slots=True)
class Colleagues:
    """Staff who write down what they are told."""

    heard: list[Alert] = field(default_factory=list)
    listening: bool = True

    async def tell(self, said: Alert) -> bool:
        if self.listening:
            self.heard.append(said)
        return self.listening


def post(pool: Any, alerts: Any, *, away: dict[str, timedelta] | None = None, **budgets: int) -> Watch:
    return Watch(
        incidents=PostgresIncidents(pool, budgets=budgets),
        alerts=alerts,
        clock=FixedClock(MADE_AT),
        away=lambda: away or {},
        site="book.example",
        language="en",
    )


async def later(pool: Any, interval: str) -> None:
    """As if so much time had passed."""
    await pool.execute(
        "UPDATE incidents SET seen_at = seen_at - $1::text::interval, over_at = over_at - $1::text::interval,"
        " tell_again_at = tell_again_at - $1::text::interval, told_at = told_at - $1::text::interval",
        interval,
    )


async def test_a_spent_budget_reaches_staff_by_apprise_once(pool: Any, receiver: Receiver) -> None:
    await PostgresAllowance(pool, provider="twilio", limits=Limits(a_day=3)).take(2)
    senders = [post(pool, AppriseAlerts(receiver.url), twilio=3) for _ in range(2)]
    assert [await watch(sender) for sender in senders] == [0, 0]
    refused = await PostgresAllowance(pool, provider="twilio", limits=Limits(a_day=3)).take(2)
    assert isinstance(refused, TooMuch)
    assert sum(await asyncio.gather(*(watch(sender) for sender in senders))) == 1
    await later(pool, "10 minutes")
    assert sum(await asyncio.gather(*(watch(sender) for sender in senders))) == 0
    (told,) = receiver.got
    assert told["title"] == "book.example: messages to guests need a look"
    assert told["message"].startswith("The day's budget of twilio (3) is spent")
    assert told["type"] == "warning"


async def test_staff_who_could_not_be_told_are_told_later(pool: Any, receiver: Receiver) -> None:
    receiver.answers = [500]
    sender = post(pool, AppriseAlerts(receiver.url), away={"smtp": timedelta(minutes=7)})
    assert await watch(sender) == 0
    assert await watch(sender) == 0  # not at once again
    assert len(receiver.got) == 1
    await later(pool, "2 minutes")
    assert await watch(sender) == 1
    assert len(receiver.got) == 2


@pytest.mark.parametrize("urls", ["nonsense://x", "json://127.0.0.1:1/"])
async def test_an_address_that_is_none_or_where_nobody_is_means_not_told(
    urls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    assert not await AppriseAlerts(urls).tell(Alert(title="t", body="b"))


async def test_a_service_that_never_answers_is_given_up(receiver: Receiver) -> None:
    async def silence(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await asyncio.sleep(60)

    async with local_server(silence) as port:
        assert not await AppriseAlerts(f"json://127.0.0.1:{port}/", patience=1).tell(Alert(title="t", body="b"))


async def test_what_comes_and_goes_is_told_once_and_what_comes_back_much_later_again(pool: Any) -> None:
    staff = Colleagues()
    wrong = post(pool, staff, away={"smtp": timedelta(minutes=7)})
    well = post(pool, staff)
    assert await watch(wrong) == 1
    await later(pool, "6 minutes")
    assert await watch(well) == 0
    assert await watch(wrong) == 0  # the same, come back
    await later(pool, "6 minutes")
    await watch(well)
    await later(pool, "61 minutes")
    assert await watch(wrong) == 1
    assert len(staff.heard) == 2


async def test_alerts_keep_a_distance_and_what_came_meanwhile_is_told_together(pool: Any) -> None:
    staff = Colleagues()
    one, two = {"smtp": timedelta(minutes=7)}, {"twilio": timedelta(minutes=9)}
    assert await watch(post(pool, staff, away=one)) == 1
    await pool.execute(
        "INSERT INTO inbox (id, name, body, received_at, parked_at, attempts)"
        " VALUES (gen_random_uuid(), 'x', '{}', now(), now(), 12)"
    )
    assert await watch(post(pool, staff, away=one | two)) == 0
    await later(pool, "6 minutes")
    assert await watch(post(pool, staff, away=one | two)) == 2
    assert [alert.body.count("\n") for alert in staff.heard] == [0, 1]


async def test_it_works_on_the_loop_of_the_embedded_platform_too(receiver: Receiver) -> None:
    code = f"""
from messaging import green
green.patch(asyncio_hub=True)
from eventlet.asyncio import spawn_for_awaitable
from notifications.adapters.apprise_alerts import AppriseAlerts
from notifications.domain.alerts import Alert
print(spawn_for_awaitable(AppriseAlerts({receiver.url!r}).tell(Alert(title="t", body="b"))).wait())
"""
    process = await asyncio.create_subprocess_exec(sys.executable, "-c", code, stdout=subprocess.PIPE)
    said, _ = await process.communicate()
    assert said.strip() == b"True"
    assert receiver.got[0]["message"] == "b"


def test_no_process_of_ours_loads_apprise_but_the_one_that_tells() -> None:
    code = "import notifications.sender, notifications.service, sys; print('apprise' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert said.stdout.strip() == "False"
