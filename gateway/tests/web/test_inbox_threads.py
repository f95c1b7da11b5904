"""The inbox as conversations: whose messages belong together, a phone that answers."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx
import pytest
from fake_messages import FakeMessageStore
from gateway.application.errors import Unavailable
from gateway.demo.message import email, text_message
from gateway.demo.routes import routes as demo_routes
from gateway.demo.threads import Trace, threads
from page_app import page_app
from runtime.clock import DemoClock
from starlette.applications import Starlette

NOW = datetime(2026, 12, 1, 9, 30, tzinfo=UTC)
BOOKING = "9f1b6a52-6d0e-4c58-9a43-2f5d3f7f1c10"
ANOTHER = "11111111-6d0e-4c58-9a43-2f5d3f7f1c10"
NUMBER = "+33199001234"


def test_addresses_that_were_written_to_about_one_booking_are_one_guest_s() -> None:
    assert threads(
        [
            Trace("leo@example.com", f"<{ANOTHER}.1.confirmation.email@labelle.example>"),
            Trace(NUMBER, f"{BOOKING}:1:confirmation:sms"),
            Trace("ana@example.com", f"<{BOOKING}.1.confirmation.email@labelle.example>"),
            Trace(NUMBER, f"{BOOKING}:1:first_reminder:sms"),
        ]
    ) == [("leo@example.com",), (NUMBER, "ana@example.com")]


def test_two_of_a_guest_s_bookings_join_all_of_their_addresses() -> None:
    assert threads(
        [
            Trace("new@example.com", f"{ANOTHER}:1:confirmation:email"),
            Trace("old@example.com", f"{BOOKING}:1:confirmation:email"),
            Trace(NUMBER, f"{BOOKING}:1:confirmation:sms"),
            Trace(NUMBER, f"{ANOTHER}:1:confirmation:sms"),
        ]
    ) == [("new@example.com", "old@example.com", NUMBER)]


def test_a_message_about_no_booking_joins_nobody() -> None:
    assert threads([Trace("a@example.com", None), Trace("b@example.com", "hello"), Trace("c@example.com", "")]) == [
        ("a@example.com",),
        ("b@example.com",),
        ("c@example.com",),
    ]


class Listening:
    """The notifications service, as far as it hears texts."""

    def __init__(self) -> None:
        self.heard: list[dict[str, str]] = []
        self.away = False

    async def hear_text(self, **told: str) -> str | None:
        if self.away:
            raise Unavailable("notifications")
        self.heard.append(told)
        return "You get no more texts." if told["text"] == "STOP" else None


@pytest.fixture
def messages() -> FakeMessageStore:
    return FakeMessageStore()


@pytest.fixture
def listening() -> Listening:
    return Listening()


@pytest.fixture
async def visitor(messages: FakeMessageStore, listening: Listening, tmp_path: Path) -> AsyncIterator[httpx.AsyncClient]:
    app: Starlette = page_app(DemoClock(tmp_path / "offset"), demo=True)
    app.state.demo_messages = messages
    app.router.routes.extend(demo_routes)
    object.__setattr__(app.state.slotwell, "notifications", listening)
    headers = {"Sec-Fetch-Site": "same-origin", "Accept": "text/html"}
    transport = httpx.ASGITransport(app=app)
    async with httpx.AsyncClient(transport=transport, base_url="http://testserver", headers=headers) as client:
        yield client


async def _told(messages: FakeMessageStore) -> None:
    key = f"{BOOKING}:1:confirmation:sms"
    await messages.add(text_message(to=NUMBER, text="Tomorrow 10:30. C confirms.", key=key, received_at=NOW))
    mail = f"Subject: You are booked\nMessage-ID: <{BOOKING}.1.confirmation.email@x>\n\nTuesday".encode()
    await messages.add(email(mail, recipient="ana@example.com", received_at=NOW), source="the bytes")
    await messages.add(
        text_message(to="+33199005678", text="Somebody else's", key=f"{ANOTHER}:1:a:sms", received_at=NOW)
    )


def _answer(text: str, **changed: Any) -> dict[str, str]:
    return {"id": str(uuid4()), "number": NUMBER, "text": text} | changed


@pytest.mark.parametrize("address", [NUMBER, "ana@example.com"])
async def test_a_guest_s_page_shows_their_phone_and_their_mail(
    visitor: httpx.AsyncClient, messages: FakeMessageStore, address: str
) -> None:
    await _told(messages)
    page = (await visitor.get("/demo/inbox", params={"to": address})).text
    assert "Tomorrow 10:30. C confirms." in page
    assert "You are booked" in page
    assert "Somebody else" not in page


async def test_an_answer_is_heard_and_what_the_platform_says_to_it_arrives(
    visitor: httpx.AsyncClient, messages: FakeMessageStore, listening: Listening
) -> None:
    await _told(messages)
    form = _answer("STOP")
    sent = await visitor.post("/demo/answers", data=form)
    assert (sent.status_code, sent.headers["location"]) == (303, "/demo/inbox?to=%2B33199001234#texts")
    assert listening.heard == [
        {"provider": "http", "provider_id": form["id"], "number": NUMBER, "text": "STOP"},
    ]
    page = (await visitor.get(sent.headers["location"])).text
    assert page.index("C confirms.") < page.index(">STOP<") < page.index("You get no more texts.")
    items = (await visitor.get("/demo/messages")).json()["items"]
    assert "STOP" not in [item["text"] for item in items]


async def test_an_answer_that_is_sent_twice_is_one_answer(
    visitor: httpx.AsyncClient, messages: FakeMessageStore
) -> None:
    await _told(messages)
    form = _answer("STOP")
    for _ in range(2):
        assert (await visitor.post("/demo/answers", data=form)).status_code == 303
    assert [one.text for one in messages.messages].count("STOP") == 1
    assert [one.text for one in messages.messages].count("You get no more texts.") == 1


@pytest.mark.parametrize(
    "form",
    [
        _answer(""),
        _answer("C", id="no-id"),
        _answer("C", number="+33199999999"),
        _answer("x" * 1601),
        {},
    ],
)
async def test_an_answer_that_no_phone_here_could_send_is_refused(
    visitor: httpx.AsyncClient, messages: FakeMessageStore, listening: Listening, form: dict[str, str]
) -> None:
    await _told(messages)
    assert (await visitor.post("/demo/answers", data=form)).status_code == 400
    assert not listening.heard


async def test_another_site_cannot_answer(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    await _told(messages)
    headers = {"Sec-Fetch-Site": "cross-site"}
    assert (await visitor.post("/demo/answers", data=_answer("STOP"), headers=headers)).status_code == 403


async def test_an_answer_while_notifications_is_away_can_be_sent_again(
    visitor: httpx.AsyncClient, messages: FakeMessageStore, listening: Listening
) -> None:
    await _told(messages)
    listening.away = True
    form = _answer("C")
    assert (await visitor.post("/demo/answers", data=form)).status_code == 503
    listening.away = False
    assert (await visitor.post("/demo/answers", data=form)).status_code == 303
    assert len(listening.heard) == 1


async def test_words_are_found_or_said_not_to_be(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    await _told(messages)
    found = (await visitor.get("/demo/inbox", params={"q": "booked"})).text
    assert "You are booked" in found
    assert "C confirms." not in found
    nothing = (await visitor.get("/demo/inbox", params={"q": "<b>x"})).text
    assert "Nothing found" in nothing
    assert "<b>x" not in nothing


async def test_an_email_s_source_is_shown_as_text(visitor: httpx.AsyncClient, messages: FakeMessageStore) -> None:
    await _told(messages)
    mail = next(one for one in messages.messages if one.channel == "email")
    shown = await visitor.get(f"/demo/messages/{mail.id}/source")
    assert shown.text == "the bytes"
    assert shown.headers["content-type"].startswith("text/plain")
    assert shown.headers["x-content-type-options"] == "nosniff"
    assert (await visitor.get("/demo/messages/1/source")).status_code == 404
