from datetime import datetime, timedelta

import httpx
import pytest
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from gateway.application.errors import Refused
from runtime.clock import FixedClock
from walk import booked, hidden, press, slots


async def _booking(browser: httpx.AsyncClient, clock: FixedClock) -> str:
    """The address of a booking four days ahead."""
    day = (clock.now() + timedelta(days=4)).date().isoformat()
    return (await booked(browser, day=day)).url.path


async def _choose(browser: httpx.AsyncClient, address: str, number: int) -> tuple[str, httpx.Response]:
    """Press one of the times to move to."""
    page = await browser.get(f"{address}/move")
    assert page.status_code == 200
    slot = slots(page)[number]
    return slot, await press(browser, f"{address}/move", hidden(page, f"{address}/move") | {"slot": slot})


def _one(service: FakeBookingService) -> dict[str, object]:
    [booking] = service.bookings.values()
    return booking


async def test_a_guest_moves_a_booking_and_sees_the_new_time(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    assert f'href="{address}/move"' in (await browser.get(address)).text
    slot, answer = await _choose(browser, address, 3)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}?moved")
    assert datetime.fromisoformat(str(_one(service)["start"])) == datetime.fromisoformat(slot)
    assert "Your booking was moved" in (await browser.get(f"{address}?moved")).text


async def test_its_own_time_and_the_quarters_around_it_are_offered(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    start = datetime.fromisoformat(str(_one(service)["start"]))
    page = await browser.get(f"{address}/move?day={start.date().isoformat()}")
    assert (start + timedelta(minutes=15)).isoformat() in slots(page)


async def test_another_week_is_a_link_of_the_same_page(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await _booking(browser, clock)
    page = await browser.get(f"{address}/move")
    assert f'href="{address}/move?week=' in page.text


async def test_a_time_that_is_gone_shows_others_near_it_and_the_booking_stays(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    before = _one(service)["start"]
    page = await browser.get(f"{address}/move")
    slot = slots(page)[8]
    booking = _one(service)
    practitioner = booking["practitioners"][0]["id"]  # type: ignore[index]
    service.take(practitioner, datetime.fromisoformat(slot))
    answer = await press(browser, f"{address}/move", hidden(page, f"{address}/move") | {"slot": slot})
    assert answer.status_code == 409
    assert "That time was just taken" in answer.text
    assert slots(answer)
    assert booking["start"] == before


async def test_when_it_is_too_late_the_button_is_gone_and_the_form_says_so(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    page = await browser.get(f"{address}/move")
    clock.advance(timedelta(days=3, hours=20))
    assert f"{address}/move" not in (await browser.get(address)).text
    assert (await browser.get(f"{address}/move")).headers["location"] == address
    fields = hidden(page, f"{address}/move") | {"slot": slots(page)[-1]}
    answer = await press(browser, f"{address}/move", fields)
    assert answer.status_code == 409
    assert "too late to move it free of charge" in answer.text


async def test_the_same_button_pressed_twice_is_one_move(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    page = await browser.get(f"{address}/move")
    fields = hidden(page, f"{address}/move") | {"slot": slots(page)[3]}
    answers = [await press(browser, f"{address}/move", fields) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [303, 303]
    assert _one(service)["revision"] == 2


@pytest.mark.parametrize("trouble", [AWAY, UNHEARD])
async def test_with_the_calendar_away_nothing_is_lost(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock, trouble: Exception
) -> None:
    address = await _booking(browser, clock)
    page = await browser.get(f"{address}/move")
    service.before["reschedule"] = trouble
    fields = hidden(page, f"{address}/move") | {"slot": slots(page)[3]}
    answer = await press(browser, f"{address}/move", fields)
    assert answer.status_code == 503
    assert "Choose another time" in answer.text


@pytest.mark.parametrize("slot", ["", "tomorrow", "2026-12-02T14:00:00"])
async def test_a_time_that_no_button_says_is_refused(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock, slot: str
) -> None:
    address = await _booking(browser, clock)
    assert (await press(browser, f"{address}/move", {"slot": slot})).status_code == 400
    assert _one(service)["revision"] == 1


async def test_nobody_moves_a_booking_without_its_link(browser: httpx.AsyncClient, clock: FixedClock) -> None:
    address = await _booking(browser, clock)
    browser.cookies.clear()
    assert (await browser.get(f"{address}/move")).status_code == 401
    assert (await press(browser, f"{address}/move", {"slot": "2026-12-02T14:00:00+01:00"})).status_code == 401


async def test_safety_questions_that_are_others_by_now_are_asked_before_the_move(
    browser: httpx.AsyncClient, service: FakeBookingService, clock: FixedClock
) -> None:
    address = await _booking(browser, clock)
    questions = [{"id": "clots", "text": "Do you take blood thinners?"}]
    service.before["reschedule"] = Refused(
        code="screening_required", extra={"screening": {"version": 4, "questions": questions}}
    )
    slot, page = await _choose(browser, address, 3)
    assert page.status_code == 422
    assert "Do you take blood thinners?" in page.text
    asked = {**hidden(page, f"{address}/move"), "slot": slot, "screening_version": "4", "none_applies": "yes"}
    answer = await press(browser, f"{address}/move", asked)
    assert (answer.status_code, answer.headers["location"]) == (303, f"{address}?moved")
