"""The sender as it runs: real database, real SMTP and HTTP servers, and a bus that answers for booking."""

import asyncio
import contextlib
import json
import time
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import asyncpg
import pytest
from aiosmtpd.smtp import SMTP
from messaging.bus import BrokerAway
from notifications import sender
from notifications.domain.values import Channel
from notifications.settings import NotificationsSettings
from runtime.clock import DemoClock

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.local_server import local_server
from services.notifications.tests.made import BOOKING, change
from services.notifications.tests.wire import view

pytestmark = pytest.mark.anyio


@dataclass(slots=True)
class Receivers:
    """A mail server and an SMS provider that note what arrives."""

    emails: list[bytes] = field(default_factory=list)
    texts: list[Any] = field(default_factory=list)
    smtp_url: str = ""
    sms_url: str = ""

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802  (aiosmtpd's name)
        self.emails.append(envelope.content)
        return "250 OK"

    async def take_text(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        length = int(head.split("content-length:")[1].split("\r\n")[0])
        self.texts.append(json.loads(await reader.readexactly(length)))
        writer.write(b"HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")


@pytest.fixture
async def receivers(anyio_backend: str) -> AsyncIterator[Receivers]:
    receivers = Receivers()
    loop = asyncio.get_running_loop()
    talks: list[SMTP] = []

    def talk() -> SMTP:
        talks.append(SMTP(receivers, loop=loop, hostname="mx.example"))
        return talks[-1]

    server = await loop.create_server(talk, "127.0.0.1", 0)
    receivers.smtp_url = f"smtp://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    async with local_server(receivers.take_text) as port:
        receivers.sms_url = f"http://127.0.0.1:{port}/"
        yield receivers
    server.close()
    for one in talks:
        if one.transport is not None:
            one.transport.close()
    await asyncio.sleep(0.01)


class Booking:
    """A bus on which only booking answers, when it is there."""

    connected = True

    def __init__(self) -> None:
        self.view = view(start=_iso(8), end=_iso(8, 1), free_until=_iso(7.5))
        self.away = False

    async def call(self, service: str, method: str, kwargs: Any, **options: Any) -> Any:
        if self.away:
            raise BrokerAway
        if method == "practitioner_days":
            return {"ok": {"days": {each["id"]: self.day(each) for each in kwargs["days"]}}}
        return {"ok": {"bookings": dict.fromkeys(kwargs["booking_ids"], self.view)}}

    def day(self, asked: Any) -> Any:
        """One appointment of an hour for whoever it is, in the middle of their day."""
        start = (datetime.fromisoformat(asked["since"]) + timedelta(hours=12)).isoformat()
        entry = {"start": start, "duration_minutes": 60, "service": "Appointment", "guest": "C. R.", "rooms": []}
        who = {"id": asked["practitioner_id"], "name": "Ana Moreau"}
        return {"practitioner": who, "location": self.view["location"], "entries": [entry]}


def _iso(days: float, hours: float = 0) -> str:
    return (_NOW + timedelta(days=days, hours=hours)).isoformat()


_NOW = datetime.now(UTC)


@dataclass(slots=True)
class House:
    settings: NotificationsSettings
    bus: Booking
    clock: DemoClock
    stop: asyncio.Event = field(default_factory=asyncio.Event)

    @contextlib.asynccontextmanager
    async def open(self) -> AsyncIterator[asyncio.Task[None]]:
        self.stop.clear()
        task = asyncio.create_task(sender.serve(self.settings, self.bus, stop=self.stop))  # type: ignore[arg-type]  # a fake bus
        try:
            yield task
        finally:
            self.stop.set()
            await asyncio.wait_for(task, 10)


@pytest.fixture
def house(database_url: str, receivers: Receivers, tmp_path: Path) -> House:
    settings = NotificationsSettings(
        amqp_url="embedded://",
        secret_key="k" * 32,
        notifications_database_url=database_url,
        smtp_url=receivers.smtp_url,
        mail_from="La Belle <hello@labelle.example>",
        sms_url=receivers.sms_url,
        sms_secret="sixteen characters at least",
        demo=True,
        demo_clock=str(tmp_path / "clock"),
    )
    return House(settings=settings, bus=Booking(), clock=DemoClock(tmp_path / "clock"))


def booked(**differences: Any) -> Any:
    start = _NOW + timedelta(days=8)
    return change(start=start, made_at=_NOW, happened_at=_NOW, **differences)


async def until(true: Callable[[], object], *, seconds: float = 10) -> float:
    """Wait until it is true and return how long it took."""
    began = time.monotonic()
    while not true():
        assert time.monotonic() - began < seconds, "it never came true"
        await asyncio.sleep(0.02)
    return time.monotonic() - began


async def settled(watching: Any, state: str, count: int) -> None:
    async def counted() -> int:
        return int(await watching.fetchval("SELECT count(*) FROM messages WHERE state = $1", state))

    for _ in range(1500):
        if await counted() == count:
            return
        await asyncio.sleep(0.02)
    pytest.fail(f"never saw {count} messages {state}")


async def test_a_confirmation_leaves_on_both_channels_soon_after_its_commit(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    async with house.open():
        await settled(pool, "due", 0)
        kept_in_postgres.hear(booked())
        await pool.execute("NOTIFY messages")
        await until(lambda: receivers.emails and receivers.texts)
        await settled(pool, "sent", 2)
    assert b"Message-ID: <9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10.1.confirmation.email@" in receivers.emails[0]
    assert receivers.texts[0]["key"] == f"{BOOKING}:1:confirmation:sms"


async def test_when_the_demos_clock_jumps_the_reminder_leaves_within_about_a_second(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    # By e-mail only: it knows no quiet hours, whenever this test runs.
    kept_in_postgres.hear(booked(channels=(Channel.EMAIL,)))
    async with house.open():
        await settled(pool, "sent", 1)
        house.clock.advance(timedelta(days=7, seconds=5))
        took = await until(lambda: len(receivers.emails) == 2)
        assert took < 5  # a bound, not a measure: it looks every 0.8 s
        house.clock.advance(timedelta(hours=22))
        await until(lambda: len(receivers.emails) == 3)
        await settled(pool, "sent", 3)
    rules = [content.split(b"Message-ID: <")[1].split(b".")[2] for content in receivers.emails]
    assert rules == [b"confirmation", b"first_reminder", b"second_reminder"]


async def test_two_senders_send_everything_once(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    for number in range(60):
        kept_in_postgres.hear(booked(booking_id=f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a{number:04d}"))
    async with house.open(), house.open():
        await settled(pool, "sent", 120)
    assert (len(receivers.emails), len({text["key"] for text in receivers.texts})) == (60, 60)
    assert len(receivers.texts) == 60


async def test_of_two_senders_one_tells_each_practitioner_of_their_day(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    who = [f"f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a{number:04d}" for number in range(40)]
    await pool.executemany(
        "INSERT INTO staff_contacts VALUES ('practitioner', $1, 'Ana', $2, NULL, 'en', now(), 'test')",
        [(each, f"{each}@labelle.example") for each in who],
    )
    for each in who:  # two bookings each, on one day
        for booking_id in (each, each.replace("f4b0", "0b4f")):
            kept_in_postgres.hear(booked(booking_id=booking_id, practitioner_ids=(each,), channels=()))
    async with house.open(), house.open():
        house.clock.advance(timedelta(days=8))
        await settled(pool, "sent", 40)
    assert len(receivers.emails) == 40
    assert len({content.split(b"To: ")[1].split(b"\r\n")[0] for content in receivers.emails}) == 40


async def test_while_booking_is_away_nothing_leaves_and_then_everything_does(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    house.bus.away = True
    kept_in_postgres.hear(booked())
    async with house.open():
        await asyncio.sleep(0.3)
        assert (receivers.emails, receivers.texts) == ([], [])
        house.bus.away = False
        await settled(pool, "sent", 2)


async def test_it_beats_and_outlives_a_database_that_cuts_its_connections(
    house: House, receivers: Receivers, kept_in_postgres: Kept
) -> None:
    watching = await asyncpg.connect(house.settings.notifications_database_url)
    async with house.open() as task:
        while await watching.fetchval("SELECT process FROM heartbeat") != "notifications-sender":  # noqa: ASYNC110  (rows tell nobody)
            await asyncio.sleep(0.1)
        await watching.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
            "WHERE datname = current_database() AND application_name = 'notifications-sender'"
        )
        kept_in_postgres.hear(booked())
        await settled(watching, "sent", 2)
        assert not task.done()
    await watching.close()


async def test_it_outlives_a_table_that_is_away_for_a_while(
    house: House, receivers: Receivers, kept_in_postgres: Kept, pool: Any
) -> None:
    kept_in_postgres.hear(booked())
    await pool.execute("ALTER TABLE messages RENAME TO messages_mislaid")
    async with house.open() as task:
        await asyncio.sleep(0.3)
        assert not task.done()
        await pool.execute("ALTER TABLE messages_mislaid RENAME TO messages")
        await settled(pool, "sent", 2)


async def test_staff_hear_what_piles_up(house: House, receivers: Receivers, pool: Any, monkeypatch: Any) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    await pool.execute(
        "INSERT INTO call_tasks (booking_id, revision, reason, made_at)"
        " SELECT gen_random_uuid(), 1, 'no_channel', now() FROM generate_series(1, 10)"
    )
    urls = receivers.sms_url.replace("http://", "json://")
    house.settings = house.settings.model_copy(update={"alert_urls": urls, "alert_language": "fr"})
    async with house.open():
        await until(lambda: receivers.texts)
    assert receivers.texts[0]["message"] == "Clients à rappeler que personne n’a encore appelés : 10."


async def test_it_stops_within_a_moment(house: House) -> None:
    async with house.open():
        await asyncio.sleep(0.2)
        began = time.monotonic()
    assert time.monotonic() - began < 3


async def test_a_database_that_is_not_there_yet_is_waited_for(house: House, kept_in_postgres: Kept, pool: Any) -> None:
    missing = house.settings.model_copy(
        update={"notifications_database_url": "postgresql://nobody@127.0.0.1:1/nothing"}
    )
    house.settings = missing
    async with house.open() as task:
        await asyncio.sleep(0.3)
        assert not task.done()
