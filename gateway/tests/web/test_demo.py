import hashlib
import hmac
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import asyncpg
import httpx
import pytest
from aiosmtpd.smtp import SMTP, Envelope, Session
from fake_messages import FakeMessageStore
from gateway.demo.message import email, source_of, text_message
from gateway.demo.routes import routes as demo_routes
from gateway.demo.sms import SmsReceiver
from gateway.demo.smtp import Keeper
from gateway.demo.store import MessageStore, PostgresMessageStore, StoreAway, Wanted
from gateway.demo.threads import Trace
from gateway.migrate import migrate
from page_app import page_app
from runtime.clock import DemoClock, FixedClock
from starlette.applications import Starlette
from walk import booked

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
SECRET = "a secret of the sender and us"


def letter() -> bytes:
    mail = EmailMessage()
    mail["From"] = "La Belle <hello@labelle.example>"
    mail["To"] = "Ana <ana@example.com>"
    mail["Subject"] = "Your appointment, Tuesday 1 December – 10:30"
    mail["Message-ID"] = "<1@labelle.example>"
    mail.set_content("You are booked.\n")
    mail.add_alternative("<p>You are <b>booked</b>.</p><script>alert(1)</script>", subtype="html")
    mail.add_attachment("BEGIN:VCALENDAR\nEND:VCALENDAR\n", subtype="calendar", filename="appointment.ics")
    return mail.as_bytes()


# The store: one suite for the fake and for PostgreSQL.


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest) -> AsyncIterator[MessageStore]:
    if request.param == "memory":
        yield FakeMessageStore()
        return
    fresh: Callable[[], str] = request.getfixturevalue("fresh_database")
    url = fresh()
    migrate(url)
    async with asyncpg.create_pool(url, min_size=0, max_size=2) as pool:
        yield PostgresMessageStore(pool)


async def test_what_was_kept_comes_back_whole_and_newest_first(store: MessageStore) -> None:
    first = email(letter(), recipient="ana@example.com", received_at=NOW)
    second = text_message(to="+33199001234", text="Tomorrow 10:30", key="k1", received_at=NOW)
    assert await store.add(first)
    assert await store.add(second)
    assert list(await store.newest()) == [second, first]
    assert list(await store.newest(Wanted(to=["ana@example.com"]))) == [first]
    assert await store.one(first.id) == first
    assert await store.one("no-such") is None
    assert list(await store.traces()) == [Trace("+33199001234", "k1"), Trace("ana@example.com", first.key)]


async def test_words_are_searched_for_in_subjects_texts_and_addresses_without_heed_to_capitals(
    store: MessageStore,
) -> None:
    mail = email(letter(), recipient="ana@example.com", received_at=NOW)
    await store.add(mail)
    await store.add(text_message(to="+33199001234", text="Tomorrow, 100% of it", key="k1", received_at=NOW))
    for words, count in (("appointment", 1), ("BOOKED", 1), ("+33199", 1), ("100%", 1), ("_", 0), ("", 2)):
        assert len(await store.newest(Wanted(words=words))) == count, words


async def test_what_guests_answer_is_not_among_what_they_got(store: MessageStore) -> None:
    await store.add(text_message(to="+331", text="Hi", key="k1", received_at=NOW))
    await store.add(text_message(to="+331", text="C", key="a1", received_at=NOW, is_answer=True))
    assert [one.text for one in await store.newest()] == ["Hi"]
    assert [one.text for one in await store.newest(Wanted(answers=True))] == ["C", "Hi"]
    assert [trace.key for trace in await store.traces()] == ["k1"]


async def test_an_email_s_source_is_kept_as_it_came(store: MessageStore) -> None:
    mail = email(letter(), recipient="ana@example.com", received_at=NOW)
    await store.add(mail, source=source_of(letter()))
    assert "Subject: Your appointment, Tuesday 1 December =?utf-8?" in (await store.source(mail.id) or "")
    assert await store.source("no-such") is None


async def test_a_text_message_s_key_counts_once_and_an_email_s_does_not(store: MessageStore) -> None:
    for expected in (True, False):
        assert await store.add(text_message(to="+331", text="Hi", key="k1", received_at=NOW)) is expected
    for _ in range(2):
        assert await store.add(email(letter(), recipient="ana@example.com", received_at=NOW))
    assert len(await store.newest()) == 3


