"""A guest books several sessions, gives one up and finds it a time: on a phone without script, and at a desk."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.outside.client import a_guest
from tests.outside.platform import Platform
from tests.page.seeing import DESKTOP, PHONE, Visit, keep, look


@pytest.mark.parametrize(("viewport", "script"), [(PHONE, False), (DESKTOP, True)], ids=["phone", "desk"])
def test_a_guest_books_a_series_gives_one_session_up_and_finds_it_a_time(
    calm: Platform, visit: Visit, viewport: ViewportSize, script: bool
) -> None:
    page, guest = visit(viewport=viewport, script=script), a_guest()
    see = look if script else keep  # axe is a script
    name = "desk" if script else "phone"
    slot = calm.api.a_slot(after=timedelta(days=3))
    page.goto(f"{calm.url}/?location={slot.location_id}&service={slot.service_id}&day={slot.start.date()}")
    page.get_by_role("link", name="Book several sessions in a rhythm").click()
    page.locator("#sessions").fill("500")
    page.get_by_role("button", name="Choose the first time").click()
    expect(page.get_by_role("alert")).to_contain_text("Choose a number from 2 to 30.")
    see(page, f"series-{name}-1-errors")
    page.locator("#sessions").fill("4")
    page.locator("#about").select_option("around")
    page.get_by_role("button", name="Choose the first time").click()
    expect(page.get_by_role("heading", name="The first session")).to_be_visible()
    see(page, f"series-{name}-2-first-time")
    page.locator("ul.times button").first.click()
    expect(page.get_by_role("heading", name="Your sessions")).to_be_visible()
    expect(page.locator("ol.sessions > li")).to_have_count(4)
    see(page, f"series-{name}-3-planned")
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    for question in page.locator("fieldset.question .answers").all():
        question.get_by_label("No", exact=True).check()
    page.get_by_role("button", name=re.compile("^Book 4 sessions")).click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    see(page, f"series-{name}-4-booked")
    series = page.url.partition("?")[0]

    _give_up(page, series)
    expect(page.get_by_text("3 sessions to come")).to_be_visible()
    see(page, f"series-{name}-5-one-fell-out")
    page.get_by_role("link", name="Find a time").click()
    expect(page.get_by_role("heading", name="A time for session 2")).to_be_visible()
    see(page, f"series-{name}-6-repair")
    for question in page.locator("fieldset.question .answers").all():
        question.get_by_label("No", exact=True).check()
    page.locator("ul.times button").first.click()
    expect(page.get_by_text("4 sessions to come")).to_be_visible()
    see(page, f"series-{name}-7-repaired")


def _give_up(page: Page, series: str) -> None:
    """Cancel the second session on its own page, and come back."""
    page.locator("ol.sessions > li").nth(1).get_by_role("link", name=re.compile("^Move or cancel")).click()
    page.get_by_role("button", name="Cancel this booking").click()
    expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    page.goto(series)
