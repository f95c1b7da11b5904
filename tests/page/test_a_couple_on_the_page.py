"""Two guests at once on the page: each named and asked, by whom they like; another comes in the place of one."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.outside.client import a_guest
from tests.outside.platform import Platform
from tests.page.seeing import DESKTOP, PHONE, Visit, look

_NOBODY_BY_NAME = {"Anyone", "A woman", "A man"}


@pytest.mark.parametrize(
    ("viewport", "script"), [(PHONE, True), (DESKTOP, True), (PHONE, False)], ids=["phone", "desk", "without script"]
)
def test_a_couple_books_and_another_comes_in_the_place_of_one(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, name = visit(viewport=viewport, script=script), "phone" if viewport is PHONE else "desk"

    def see(screen: str) -> None:
        if script:
            look(page, f"couple-{name}-{screen}")

    _hold(page, calm)
    see("1-details")
    _press(page, r"^Book for")
    expect(page.get_by_text("Give us a name to expect them by.").first).to_be_visible()
    guest = a_guest()
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    page.get_by_label("Their name").fill("Luc Moreau")
    _answer_all(page)
    _press(page, r"^Book for")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    visited = page.get_by_role("region", name="Your visit")
    expect(visited).to_contain_text("Luc Moreau with ")
    see("2-booked")

    page.get_by_text("One of you cannot come?").click()
    page.get_by_label("Luc Moreau cannot come; keep the place for someone else").check()
    see("3-one-cannot-come")
    _press(page, "Change the booking")
    page.get_by_role("link", name="Say who comes instead").click()
    expect(page.get_by_role("heading", name="Who comes instead of Luc Moreau?")).to_be_visible()
    see("4-who-comes-instead")
    _press(page, "Put them on the booking")
    expect(page.get_by_text("Give us a name to expect them by.").first).to_be_visible()
    see("5-a-name-is-missing")
    page.get_by_label("Their name").fill("Nora Petit")
    _answer_all(page)
    _press(page, "Put them on the booking")
    expect(visited).to_contain_text("Nora Petit with ")
    expect(visited).not_to_contain_text("Luc Moreau")
    see("6-named")


def _hold(page: Page, calm: Platform) -> None:
    slot = calm.api.a_slot(service="Couples", after=timedelta(days=3), span=timedelta(days=7))
    location, service = calm.api.location("Paris"), calm.api.service("Couples")
    day = slot.start.date().isoformat()
    page.goto(
        f"{calm.url}/?location={location['id']}&service={service['id']}&minutes={slot.duration_minutes}&day={day}"
    )
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()


def _answer_all(page: Page) -> None:
    for question in page.locator("fieldset.question").all():
        question.get_by_label("No", exact=True).check()


def test_each_of_two_is_treated_by_whom_they_asked_for(calm: Platform, visit: Visit) -> None:
    page = visit(viewport=PHONE, script=True)
    location, service = calm.api.location("Paris"), calm.api.service("Couples")
    page.goto(f"{calm.url}/?location={location['id']}&service={service['id']}")
    mine = page.get_by_role("list", name="You, with", exact=True).get_by_role("link")
    theirs = page.get_by_role("list", name="Who comes with you, with").get_by_role("link")
    asked = [name for name in mine.all_inner_texts() if name.strip() not in _NOBODY_BY_NAME]
    first, second = asked[-1].strip(), asked[0].strip()
    mine.filter(has_text=first).click()
    expect(theirs.filter(has_text=first)).to_have_count(0)
    theirs.filter(has_text=second).click()
    expect(mine.filter(has_text=second)).to_have_count(0)
    look(page, "couple-phone-0-by-whom")
    day = page.get_by_role("link", name="Go to the first free day")
    if day.count():
        day.click()
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    guest = a_guest()
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    page.get_by_label("Their name").fill("Luc Moreau")
    _answer_all(page)
    _press(page, r"^Book for")
    visited = page.get_by_role("region", name="Your visit")
    expect(visited).to_contain_text(f"{guest['name']} with {first}")
    expect(visited).to_contain_text(f"Luc Moreau with {second}")


@pytest.mark.parametrize(
    ("viewport", "script"), [(PHONE, True), (DESKTOP, True), (PHONE, False)], ids=["phone", "desk", "without script"]
)
def test_each_of_two_has_their_own_length_and_their_own_wish(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, name = visit(viewport=viewport, script=script), "phone" if viewport is PHONE else "desk"

    def see(screen: str) -> None:
        if script:
            look(page, f"each-of-two-{name}-{screen}")

    location, service = calm.api.location("Paris"), calm.api.service("Couples")
    page.goto(f"{calm.url}/?location={location['id']}&service={service['id']}&minutes=60")
    page.get_by_text("Something else for who comes with you").click()
    page.get_by_role("list", name="How long, for who comes with you").get_by_role("link", name="90 min").click()
    expect(page.get_by_text(re.compile("Both together: €"))).to_be_visible()
    page.get_by_role("list", name="You, with", exact=True).get_by_role("link", name="A woman").click()
    expect(page).to_have_url(re.compile("minutes2=90.*gender=female"))
    see("1-times")
    day = page.get_by_role("link", name="Go to the first free day")
    if day.count():
        day.click()
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()
    held = page.get_by_role("region", name="Your visit")
    expect(held).to_contain_text(re.compile("You with .*, 60 minutes"))
    expect(held).to_contain_text(re.compile("Who comes with you, with .*, 90 minutes"))
    see("2-details")
    _press(page, r"^Choose another time")
    expect(page).to_have_url(re.compile("minutes2=90.*gender=female"))
    page.locator("button[name=slot]").first.click()
    guest = a_guest()
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])
    page.get_by_label("Their name").fill("Luc Moreau")
    _answer_all(page)
    _press(page, r"^Book for")
    visited = page.get_by_role("region", name="Your visit")
    expect(visited).to_contain_text(re.compile("Luc Moreau with .*, 90 minutes"))


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(name)).click()
