"""What every answer carries, and what a log line may say."""

import json
import re
from typing import Any

import httpx
import pytest
from gateway.asgi.journal import Journal
from gateway_fakes import BOOKING, FakeBus

TOKEN = "c2VjcmV0LW1hbmFnZS10b2tlbg"


class Lines:
    """A logger that keeps what it is given."""

    def __init__(self) -> None:
        self.kept: list[dict[str, Any]] = []

    def info(self, event: str, **facts: Any) -> None:
        self.kept.append({"event": event, **facts})

    def debug(self, event: str, **facts: Any) -> None:
        """Not kept: it is not logged unless somebody asks for it."""


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Lines:
    kept = Lines()
    monkeypatch.setattr("gateway.asgi.journal.log", kept)
    return kept


async def test_a_clients_correlation_id_comes_back(api: httpx.AsyncClient) -> None:
    answer = await api.get("/healthz", headers={"X-Correlation-Id": "checkout-7c1d2e3f"})
    assert answer.headers["x-correlation-id"] == "checkout-7c1d2e3f"


@pytest.mark.parametrize("offered", ["short", "x" * 65, "a b c d e f", 'quote"quote"', "ünïcödé-id"])
async def test_a_correlation_id_that_could_harm_a_log_is_replaced(api: httpx.AsyncClient, offered: str) -> None:
    answer = await api.get("/healthz", headers={b"X-Correlation-Id": offered.encode("latin-1")})
    assert re.fullmatch(r"[0-9a-f]{32}", answer.headers["x-correlation-id"])


async def test_each_request_without_one_gets_its_own(api: httpx.AsyncClient) -> None:
    ids = {(await api.get("/healthz")).headers["x-correlation-id"] for _ in range(3)}
    assert len(ids) == 3


@pytest.mark.parametrize("path", ["/healthz", "/v1/locations", "/v1/nowhere", "/docs", "/openapi.json", "/"])
async def test_every_answer_forbids_what_nobody_asked_for(api: httpx.AsyncClient, path: str) -> None:
    headers = (await api.get(path)).headers
    assert headers["x-content-type-options"] == "nosniff"
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["referrer-policy"] in {"no-referrer", "same-origin"}
    assert not [name for name in headers if name.startswith("access-control-")]


async def test_another_site_may_not_read_us(api: httpx.AsyncClient) -> None:
    answer = await api.options(
        "/v1/holds", headers={"Origin": "https://evil.example", "Access-Control-Request-Method": "POST"}
    )
    assert "access-control-allow-origin" not in answer.headers


async def test_one_line_is_logged_for_a_request(api: httpx.AsyncClient, lines: Lines) -> None:
    await api.get("/v1/locations?limit=5")
    [line] = lines.kept
    assert line.pop("milliseconds") >= 0
    assert line == {"event": "request", "method": "GET", "path": "/v1/locations", "status": 200}


async def test_a_health_check_that_went_well_is_not_worth_a_line(api: httpx.AsyncClient, lines: Lines) -> None:
    await api.get("/healthz")
    await api.post("/healthz")
    assert [line["status"] for line in lines.kept] == [405]


@pytest.mark.parametrize(
    "address",
    [
        f"/m/{BOOKING}/{TOKEN}",
        f"/m/{BOOKING}/{TOKEN}/",
        f"/m/{BOOKING}/x/{TOKEN}",
        f"/w/{BOOKING}/{TOKEN}",
        f"/u/{TOKEN}",
        f"/v1/availability?token={TOKEN}",
        f"/bookings/{BOOKING}?manage_token={TOKEN}",
    ],
)
async def test_no_line_shows_a_token(api: httpx.AsyncClient, bus: FakeBus, lines: Lines, address: str) -> None:
    bus.refuse("booking.booking", "token_invalid")
    await api.get(address, headers={"Authorization": f"Bearer {TOKEN}", "Cookie": f"slotwell_manage={TOKEN}"})
    assert lines.kept
    assert TOKEN not in json.dumps(lines.kept)


async def test_a_path_cannot_write_a_line_of_its_own(api: httpx.AsyncClient, lines: Lines) -> None:
    await api.get("/v1/x%0a%7B%22event%22:%22booked%22%7D" + "a" * 500)
    [line] = lines.kept
    assert "\n" not in json.dumps(line)
    assert len(line["path"]) <= 200


async def test_a_request_that_fails_is_logged_all_the_same(lines: Lines) -> None:
    async def failing(*_: Any) -> None:
        raise RuntimeError("a fault")

    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(app=Journal(failing), raise_app_exceptions=False), base_url="http://testserver"
    ) as client:
        await client.get("/v1/locations")
    assert lines.kept[0]["status"] == 500
