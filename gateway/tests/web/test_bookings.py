from datetime import datetime, timedelta

import httpx
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from runtime.clock import FixedClock
from walk import booked, hidden, press


def _address(page: httpx.Response) -> str:
    return page.url.path


async def _soon(browser: httpx.AsyncClient, clock: FixedClock) -> httpx.Response:
    """A booking whose free cancellation has ended."""
    page = await booked(browser)
    clock.advance(timedelta(minutes=1))
    return await browser.get(_address(page))


async def _later(browser: httpx.AsyncClient, clock: FixedClock) -> httpx.Response:
    day = (clock.now() + timedelta(days=4)).date().isoformat()
    return await booked(browser, day=day)


async def test_the_booking_opens_for_who_has_the_link_and_for_nobody_else(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    address = _address(await booked(browser))
    booking_id = address.rsplit("/", 1)[-1]
    browser.cookies.clear()
    assert (await browser.get(address)).status_code == 401
    wrong = await browser.get(f"/m/{booking_id}/wrong")
    assert wrong.status_code == 403
    assert "set-cookie" not in wrong.headers
    link = await browser.get(f"/m/{booking_id}/token-{booking_id}")
    assert (link.status_code, link.headers["location"]) == (303, address)
    assert link.headers["referrer-policy"] == "no-referrer"
    assert link.headers["cache-control"] == "no-store"
    assert "You are booked" in (await browser.get(address)).text


async def test_one_booking_s_key_does_not_open_another(browser: httpx.AsyncClient) -> None:
    first, second = await booked(browser), await booked(browser, number=9)
    key = browser.cookies.get("slotwell_manage", path=_address(first))
    browser.cookies.clear()
    browser.cookies.set("slotwell_manage", str(key), domain="testserver.local", path="/")
    assert (await browser.get(_address(second))).status_code == 403


async def test_cancelling_in_time_costs_nothing_and_can_be_undone(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    page = await _later(browser, clock)
    assert "You can cancel free of charge until" in page.text
    address = _address(page)
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 303
    page = await browser.get(address)
    assert "This booking is cancelled" in page.text
    assert "Undo the cancellation" in page.text
    answer = await press(browser, f"{address}/undo", hidden(page, f"{address}/undo"))
    assert answer.status_code == 303
    assert "You are booked" in (await browser.get(address)).text
    assert [booking["revision"] for booking in service.bookings.values()] == [3]


async def test_the_undo_goes_away_with_its_time(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    page = await _later(browser, clock)
    address = _address(page)
    await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    page = await browser.get(address)
    clock.advance(timedelta(minutes=4))
    assert "Undo the cancellation" not in (await browser.get(address)).text
    answer = await press(browser, f"{address}/undo", hidden(page, f"{address}/undo"))
    assert answer.status_code == 409
    assert "can no longer be undone" in answer.text


async def test_cancelling_late_needs_the_fee_to_be_accepted(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    page = await _soon(browser, clock)
    address = _address(page)
    assert "the fee is €47.50" in page.text
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 409
    assert "Tick this to cancel now" in answer.text
    fields = hidden(answer, f"{address}/cancel") | {"accept_fee": "yes"}
    assert (await press(browser, f"{address}/cancel", fields)).status_code == 303
    assert "This booking is cancelled" in (await browser.get(address)).text


async def test_a_page_opened_before_the_deadline_does_not_cost_a_fee_unasked(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    page = await _later(browser, clock)
    address = _address(page)
    (booking,) = service.bookings.values()
    clock.at = datetime.fromisoformat(booking["free_until"]) + timedelta(minutes=1)
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 409
    assert "Free cancellation has just ended" in answer.text
    assert "I accept the fee of €47.50" in answer.text
    assert booking["state"] == "confirmed"


async def test_an_older_view_of_the_booking_changes_nothing(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    page = await _later(browser, clock)
    address = _address(page)
    (booking,) = service.bookings.values()
    booking["revision"] = 7
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 412
    assert "This booking changed meanwhile" in answer.text
    assert booking["state"] == "confirmed"


async def test_pressing_cancel_twice_is_one_cancellation(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    page = await _later(browser, clock)
    address = _address(page)
    for _ in range(2):
        answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
        assert (answer.status_code, answer.headers["location"]) == (303, address)


async def test_trouble_while_cancelling_is_told_with_the_booking_still_shown(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    page = await _later(browser, clock)
    address = _address(page)
    service.before["cancel"] = AWAY
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 503
    assert "Deep tissue massage" in answer.text
    service.after["cancel"] = UNHEARD
    answer = await press(browser, f"{address}/cancel", hidden(page, f"{address}/cancel"))
    assert answer.status_code == 503
    assert "This booking is cancelled" in answer.text


async def test_the_calendar_file_carries_the_discreet_name(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    address = _address(await booked(browser))
    file = await browser.get(f"{address}/calendar.ics")
    assert file.headers["content-type"].startswith("text/calendar")
    assert "attachment" in file.headers["content-disposition"]
    assert "SUMMARY:Appointment at La Belle" in file.text
    assert f"UID:{address.rsplit('/', 1)[-1]}@slotwell" in file.text
    assert "Deep tissue" not in file.text


async def test_the_booking_s_page_is_kept_by_no_cache(browser: httpx.AsyncClient) -> None:
    page = await browser.get(_address(await booked(browser)))
    assert page.headers["cache-control"] == "private, no-store"


async def test_addresses_that_are_no_booking_are_refused_alike(browser: httpx.AsyncClient) -> None:
    for address in ("/bookings/1", "/bookings/00000000-0000-4000-8000-000000000000"):
        assert (await browser.get(address)).status_code == 401
    assert (await browser.get("/m/1/2")).status_code == 403


async def test_the_page_says_what_moving_it_late_costs(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    address = _address(await booked(browser))
    booking = service.bookings[address.rsplit("/", 1)[-1]]
    booking["fee_owed"] = {"cause": "late_move", "amount": booking["fee"], "waived": False}
    page = await browser.get(address)
    assert "You are booked" in page.text
    assert "The fee for moving it that late is €47.50." in page.text


async def test_the_page_says_what_became_of_the_visit(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    address = _address(await booked(browser))
    booking = service.bookings[address.rsplit("/", 1)[-1]]
    fee = {"cause": "no_show", "amount": booking["no_show_fee"], "waived": False}
    for state, owed, said in (
        ("checked_in", None, "You are checked in"),
        ("completed", None, "Thank you for your visit"),
        ("no_show", None, "We missed you"),
        ("no_show", fee, "The fee for this is €95."),
        ("no_show", {**fee, "waived": True}, "There was a fee of €95; we have waived it."),
        ("cancelled", {**fee, "cause": "late_cancellation"}, "The fee for this is €95."),
    ):
        booking |= {"state": state, "fee_owed": owed}
        page = await browser.get(address)
        assert said in page.text
        assert "You are booked" not in page.text
        assert "Cancel this booking" not in page.text
        assert ("fee" in page.text.split("</main>")[0].lower()) == (owed is not None)
