"""A guest books two treatments one after another, and two guests two rooms at the same time; without script, too."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.outside.client import Api, Json, a_guest, ok
from tests.outside.platform import Platform
from tests.page.seeing import DESKTOP, PHONE, Visit, keep, look

WAYS = pytest.mark.parametrize(
    ("viewport", "script"), [(PHONE, True), (DESKTOP, True), (PHONE, False)], ids=["phone", "desk", "without script"]
)


@WAYS
def test_a_guest_books_two_treatments_one_after_the_other(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, see = visit(viewport=viewport, script=script), _seeing("after", viewport, script=script)
    slot = calm.api.a_morning(after=timedelta(days=3))
    page.goto(f"{calm.url}/?location={slot.location_id}&service={slot.service_id}&day={slot.start.date()}")
    see(page, "0-times")
    page.get_by_role("link", name="Add another treatment after this one").click()
    expect(page.get_by_role("heading", name="Two treatments in one visit")).to_be_visible()
    see(page, "1-what-then")
    _choose(page, "then", calm.api.service("Deep tissue"))
    see(page, "2-when")
    page.locator("ul.times button").first.click()
    expect(page.get_by_role("heading", name="Your visit")).to_be_visible()
    expect(page.locator("ol.sessions > li")).to_have_count(2)
    see(page, "3-details")
    _press(page, "^Book for")
    expect(page.get_by_text("Give us a name to expect you by.").first).to_be_visible()
    see(page, "4-errors")
    guest = a_guest()
    _fill(page, guest)
    _answer_all(page)
    _press(page, "^Book for")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    expect(page.get_by_text("2 treatments to come")).to_be_visible()
    expect(page.locator("ol.sessions")).to_contain_text("Deep tissue")
    see(page, "5-booked")
    booked = page.url.partition("?")[0]

    page.locator("ol.sessions > li").nth(1).get_by_role("link", name=re.compile("^Move or cancel")).click()
    _press(page, "Cancel this booking")
    expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    page.goto(booked)
    expect(page.get_by_role("heading", name="Your visit")).to_be_visible()
    expect(page.get_by_text("One treatment to come")).to_be_visible()
    expect(page.get_by_role("link", name="Find a time")).to_have_count(0)
    see(page, "6-one-given-up")


@WAYS
def test_what_was_chosen_of_the_first_treatment_comes_along_and_two_more_follow(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, see = visit(viewport=viewport, script=script), _seeing("along", viewport, script=script)
    swedish, deep = calm.api.service("Swedish"), calm.api.service("Deep tissue")
    slot = calm.api.a_morning(after=timedelta(days=17))
    page.goto(f"{calm.url}/?location={slot.location_id}&service={swedish['id']}&week={slot.start.date()}")
    for pill in ("length-30", "extra-hot_stones", "person-female"):
        _tick(page, pill)
    page.get_by_role("link", name="Add another treatment after this one").click()
    expect(page.get_by_role("heading", name="Two treatments in one visit")).to_be_visible()
    for pill in ("first-length-30", "first-extra-hot_stones"):
        expect(page.locator(f"#{pill}")).to_have_attribute("aria-current", "true")
    _choose(page, "then", deep)
    expect(page.get_by_text("With: A woman")).to_have_count(2)
    see(page, "1-two")

    _tick(page, "then-extra-hot_stones")
    page.locator("section[aria-labelledby=then] summary", has_text="With: A woman").click()
    see(page, "2-by-whom")
    page.locator("#then-person-anyone").click()
    expect(page.get_by_text("With: Anyone")).to_be_visible()
    expect(page.get_by_text("All together: 120 min, €185")).to_be_visible()
    page.get_by_text("Add another treatment").click()
    see(page, "3-what-after-that")
    _choose(page, "after-that", swedish)
    expect(page.get_by_role("heading", name="Three treatments in one visit")).to_be_visible()
    page.get_by_text("Add another treatment").click()
    _choose(page, "last", deep)
    expect(page.get_by_role("heading", name="Four treatments in one visit")).to_be_visible()
    expect(page.get_by_text("Add another treatment")).to_have_count(0)
    see(page, "4-four")
    page.locator("section[aria-labelledby=last]").get_by_role("link", name="Leave it out").click()
    expect(page.get_by_role("heading", name="Three treatments in one visit")).to_be_visible()
    see(page, "5-three")

    page.locator("ul.times button").first.click()
    sessions = page.locator("ol.sessions > li")
    expect(sessions).to_have_count(3)
    expect(sessions.first).to_contain_text("Swedish massage with Hot stones")
    expect(sessions.first).to_contain_text("45 min")
    expect(sessions.first).to_contain_text("€70")
    _press(page, "^Book for €270")
    expect(page.get_by_text("Give us a name to expect you by.").first).to_be_visible()
    expect(sessions.nth(1)).to_contain_text("Deep tissue massage with Hot stones")
    see(page, "6-errors")
    _fill(page, a_guest())
    _answer_all(page)
    _press(page, "^Book for €270")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    expect(page.get_by_text("3 treatments to come")).to_be_visible()
    expect(sessions.first).to_contain_text(re.compile("Swedish massage with Hot stones, (Ana Moreau|Inès Benali), €70"))
    expect(sessions.nth(1)).to_contain_text("Deep tissue massage with Hot stones")
    expect(sessions.nth(2)).not_to_contain_text("Hot stones")
    see(page, "7-booked")


@WAYS
def test_two_guests_book_two_rooms_at_the_same_time(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, see = visit(viewport=viewport, script=script), _seeing("at-once", viewport, script=script)
    location, couples = calm.api.location("Paris")["id"], calm.api.service("Couples")["id"]
    beyond = (calm.api.now() + timedelta(days=300)).date()  # where nothing is planned, no day has a time for two
    page.goto(f"{calm.url}/?location={location}&service={couples}&week={beyond}")
    see(page, "0-no-time-for-two")
    page.get_by_role("link", name="Two rooms at the same time instead").click()
    expect(page.get_by_role("heading", name="Two rooms at the same time")).to_be_visible()
    page.goto(f"{calm.url}/visits?location={location}&arrangement=at_once")
    expect(page.get_by_role("heading", name="Two rooms at the same time")).to_be_visible()
    see(page, "1-what")
    _choose(page, "first", calm.api.service("Swedish"))
    see(page, "2-what-for-the-other")
    _choose(page, "then", calm.api.service("Deep tissue"))
    day = page.locator("ul.days a").last
    day.click()
    expect(day).to_have_attribute("aria-current", "date")
    page.wait_for_load_state()
    see(page, "3-when")
    page.locator("ul.times button").last.click()
    expect(page.get_by_role("heading", name="Your visit")).to_be_visible()
    _fill(page, guest := a_guest())
    _answer_all(page)
    _press(page, "^Book for")
    expect(page.get_by_text("Give us a name to expect them by.").first).to_be_visible()
    expect(page.get_by_label("Your name")).to_have_value(guest["name"])
    see(page, "4-a-name-is-missing")
    page.get_by_label("Their name").fill("Luc Moreau")
    _press(page, "^Book for")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    sessions = page.locator("ol.sessions")
    expect(sessions).to_contain_text(f"{guest['name']}: ")
    expect(sessions).to_contain_text("Luc Moreau: Deep tissue")
    see(page, "5-booked")

    page.get_by_text("Cancel all that is left").click()
    _press(page, "Cancel 2 treatments")
    expect(page.get_by_text("0 treatments to come")).to_be_visible()
    see(page, "6-cancelled")


@WAYS
def test_whose_visit_was_taken_meanwhile_books_one_near_it_and_types_nothing_twice(
    calm: Platform, visit: Visit, viewport: ViewportSize, *, script: bool
) -> None:
    page, see = visit(viewport=viewport, script=script), _seeing("taken", viewport, script=script)
    part = {"service_id": calm.api.service("Swedish")["id"], "duration_minutes": 60}
    slot = calm.api.a_morning(after=timedelta(days=10))
    hands = slot.practitioner_ids[0]
    parts = [{**part, "practitioner_id": hands}] * 2
    page.goto(
        f"{calm.url}/visits?location={slot.location_id}&service={slot.service_id}&service2={slot.service_id}&minutes=60"
        f"&minutes2=60&practitioner={hands}&practitioner2={hands}&week={slot.start.date()}"
    )
    page.locator("ul.times button").first.click()
    expect(page.get_by_role("heading", name="Your visit")).to_be_visible()
    start = page.locator("input[name=slot]").get_attribute("value")
    _fill(page, guest := a_guest())
    _answer_all(page)
    _taken(calm.api, slot.location_id, start, parts)
    _press(page, "^Book for")
    expect(page.get_by_role("alert")).to_contain_text("That time was just taken")
    expect(page.get_by_label("Your name")).to_have_value(guest["name"])
    see(page, "1-near-it")
    page.locator("ul.times button").last.click()
    expect(page.locator("ol.sessions > li")).to_have_count(2)
    expect(page.get_by_label("E-mail")).to_have_value(guest["email"])
    see(page, "2-another-time")
    _press(page, "^Book for")
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()


def _taken(api: Api, location: str, start: str | None, parts: list[Json]) -> None:
    """Somebody else books the same hands for the same time."""
    since = datetime.fromisoformat(start or "")
    body = {"location_id": location, "arrangement": "one_after_another", "parts": parts}
    span = {"from": since.isoformat(), "to": (since + timedelta(minutes=1)).isoformat()}
    found = ok(api.http.post("/v1/availability/visits", json={**body, **span}))
    screened = [
        {**part, "screening": {"version": shown["screening"]["version"], "all_clear": True}}
        for part, shown in zip(parts, found["parts"], strict=True)
    ]
    ok(api.http.post("/v1/visits", json={**body, "parts": screened, "start": start, "guest": a_guest()}), 201)


def _seeing(name: str, viewport: ViewportSize, *, script: bool) -> Callable[[Page, str], None]:
    """How to look at a screen: axe is a script."""
    place = ("phone" if viewport is PHONE else "desk") + ("" if script else "-bare")

    def see(page: Page, screen: str) -> None:
        (look if script else keep)(page, f"visit-{name}-{place}-{screen}")

    return see


def _choose(page: Page, part: str, service: Json) -> None:
    page.locator(f"#{part}-{service['id']}").click()
    expect(page.locator(f"section[aria-labelledby={part}] .picked")).to_contain_text(service["name"])


def _tick(page: Page, pill: str) -> None:
    """Choose one of several, and see it chosen."""
    page.locator(f"#{pill}").click()
    expect(page.locator(f"#{pill}")).to_have_attribute("aria-current", "true")


def _fill(page: Page, guest: Json) -> None:
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])


def _answer_all(page: Page) -> None:
    for question in page.locator("fieldset.question").all():
        question.get_by_label("No", exact=True).check()


def _press(page: Page, name: str) -> None:
    page.get_by_role("button", name=re.compile(name)).click()
