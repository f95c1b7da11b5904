"""A guest books on the page: with a mouse, with the keyboard alone on a phone's width, and without script."""

import re
from datetime import datetime, timedelta
from typing import Any

from playwright.sync_api import Locator, Page, expect

from tests.checker.history import bookings
from tests.outside.calendar_file import entry
from tests.outside.client import a_guest
from tests.outside.platform import Platform
from tests.outside.until import until
from tests.page.seeing import PHONE, Visit, keep, look, press, tab_to

BOOKED = re.compile("You are booked")


def test_with_a_mouse(calm: Platform, visit: Visit) -> None:
    page, guest = visit(accept_downloads=True), a_guest()
    page.goto(calm.url)
    look(page, "mouse-1-where")
    page.get_by_role("link", name=re.compile("La Belle Paris")).click()
    look(page, "mouse-2-what")
    page.get_by_role("link", name=re.compile("Swedish massage")).click()
    page.get_by_role("link", name=re.compile("60 min")).click()
    page.get_by_role("link", name=re.compile("Hot stones")).click()
    expect(page.get_by_role("link", name=re.compile("Hot stones.*Leave it out"))).to_be_visible()
    _first_free_day(page).click()
    look(page, "mouse-3-when")
    time = _times(page).first
    chosen = str(time.get_attribute("value"))
    time.click()

    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    _counts_down(page)
    expect(page.get_by_text("with Hot stones")).to_be_visible()
    expect(page.get_by_text("neuropathy")).to_be_visible()
    look(page, "mouse-4-details")
    _fill(page, guest)
    page.get_by_role("button", name=re.compile("^Book for")).click()

    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    look(page, "mouse-5-booked")
    with page.expect_download() as download:
        page.get_by_role("link", name="Add to my calendar").click()
    shown = entry(download.value.path().read_text())
    assert shown.begin == datetime.fromisoformat(chosen)
    assert shown.end - shown.begin == timedelta(minutes=75)
    assert bookings(calm.databases["booking"])[_booking_id(page)] == "confirmed"


def test_with_the_keyboard_alone_on_a_phones_width(calm: Platform, visit: Visit) -> None:
    page, guest = visit(viewport=PHONE), a_guest()
    page.goto(calm.url)
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_focused()
    look(page, "keyboard-1-where")
    press(page, page.get_by_role("link", name=re.compile("La Belle Paris")))
    look(page, "keyboard-2-what")
    press(page, page.get_by_role("link", name=re.compile("Swedish massage")))
    press(page, _first_free_day(page))
    look(page, "keyboard-3-when")
    press(page, _times(page).first)

    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    _counts_down(page)
    # Sent off empty, the form says what is missing, and the first link leads to it.
    press(page, page.get_by_role("button", name=re.compile("^Book for")))
    expect(page.get_by_role("alert")).to_be_visible()
    look(page, "keyboard-4-errors")
    for field in ("name", "email", "phone"):
        tab_to(page, page.locator(f"#{field}"))
        page.keyboard.type(guest[field])
    for question in page.locator("fieldset.question").all():
        tab_to(page, question.get_by_role("radio", name="No"))
        page.keyboard.press("Space")
    look(page, "keyboard-5-details")
    page.keyboard.press("Enter")

    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    look(page, "keyboard-6-booked")
    press(page, page.get_by_role("button", name="Cancel this booking"))
    expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    look(page, "keyboard-7-cancelled")
    assert bookings(calm.databases["booking"])[_booking_id(page)] == "cancelled"
    press(page, page.get_by_role("button", name="Undo the cancellation"))
    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    assert bookings(calm.databases["booking"])[_booking_id(page)] == "confirmed"


def test_without_script(calm: Platform, visit: Visit) -> None:
    page, guest = visit(script=False), a_guest()
    page.goto(calm.url)
    page.get_by_role("link", name=re.compile("La Belle Montréal")).click()
    page.get_by_role("link", name=re.compile("Deep tissue")).click()
    _first_free_day(page).click()
    keep(page, "plain-1-when")
    _times(page).first.click()

    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    page.get_by_role("button", name="More time").click()
    expect(page.get_by_text(re.compile("Held for you until"))).to_be_visible()
    _fill(page, guest)
    keep(page, "plain-2-details")
    page.get_by_role("button", name=re.compile("^Book for")).click()

    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    keep(page, "plain-3-booked")
    booking = _booking_id(page)
    # The message's link opens the booking in another browser, at an address without its token.
    message = until(
        lambda: [one for one in calm.api.messages() if one["to"] == guest["email"]],
        within=30,
        expecting="the confirmation",
    )[0]
    link = re.search(r"https?://\S+/m/\S+", message["text"])
    assert link is not None
    elsewhere = visit(script=False)
    elsewhere.goto(link.group())
    assert elsewhere.url == f"{calm.url}/bookings/{booking}"
    elsewhere.get_by_role("button", name="Cancel this booking").click()
    expect(elsewhere.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    elsewhere.get_by_role("button", name="Undo the cancellation").click()
    expect(elsewhere.get_by_role("heading", name=BOOKED)).to_be_visible()
    assert bookings(calm.databases["booking"])[booking] == "confirmed"


def _first_free_day(page: Page) -> Locator:
    """Return the day after the first free one: today's last times may pass while the test runs."""
    return page.get_by_role("link", name=re.compile(r"\d+ free times?")).nth(1)


def _times(page: Page) -> Locator:
    return page.locator("button[name=slot]")


def _fill(page: Page, guest: dict[str, Any]) -> None:
    page.get_by_label("Your name").fill(guest["name"])
    page.get_by_label("E-mail").fill(guest["email"])
    page.get_by_label("Mobile phone").fill(guest["phone"])
    for question in page.locator("fieldset.question").all():
        question.get_by_text("No", exact=True).click()


def _counts_down(page: Page) -> None:
    """Check that the hold's remaining time is shown and goes down."""
    left = page.locator("#hold [data-left]")
    expect(left).to_be_visible()
    expect(left).to_contain_text(re.compile(r"\d+:\d\d"))
    first = left.inner_text()
    expect(left).not_to_have_text(first)


def _booking_id(page: Page) -> str:
    return page.url.partition("/bookings/")[2].partition("?")[0].partition("/")[0]