async def test_a_database_that_cannot_be_reached_is_said_so() -> None:
    async with asyncpg.create_pool("postgresql://nobody@127.0.0.1:1/none", min_size=0, timeout=1) as pool:
        with pytest.raises(StoreAway):
            await PostgresMessageStore(pool).newest()


# The SMTP side.


async def _deliver(store: MessageStore, *recipients: str) -> str:
    envelope = Envelope()
    envelope.content = letter()
    envelope.rcpt_tos = list(recipients)
    keeper = Keeper(store, FixedClock(NOW))
    return await keeper.handle_DATA(SMTP(keeper), Session(None), envelope)  # type: ignore[arg-type]  # no loop needed


async def test_an_email_is_kept_once_for_each_recipient_with_all_of_its_parts() -> None:
    store = FakeMessageStore()
    assert (await _deliver(store, "ana@example.com", "desk@example.com")).startswith("250")
    message = store.messages[-1]
    assert (message.to, message.subject) == ("ana@example.com", "Your appointment, Tuesday 1 December – 10:30")
    assert message.text == "You are booked.\n"
    assert "<b>booked</b>" in (message.html or "")
    assert message.key == "<1@labelle.example>"
    assert message.received_at == NOW
    assert [(file.filename, file.content_type) for file in message.attachments] == [
        ("appointment.ics", "text/calendar")
    ]
    assert "BEGIN:VCALENDAR" in (message.attachments[0].text or "")


async def test_a_sender_is_asked_to_come_again_while_the_database_is_away() -> None:
    store = FakeMessageStore()
    store.away = True
    assert (await _deliver(store, "ana@example.com")).startswith("451")


async def test_an_email_that_is_no_proper_email_is_kept_as_far_as_it_can_be_read() -> None:
    message = email(b"no headers\x00 at all\xff", recipient="ana@example.com", received_at=NOW)
    assert "\x00" not in message.text


# The SMS side.


async def _send(
    store: MessageStore, body: dict[str, str], *, secret: str = SECRET, at: datetime | None = None
) -> httpx.Response:
    content = json.dumps(body).encode()
    stamp = str(int((at or datetime.now(UTC)).timestamp()))
    digest = hmac.new(secret.encode(), stamp.encode() + b"." + content, hashlib.sha256).hexdigest()
    app = SmsReceiver(store, FixedClock(NOW), secret=SECRET).app()
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://sms") as client:
        return await client.post(
            "/messages",
            content=content,
            headers={"Slotwell-Timestamp": stamp, "Slotwell-Signature": f"v1={digest}"},
        )


async def test_a_signed_text_message_is_kept_and_its_repetition_is_harmless() -> None:
    store = FakeMessageStore()
    body = {"key": "k1", "to": "+33199001234", "text": "Tomorrow 10:30"}
    assert [(await _send(store, body)).status_code for _ in range(2)] == [202, 200]
    assert [message.text for message in store.messages] == ["Tomorrow 10:30"]


async def test_a_wrong_or_old_signature_is_refused() -> None:
    store = FakeMessageStore()
    body = {"key": "k1", "to": "+33199001234", "text": "Tomorrow 10:30"}
    assert (await _send(store, body, secret="another")).status_code == 401
    assert (await _send(store, body, at=datetime.now(UTC) - timedelta(minutes=6))).status_code == 401
    assert store.messages == []


