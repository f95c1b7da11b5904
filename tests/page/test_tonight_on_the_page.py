"""Time first on the page: an evening, a time of it, a treatment, held."""

import re
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import ViewportSize, expect

from tests.outside.client import Api, ok
from tests.outside.platform import Platform
from tests.page.seeing import DESKTOP, PHONE, Visit, look


def until_tomorrow_evening_has_times(api: Api) -> None:
    """Move the clinic's clock to a day before an evening on which guests are served."""
    place = api.location("Paris")
    zone = ZoneInfo(place["zone"])
    for _ in range(8):
        day = api.now().astimezone(zone) + timedelta(days=1)
        since = day.replace(hour=17, minute=0, second=0, microsecond=0)
        asked = {"location_id": place["id"], "guests": 2, "from": since.isoformat()}
        found = ok(
            api.http.post("/v1/availability/by-time", json={**asked, "to": (since + timedelta(hours=7)).isoformat()})
        )
        if found["times"] and datetime.fromisoformat(found["times"][0]["start"]).astimezone(zone).hour >= 17:
            return
        api.forward(timedelta(days=1))
    raise AssertionError("no evening of a week has a time")


@pytest.mark.parametrize(
    ("viewport", "script"), [(PHONE, True), (DESKTOP, True), (PHONE, False)], ids=["phone", "desk", "without script"]
)
def test_two_guests_find_an_evening_and_hold_a_time(
    platform: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    until_tomorrow_evening_has_times(platform.api)
    page, name = visit(viewport=viewport, script=script), "phone" if viewport is PHONE else "desk"

    def see(screen: str) -> None:
        if script:
            look(page, f"tonight-{name}-{screen}")

    page.goto(platform.url)
    page.get_by_role("link", name="Tonight for two").click()
    see("1-where")
    page.get_by_role("link", name=re.compile("La Belle Paris")).click()
    page.get_by_role("link", name="Tomorrow evening").click()
    expect(page.get_by_role("heading", name="Tomorrow evening")).to_be_visible()
    see("2-evening")
    page.locator(".times a").last.click()
    see("3-time")
    page.get_by_role("button", name=re.compile("Take .*, Couples massage")).click()
    expect(page.get_by_label("Their name")).to_be_visible()
    see("4-details")
