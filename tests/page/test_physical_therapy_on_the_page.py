"""A guest books physical therapy on the page: who pays, the referral, what is still needed; and what comes first."""

import re
from datetime import timedelta

import pytest
from playwright.sync_api import Page, ViewportSize, expect

from tests.outside.client import a_guest, ok
from tests.outside.front_desk import FrontDesk
from tests.outside.platform import Platform
from tests.outside.until import until
from tests.page.seeing import DESKTOP, PHONE, Visit, look

BOOKED = re.compile("You are booked")
LACKS = "What we still need from you"
SIZES = pytest.mark.parametrize("viewport", [PHONE, DESKTOP], ids=["phone", "desk"])


@SIZES
def test_an_evaluation_with_insurance_says_what_is_needed_until_when(
    calm: Platform, visit: Visit, viewport: ViewportSize
) -> None:
    page, name = visit(viewport=viewport), "phone" if viewport is PHONE else "desk"
    _hold(page, calm, "evaluation")
    look(page, f"therapy-{name}-1-details")
    _fill(page)
    page.get_by_label("Who pays?").select_option("public_insurance")
    page.get_by_label("Doctor who issued it").fill("Dr. Petit")
    page.get_by_label("Issued on").fill("2099-01-01")
    _book(page)
    expect(page.get_by_role("alert")).to_contain_text("it cannot lie ahead")
    expect(page.get_by_label("Who pays?")).to_have_value("public_insurance")
    look(page, f"therapy-{name}-2-a-referral-from-the-future")
    page.get_by_label("Issued on").fill(calm.api.now().date().isoformat())
    _book(page)
    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    needed = page.get_by_role("region", name=LACKS)
    expect(needed).to_contain_text("doctor's referral before the visit")
    expect(needed).to_contain_text("Your time is kept.")
    look(page, f"therapy-{name}-3-what-is-needed")

    desk, booking_id = FrontDesk(calm), _booking_id(page)
    [stated] = ok(desk.http.get("/v1/admin/referrals", params={"booking_id": booking_id}))["items"]
    ok(desk.http.post(f"/v1/admin/referrals/{stated['id']}/verify"))
    page.reload()
    expect(page.get_by_text("We have every paper that we need for this visit.")).to_be_visible()
    expect(needed).to_have_count(0)
    look(page, f"therapy-{name}-4-nothing-is-missing")
    desk.http.close()


@SIZES
def test_a_treatment_says_kindly_what_comes_first(calm: Platform, visit: Visit, viewport: ViewportSize) -> None:
    page, name = visit(viewport=viewport), "phone" if viewport is PHONE else "desk"
    _hold(page, calm, "session")
    _fill(page)
    for question in page.locator("fieldset.question").all():
        question.get_by_label("No", exact=True).check()
    _book(page)
    expect(page.get_by_text(re.compile("Physical therapy begins with an evaluation"))).to_be_visible()
    look(page, f"therapy-{name}-5-an-evaluation-first")


def test_who_is_offered_a_time_says_who_pays(calm: Platform, visit: Visit) -> None:
    page = visit(viewport=PHONE)
    page.goto(_address(calm, "evaluation"))
    page.get_by_role("link", name="Tell me when something frees up").click()
    _fill(page)
    page.get_by_role("button", name="Put me on the waitlist").click()
    expect(page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()

    def is_offered() -> bool:
        page.reload()
        return page.get_by_role("heading", name="A time is free").is_visible()

    until(is_offered, within=30, expecting="the offer")
    look(page, "therapy-phone-6-an-offer")
    page.get_by_label("Who pays?").select_option("public_insurance")
    page.get_by_label("Number of visits").fill("0")
    _book(page)
    expect(page.get_by_role("alert")).to_contain_text("Say who issued the referral")
    look(page, "therapy-phone-7-an-offer-with-errors")
    page.get_by_label("Number of visits").fill("")
    _book(page)
    expect(page.get_by_role("heading", name=BOOKED)).to_be_visible()
    expect(page.get_by_role("region", name=LACKS)).to_be_visible()


def _address(calm: Platform, service: str) -> str:
    return f"{calm.url}/?location={calm.api.location()['id']}&service={calm.api.service(service)['id']}"


def _hold(page: Page, calm: Platform, service: str) -> None:
    slot = calm.api.a_slot(service=service, after=timedelta(days=2), span=timedelta(days=7))
    day = slot.start.date().isoformat()
    page.goto(f"{_address(calm, service)}&minutes={slot.duration_minutes}&day={day}")
    page.locator("button[name=slot]").first.click()
    expect(page.get_by_role("heading", name="Your details")).to_be_visible()


def _fill(page: Page) -> None:
    guest = a_guest()
    for field in ("name", "email", "phone"):
        page.locator(f"#{field}").fill(guest[field])


def _book(page: Page) -> None:
    page.get_by_role("button", name=re.compile("^Book for")).click()


def _booking_id(page: Page) -> str:
    found = re.search(r"/bookings/([0-9a-f-]{36})", page.url)
    assert found is not None
    return found[1]
