"""Time first, as a guest without script sees it: an evening's times, what else where there is none, and no answer."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fake_clinic import AWAY, FakeBookingService
from la_belle import ANA, BRUNO, COUPLES, DEEP, MONTREAL, PARIS, SWEDISH
from starlette.applications import Starlette

EUROS = {"amount": "80.00", "currency": "EUR"}
SEVEN, LATER = "2026-11-23T19:00:00+01:00", "2026-11-23T20:00:00+01:00"


def offered(service_id: str) -> dict[str, Any]:
    return {
        "service_id": service_id,
        "duration_minutes": 60,
        "price": EUROS,
        "end": LATER,
        "practitioner_ids": [ANA],
    }


FREE = {
    "zone": "Europe/Paris",
    "times": [{"start": SEVEN, "offers": [offered(SWEDISH), offered(DEEP)]}],
    "instead": None,
}
TAKEN = {
    "zone": "Europe/Paris",
    "times": [],
    "instead": {
        "elsewhere": [
            {
                "location_id": MONTREAL,
                "zone": "America/Toronto",
                "times": [{"start": "2026-11-23T15:00:00-05:00", "offers": [offered(COUPLES)]}],
            }
        ],
        "at_once": [
            {
                "zone": "Europe/Paris",
                "price": EUROS,
                "parts": [
                    {"service_id": SWEDISH, "duration_minutes": 60},
                    {"service_id": SWEDISH, "duration_minutes": 60},
                ],
                "visits": [{"start": SEVEN, "parts": [{"practitioner_ids": [ANA]}, {"practitioner_ids": [BRUNO]}]}],
            }
        ],
        "waitlist_service_ids": [COUPLES],
    },
}


@pytest.fixture
def asked(app: Starlette, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """What booking is asked, and (`answer`) what it says."""
    said: dict[str, Any] = {"answer": FREE}

    async def by_time(_: FakeBookingService, **wanted: Any) -> Any:
        said.update(wanted)
        if isinstance(said["answer"], Exception):
            raise said["answer"]
        return said["answer"]

    monkeypatch.setattr(FakeBookingService, "by_time", by_time, raising=False)
    return said


async def test_the_first_screen_leads_to_the_evening_of_one_or_two(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/", params={"location": PARIS})
    links = [unescape(each) for each in re.findall(r'href="(/tonight[^"]*)"', page.text)]
    assert links == [f"/tonight?location={PARIS}", f"/tonight?guests=2&location={PARIS}"]


async def test_an_evening_shows_its_times_and_what_can_be_had_at_the_first(
    browser: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    page = await browser.get("/tonight", params={"location": PARIS})
    assert page.status_code == 200
    assert "Take 19:00" in page.text
    assert "60 min, until 20:00" in page.text
    assert re.findall(r'name="slot" value="([^"]+)"', page.text) == [SEVEN, SEVEN]
    since, until = asked["since"], asked["until"]
    assert since.hour >= 17 or since.date() == until.date()
    assert (until.hour, until.minute) == (0, 0)


async def test_where_there_is_none_what_else_there_is_stands_as_links(
    browser: httpx.AsyncClient, asked: dict[str, Any]
) -> None:
    asked["answer"] = TAKEN
    page = await browser.get("/tonight", params={"location": PARIS, "guests": "2"})
    assert asked["guests"] == 2
    assert "nothing is free that evening" in page.text
    assert "Times are Montréal time." in page.text
    assert f"/waitlist?location={PARIS}&amp;service={COUPLES}" in page.text
    [rooms] = [unescape(each) for each in re.findall(r'href="(/visits[^"]*)"', page.text)]
    assert parse_qs(urlsplit(rooms).query) == {
        "location": [PARIS],
        "service": [SWEDISH],
        "minutes": ["60"],
        "arrangement": ["at_once"],
        "service2": [SWEDISH],
        "minutes2": ["60"],
        "slot": [SEVEN],
    }


async def test_a_day_that_is_not_to_be_had_is_tonight(browser: httpx.AsyncClient, asked: dict[str, Any]) -> None:
    page = await browser.get("/tonight", params={"location": PARIS, "day": "1999-01-01", "at": "never"})
    assert page.status_code == 200
    assert asked["since"].year == 2026


async def test_while_booking_is_away_the_page_says_so(browser: httpx.AsyncClient, asked: dict[str, Any]) -> None:
    asked["answer"] = AWAY
    page = await browser.get("/tonight", params={"location": PARIS})
    assert page.status_code == 503
    assert "La Belle Paris" in page.text


async def test_a_branch_that_does_not_exist_counts_as_not_chosen(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/tonight", params={"location": "nowhere"})
    assert page.status_code == 200
    assert "La Belle Montréal" in page.text