async def test_a_signed_body_that_makes_no_sense_is_refused_and_one_that_cannot_be_kept_may_be_repeated() -> None:
    store = FakeMessageStore()
    assert (await _send(store, {"to": "+33199001234"})).status_code == 400
    store.away = True
    answer = await _send(store, {"key": "k1", "to": "+331", "text": "Hi"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")


# The pages.


@pytest.fixture
def messages() -> FakeMessageStore:
    return FakeMessageStore()


@pytest.fixture
async def visitor(messages: FakeMessageStore, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app: Starlette = page_app(DemoClock(tmp_path / "offset"), demo=True)
    app.state.demo_messages = messages
    app.router.routes.extend(demo_routes)
    transport = httpx.ASGITransport(app=app)
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client


async def test_an_empty_inbox_says_how_to_fill_it(visitor: httpx.AsyncClient) -> None:
    page = await visitor.get("/demo/inbox")
    assert page.status_code == 200
    assert "No messages yet" in page.text


async def test_the_inbox_shows_messages_as_guests_see_them(
    visitor: httpx.AsyncClient, messages: FakeMessageStore
) -> None:
    await _deliver(messages, "ana@example.com")
    await messages.add(text_message(to="+33199001234", text="Hi <b>Ana</b>", key="k1", received_at=NOW))
    page = await visitor.get("/demo/inbox")
    mail = messages.messages[-1]
    assert "Hi &lt;b&gt;Ana&lt;/b&gt;" in page.text
    assert f'<iframe src="/demo/messages/{mail.id}/mail" sandbox="allow-popups"' in page.text
    assert "script>alert" not in page.text
    only = await visitor.get("/demo/inbox", params={"to": "ana@example.com"})
    assert "Hi &lt;b&gt;" not in only.text


async def test_an_email_s_html_is_served_in_a_sandbox(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    await _deliver(messages, "ana@example.com")
    page = await visitor.get(f"/demo/messages/{messages.messages[0].id}/mail")
    assert "<b>booked</b>" in page.text
    policy = page.headers["content-security-policy"]
    assert policy.startswith("sandbox")
    assert "allow-scripts" not in policy
    assert "script-src" not in policy
    file = await visitor.get(f"/demo/messages/{messages.messages[0].id}/files/0")
    assert file.text.startswith("BEGIN:VCALENDAR")
    assert 'filename="appointment.ics"' in file.headers["content-disposition"]
    for gone in ("/demo/messages/1/mail", f"/demo/messages/{messages.messages[0].id}/files/5"):
        assert (await visitor.get(gone)).status_code == 404


async def test_programs_read_the_messages_as_json(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    await _deliver(messages, "ana@example.com")
    (item,) = (await visitor.get("/demo/messages")).json()["items"]
    assert set(item) == {
        "id", "channel", "to", "subject", "text", "html", "headers", "attachments", "key", "received_at",
    }  # fmt: skip
    assert item["headers"]["Message-ID"] == "<1@labelle.example>"
    assert item["attachments"][0]["content_type"] == "text/calendar"


async def test_the_inbox_without_its_database_says_so(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    messages.away = True
    assert (await visitor.get("/demo/inbox")).status_code == 503
    assert (await visitor.get("/demo/messages")).status_code == 503


async def test_the_clock_moves_forward_by_form_and_by_json(visitor: httpx.AsyncClient) -> None:
    before = (await visitor.get("/demo/clock", headers={"Accept": "application/json"})).json()
    assert before["ahead_seconds"] == 0
    answer = await visitor.post("/demo/clock", data={"forward_minutes": "60", "then": "inbox"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/demo/inbox")
    told = (await visitor.post("/demo/clock", json={"forward_minutes": 1440})).json()
    assert told["ahead_seconds"] == 1500 * 60
    assert "1 day and 1 hour ahead of real time" in (await visitor.get("/demo/clock")).text


@pytest.mark.parametrize("minutes", [-5, 0, "soon", 1e12, None, True, "nan"])
async def test_the_clock_refuses_what_is_no_way_forward(visitor: httpx.AsyncClient, minutes: object) -> None:
    answer = await visitor.post("/demo/clock", json={"forward_minutes": minutes})
    assert answer.status_code == 422


async def test_another_site_cannot_move_the_clock(visitor: httpx.AsyncClient) -> None:
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await visitor.post("/demo/clock", data={"forward_minutes": "60"}, headers=headers)).status_code == 403
    assert (await visitor.post("/demo/clock", json={"forward_minutes": 60}, headers=headers)).status_code == 403


async def test_the_guest_page_says_that_it_is_a_demonstration_and_leads_to_the_inbox(
    visitor: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    assert 'href="/demo/inbox"' in (await visitor.get("/")).text
    assert 'href="/demo/inbox"' not in (await browser.get("/")).text


async def test_a_booking_in_the_demo_offers_to_jump_to_its_reminders(
    visitor: httpx.AsyncClient, browser: httpx.AsyncClient
) -> None:
    day = (datetime.now(UTC) + timedelta(days=4)).date().isoformat()
    assert "To just before the first reminder" in (await booked(visitor, day=day)).text
    assert "To just before" not in (await booked(browser, day=day)).text
