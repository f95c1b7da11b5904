"""A guest ends one kind of messages, by the page or by the button of their mail program."""

import httpx
import pytest
from gateway.application.errors import Refused, Unavailable
from starlette.applications import Starlette

TOKEN = "aftercare.Zm91cnRlZW4gYnl0ZXM.cHJvb2Y"


class FakeWishes:
    """Notifications, as far as this page asks it."""

    def __init__(self) -> None:
        self.declined = False
        self.away = False

    async def has_unsubscribed(self, token: str) -> bool:
        self._read(token)
        return self.declined

    async def set_unsubscribed(self, token: str, *, declined: bool) -> None:
        self._read(token)
        self.declined = declined

    def _read(self, token: str) -> None:
        if self.away:
            raise Unavailable("notifications")
        if token != TOKEN:
            raise Refused("link_invalid")


@pytest.fixture
def wishes(app: Starlette) -> FakeWishes:
    app.state.slotwell.notifications = fake = FakeWishes()
    return fake


async def test_looking_at_the_link_changes_nothing(browser: httpx.AsyncClient, wishes: FakeWishes) -> None:
    for method in ("GET", "HEAD"):
        answer = await browser.request(method, f"/u/{TOKEN}")
        assert answer.status_code == 200
        assert answer.headers["cache-control"] == "private, no-store"
    assert "No more messages of this kind?" in (await browser.get(f"/u/{TOKEN}")).text
    assert not wishes.declined


async def test_a_guest_has_no_more_of_them_and_may_have_them_again(
    browser: httpx.AsyncClient, wishes: FakeWishes
) -> None:
    answer = await browser.post(f"/u/{TOKEN}", data={"choice": "stop"})
    assert "You get no more messages of this kind" in answer.text
    assert wishes.declined
    assert "You get no more" in (await browser.get(f"/u/{TOKEN}")).text
    await browser.post(f"/u/{TOKEN}", data={"choice": "again"})
    assert not wishes.declined


@pytest.mark.parametrize("times", [1, 2])
@pytest.mark.parametrize("multipart", [False, True])
async def test_one_click_in_a_mail_program_is_enough(
    app: Starlette, wishes: FakeWishes, multipart: bool, times: int
) -> None:
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app=app), base_url="http://testserver") as program:
        for _ in range(times):
            said = (
                {"files": {"List-Unsubscribe": (None, "One-Click")}}
                if multipart
                else {"data": {"List-Unsubscribe": "One-Click"}}
            )
            answer = await program.post(f"/u/{TOKEN}", **said)  # type: ignore[arg-type]
            assert answer.status_code == 200
    assert wishes.declined


async def test_a_link_that_is_not_ours_ends_nothing(browser: httpx.AsyncClient, wishes: FakeWishes) -> None:
    for answer in (await browser.get("/u/x.y.z"), await browser.post("/u/x.y.z", data={"choice": "stop"})):
        assert answer.status_code == 403
        assert "This link ends no messages" in answer.text
    assert not wishes.declined


@pytest.mark.parametrize(("body", "status"), [("", 400), ("choice=perhaps", 400), ("x" * 5000, 413)])
async def test_a_body_that_asks_for_nothing_changes_nothing(
    browser: httpx.AsyncClient, wishes: FakeWishes, body: str, status: int
) -> None:
    answer = await browser.post(f"/u/{TOKEN}", content=body)
    assert answer.status_code == status
    assert not wishes.declined


async def test_while_notifications_is_away_the_mail_program_is_asked_to_come_again(
    browser: httpx.AsyncClient, wishes: FakeWishes
) -> None:
    wishes.away = True
    answer = await browser.post(f"/u/{TOKEN}", data={"List-Unsubscribe": "One-Click"})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
