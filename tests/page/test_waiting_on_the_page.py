"""A guest waits on the page, and takes the offered time: on a phone without script, and with it at a desk."""

import re

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.checker.history import bookings
from tests.outside.client import a_guest
from tests.outside.platform import Platform
from tests.outside.until import until
from tests.page.seeing import DESKTOP, PHONE, Visit, keep, look


@pytest.mark.parametrize(("viewport", "script"), [(PHONE, False), (DESKTOP, True)], ids=["phone", "desk"])
def test_a_guest_waits_and_takes_what_is_offered(
    calm: Platform, visit: Visit, viewport: ViewportSize, script: bool
) -> None:
    page, guest = visit(viewport=viewport, script=script), a_guest()
    see = look if script else keep  # axe is a script
    name = "desk" if script else "phone"
    location, service = calm.api.location()["id"], calm.api.service()["id"]
    page.goto(f"{calm.url}/?location={location}&service={service}")
    page.get_by_role("link", name="Tell me when something frees up").click()
    expect(page.get_by_role("heading", name="Tell me when something frees up")).to_be_visible()
    page.get_by_role("button", name="Put me on the waitlist").click()
    expect(page.get_by_role("alert")).to_be_visible()
    see(page, f"waiting-{name}-1-errors")
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    page.get_by_role("button", name="Put me on the waitlist").click()
    expect(page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()
    see(page, f"waiting-{name}-2-joined")

    # There are free times in those days, so the next look at the list finds one.
    until(lambda: _is_offered(page), within=30, expecting="the offer")
    expect(page.get_by_text(re.compile("Kept for you until"))).to_be_visible()
    see(page, f"waiting-{name}-3-offer")
    for question in page.locator("fieldset.question").all():
        question.get_by_label("No", exact=True).check()
    page.get_by_role("button", name=re.compile("^Book for")).click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    booking_id = re.search(r"/bookings/([0-9a-f-]{36})", page.url)
    assert booking_id is not None
    assert bookings(calm.databases["booking"])[booking_id[1]] == "confirmed"


@pytest.mark.parametrize(("viewport", "script"), [(PHONE, False), (PHONE, True), (DESKTOP, True)])
def test_two_wait_as_one_and_take_what_is_offered(
    calm: Platform, visit: Visit, viewport: ViewportSize, script: bool
) -> None:
    page, guest = visit(viewport=viewport, script=script), a_guest()
    name = f"two-wait-{'phone' if viewport is PHONE else 'desk'}"

    def see(screen: str) -> None:
        if script:
            look(page, f"{name}-{screen}")

    location, service = calm.api.location("Paris")["id"], calm.api.service("Couples")["id"]
    page.goto(f"{calm.url}/?location={location}&service={service}")
    see("0-times")
    page.get_by_role("link", name="Tell me when something frees up").click()
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    page.get_by_role("button", name="Put me on the waitlist").click()
    expect(page.get_by_text("Give us a name to expect them by.").first).to_be_visible()
    see("1-a-name-is-missing")
    page.get_by_label("Their name").fill("Luc Moreau")
    page.get_by_role("button", name="Put me on the waitlist").click()
    expect(page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()
    see("2-joined")

    until(lambda: _is_offered(page), within=30, expecting="the offer")
    see("3-offer")
    page.get_by_role("button", name=re.compile("^Book for")).click()
    expect(page.get_by_role("alert")).to_be_visible()
    see("4-unanswered")
    for question in page.locator("fieldset.question").all():
        question.get_by_label("No", exact=True).check()
    page.get_by_role("button", name=re.compile("^Book for")).click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    expect(page.get_by_role("region", name="Your visit")).to_contain_text("Luc Moreau with ")


def _is_offered(page: Page) -> bool:
    page.reload()
    return page.get_by_role("heading", name="A time is free").is_visible()
