import re
from datetime import timedelta
from html import unescape

import httpx
from fake_clinic import AWAY, FakeBookingService
from la_belle import ANA, COUPLES, DEEP, MONTREAL, PARIS, SESSION, SWEDISH
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import slots, take, times


async def test_a_guest_sees_every_branch_and_nothing_is_chosen_for_them(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/")
    assert page.status_code == 200
    assert "La Belle Paris" in page.text
    assert "La Belle Montréal" in page.text
    assert slots(page) == []


async def test_a_branch_lists_its_services_and_the_number_to_call_for_those_by_phone(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/", params={"location": PARIS})
    assert "Deep tissue massage" in page.text
    assert "from €95" in page.text
    assert 'href="tel:+33199001010"' in page.text
    assert f"service={COUPLES}" not in page.text
    assert f"service={SESSION}" not in page.text


async def test_the_deep_link_shows_free_times_with_full_names(browser: httpx.AsyncClient) -> None:
    page = await times(browser)
    assert len(slots(page)) > 10
    names = re.findall(r'name="slot" value="[^"]+"><span class="unseen">([^<]+)<', page.text)
    assert re.fullmatch(r"\w+ \d+ \w+, \d\d:\d\d, with Ana Moreau", names[0])


async def test_every_practitioner_who_could_serve_is_named(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH)
    assert "with Ana Moreau or Bruno Keller" in page.text
    only = await times(browser, SWEDISH, practitioner=ANA)
    assert "or Bruno Keller" not in only.text


async def test_times_stand_in_the_branch_s_zone(browser: httpx.AsyncClient) -> None:
    page = await times(browser, location=MONTREAL)
    assert "Times are Montréal time." in page.text
    assert all(value.endswith(("-05:00", "-04:00")) for value in slots(page))


async def test_a_service_by_phone_cannot_be_chosen_by_its_address_either(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser, COUPLES)
    assert "We book this with you by phone" in page.text
    assert slots(page) == []
    assert "availability" not in service.calls


async def test_an_unknown_service_or_branch_says_so_and_shows_what_there_is(browser: httpx.AsyncClient) -> None:
    page = await times(browser, "no-such")
    assert page.status_code == 404
    assert "We no longer offer that treatment here" in page.text
    assert "Swedish massage" in page.text
    page = await times(browser, location="nowhere")
    assert page.status_code == 404
    assert "La Belle Montréal" in page.text


async def test_a_service_that_the_other_branch_lacks_is_not_shown_as_bookable(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SESSION, MONTREAL)
    assert page.status_code == 404


async def test_days_without_a_free_time_lead_to_the_first_that_has_one(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    service.closed_days = 9
    page = await times(browser)
    assert "Nothing is free on these days" in page.text
    link = unescape(re.search(r'class="button" href="([^"]+)">Go to the first free day', page.text)[1])  # type: ignore[index]
    assert slots(await browser.get(link.partition("#")[0]))


async def test_with_nothing_free_at_all_the_guest_is_told_to_call(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    service.closed_days = 200
    page = await times(browser)
    assert "someone may just have cancelled" in page.text


async def test_a_day_that_cannot_be_read_or_has_passed_counts_as_not_chosen(
    browser: httpx.AsyncClient, clock: FixedClock
) -> None:
    past = (clock.now() - timedelta(days=3)).date().isoformat()
    for day in ("tomorrow", "9999-99-99", past):
        page = await times(browser, day=day, week=day, minutes="1e9")
        assert page.status_code == 200
        assert slots(page)


async def test_looking_ahead_stops_at_the_horizon(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    far = (clock.now() + timedelta(days=4000)).date().isoformat()
    page = await times(browser, week=far)
    assert page.status_code == 200
    assert "Later days" not in page.text


async def test_when_booking_is_away_the_page_says_what_is_safe(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    service.before["availability"] = AWAY
    page = await times(browser)
    assert page.status_code == 503
    assert page.headers["retry-after"]
    assert "Your bookings are safe" in page.text


async def test_coming_back_with_a_hold_offers_to_go_on_with_it(browser: httpx.AsyncClient) -> None:
    await take(browser, await times(browser))
    page = await times(browser)
    assert "You are holding a time" in page.text


async def test_the_page_carries_no_inline_script_or_style_and_allows_none(browser: httpx.AsyncClient) -> None:
    page = await times(browser)
    policy = page.headers["content-security-policy"]
    assert "unsafe" not in policy
    assert "default-src 'none'" in policy
    assert not re.search(r"<script(?![^>]*\bsrc=)|<style|\sstyle=|\son\w+=", page.text)


async def test_an_empty_clinic_is_an_empty_page_not_a_crash(app: Starlette, browser: httpx.AsyncClient) -> None:
    app.state.slotwell.catalog.catalog = type(app.state.slotwell.catalog.catalog)()
    page = await browser.get("/")
    assert page.status_code == 200
    assert "There is nothing to book yet" in page.text


async def test_a_guest_s_choices_are_shown_as_text_never_as_markup(browser: httpx.AsyncClient) -> None:
    page = await times(browser, '"><script>alert(1)</script>', practitioner="<b>")
    assert "<script>alert" not in page.text
    page = await times(browser, DEEP, practitioner="<b>")
    assert "<b>" not in page.text
