import re
from datetime import datetime, timedelta

import httpx
import pytest
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from la_belle import ANA, COUPLES, DEEP, PARIS
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, GUEST, booked, confirm, details, hidden, press, slots, take, times


async def test_pressing_a_time_holds_it_and_leads_to_the_details(browser: httpx.AsyncClient) -> None:
    answer = await take(browser, await times(browser))
    assert (answer.status_code, answer.headers["location"]) == (303, "/book/details")
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    page = await browser.get("/book/details")
    assert "Held for you until" in page.text
    assert 'data-seconds="59' in page.text
    assert "Ana Moreau" in page.text


async def test_cookies_are_secure_where_guests_come_by_https(app: Starlette, browser: httpx.AsyncClient) -> None:
    app.state.slotwell.settings.public_url = "https://book.labelle.example"
    assert "Secure" in (await take(browser, await times(browser))).headers["set-cookie"]


async def test_pressing_the_same_time_twice_makes_one_hold(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser)
    for _ in range(2):
        assert (await take(browser, page)).status_code == 303
    assert len(service.holds) == 1


async def test_a_time_that_was_just_taken_offers_those_near_it_by_one_press(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser)
    service.take(ANA, datetime.fromisoformat(slots(page)[4]))
    answer = await take(browser, page, 4)
    assert answer.status_code == 409
    assert "That time was just taken" in answer.text
    assert slots(answer)
    assert (await take(browser, answer)).status_code == 303


async def test_choosing_another_time_lets_the_first_one_go(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser)
    await take(browser, page, 0)
    await take(browser, page, 10)
    assert sorted(hold.released for hold in service.holds.values()) == [False, True]


async def test_a_time_that_overlaps_the_guest_s_own_hold_can_be_taken_instead(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser)
    await take(browser, page, 0)
    assert (await take(browser, page, 1)).status_code == 303
    assert [hold.released for hold in service.holds.values()] == [True, False]


async def test_an_old_page_takes_the_time_anew_once_its_hold_is_over(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await times(browser)
    await take(browser, page)
    service.expire_holds()
    await take(browser, page)
    assert "Held for you until" in (await browser.get("/book/details")).text


async def test_more_time_keeps_what_was_typed(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    page = await details(browser)
    hold = next(iter(service.holds.values()))
    hold.expires_at -= timedelta(minutes=9)
    answer = await press(browser, "/book/extend", hidden(page, "/book/confirm") | GUEST | CLEAR)
    assert answer.status_code == 200
    assert 'value="Ana Moreau"' in answer.text
    assert 'value="no" required checked' in answer.text
    assert 'data-seconds="59' in answer.text
    assert (await confirm(browser, answer)).status_code == 303


async def test_a_hold_at_its_longest_offers_no_more_time(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    await details(browser)
    hold = next(iter(service.holds.values()))
    hold.made_at -= timedelta(minutes=20, seconds=1)
    assert 'id="extend"' not in (await browser.get("/book/details")).text


async def test_letting_go_leads_back_to_the_same_day(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    page = await details(browser)
    answer = await press(browser, "/book/release", hidden(page, "/book/confirm"))
    assert answer.status_code == 303
    assert f"day={slots(await times(browser))[0][:10]}" in answer.headers["location"]
    assert next(iter(service.holds.values())).released
    assert "No time is held for you now" in (await browser.get("/book/details")).text


async def test_a_form_from_another_site_is_refused(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    page = await times(browser)
    fields = hidden(page, "/book/hold") | {"slot": slots(page)[0]}
    for headers in ({"Sec-Fetch-Site": "cross-site"}, {"Sec-Fetch-Site": "same-site"}):
        browser.headers.update(headers)
        assert (await press(browser, "/book/hold", fields)).status_code == 403
    del browser.headers["Sec-Fetch-Site"]
    browser.headers["Origin"] = "https://elsewhere.example"
    assert (await press(browser, "/book/hold", fields)).status_code == 403
    browser.headers["Origin"] = "null"
    assert (await press(browser, "/book/hold", fields)).status_code == 403
    assert not service.holds
    browser.headers["Origin"] = "http://testserver"
    assert (await press(browser, "/book/hold", fields)).status_code == 303


@pytest.mark.parametrize("slot", ["", "tomorrow", "2026-12-01T10:30:00"])
async def test_a_time_that_cannot_be_read_is_a_clear_page(browser: httpx.AsyncClient, slot: str) -> None:
    fields = {"location": PARIS, "service": DEEP, "slot": slot}
    answer = await press(browser, "/book/hold", fields)
    assert answer.status_code == 400
    assert "We could not read that form" in answer.text


async def test_a_service_by_phone_is_never_held(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    start = (clock.now() + timedelta(days=1)).isoformat()
    answer = await press(browser, "/book/hold", {"location": PARIS, "service": COUPLES, "slot": start})
    assert answer.status_code == 422
    assert 'href="tel:+33199001010"' in answer.text


async def test_a_past_time_is_refused_in_words(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    start = (clock.now() - timedelta(days=1)).isoformat()
    answer = await press(browser, "/book/hold", {"location": PARIS, "service": DEEP, "slot": start})
    assert answer.status_code == 422
    assert "That time has passed" in answer.text


@pytest.mark.parametrize("trouble", [AWAY, UNHEARD])
async def test_when_holding_is_not_possible_now_nothing_is_lost(
    browser: httpx.AsyncClient, service: FakeBookingService, trouble: Exception
) -> None:
    page = await times(browser)
    service.before["hold"] = trouble
    answer = await take(browser, page)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert (await take(browser, page)).status_code == 303


async def test_a_body_that_is_too_large_or_no_form_is_refused(browser: httpx.AsyncClient) -> None:
    assert (await press(browser, "/book/hold", {"name": "a" * 70_000})).status_code == 413
    answer = await browser.post("/book/hold", json={"slot": "x"})
    assert answer.status_code == 400


async def test_reloading_a_form_s_answer_by_its_address_leads_back(browser: httpx.AsyncClient) -> None:
    assert (await browser.get("/book/hold")).headers["location"] == "/"
    await take(browser, await times(browser))
    assert (await browser.get("/book/confirm")).headers["location"] == "/book/details"


async def test_coming_back_to_the_details_after_booking_shows_the_booking(browser: httpx.AsyncClient) -> None:
    page = await booked(browser)
    answer = await browser.get("/book/details")
    assert answer.status_code == 303
    assert re.search(r"/bookings/[0-9a-f-]{36}$", answer.headers["location"])
    assert str(page.url).partition("?")[0].endswith(answer.headers["location"])
