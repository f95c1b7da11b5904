import httpx
import pytest
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from la_belle import ANA, SWEDISH
from walk import booked, confirm, details, hidden, press, slots, take, times


async def test_a_booking_is_made_and_its_page_shown(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    answer = await confirm(browser, await details(browser))
    assert answer.status_code == 303
    cookie = answer.headers["set-cookie"]
    assert "HttpOnly" in cookie
    assert "Path=/bookings/" in cookie
    page = await browser.get(answer.headers["location"])
    assert "You are booked" in page.text
    number = "+33 1 99 00 12 34".replace(" ", "\N{NO-BREAK SPACE}")  # on one line
    assert f"ana@example.com and {number}" in page.text
    assert len(service.bookings) == 1


async def test_everything_missing_is_said_at_once_with_links_to_the_fields(browser: httpx.AsyncClient) -> None:
    page = await details(browser)
    answer = await press(browser, "/book/confirm", hidden(page, "/book/confirm") | {"phone": ""})
    assert answer.status_code == 422
    assert "4 things need another look" in answer.text
    for field in ("name", "email", "answer-clots-no", "answer-surgery-no"):
        assert f'href="#{field}"' in answer.text
        assert f'id="{field}"' in answer.text
    assert 'aria-invalid="true" aria-describedby="email-error email-hint"' in answer.text


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"phone": "call me"}, "phone"), ({"email": "ana.example.com"}, "email")],
)
async def test_a_wrong_contact_is_shown_under_its_field_and_the_rest_is_kept(
    browser: httpx.AsyncClient, typed: dict[str, str], field: str
) -> None:
    answer = await confirm(browser, await details(browser), **typed)
    assert answer.status_code == 422
    assert f'id="{field}-error"' in answer.text
    assert 'value="Ana Moreau"' in answer.text
    assert f'value="{typed[field]}"' in answer.text
    assert (await confirm(browser, answer)).status_code == 303


async def test_one_contact_is_enough(browser: httpx.AsyncClient) -> None:
    assert (await confirm(browser, await details(browser), phone="")).status_code == 303


async def test_a_yes_to_a_safety_question_books_nothing_and_names_the_number(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    answer = await confirm(browser, await details(browser), **{"answer-clots": "yes"})
    assert answer.status_code == 422
    assert "Please call us before this treatment" in answer.text
    assert 'href="tel:+33199001010"' in answer.text
    assert not service.bookings


async def test_a_service_without_safety_questions_asks_none(browser: httpx.AsyncClient) -> None:
    page = await details(browser, SWEDISH)
    assert "For your safety" not in page.text
    assert (await confirm(browser, page)).status_code == 303


async def test_an_expired_hold_whose_time_is_free_is_still_booked(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser)
    service.expire_holds()
    shown = await browser.get("/book/details")
    assert "If it is still free when you book, it is yours" in shown.text
    assert (await confirm(browser, page)).status_code == 303


async def test_an_expired_hold_whose_time_is_taken_keeps_the_form_and_offers_times_near_it(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser, number=8)
    service.expire_holds()
    service.take(ANA, next(iter(service.holds.values())).start)
    answer = await confirm(browser, page)
    assert answer.status_code == 409
    assert 'value="Ana Moreau"' in answer.text
    assert slots(answer)
    again = await press(
        browser,
        "/book/hold",
        hidden(answer, "/book/confirm") | {"name": "Ana Moreau", "email": "ana@example.com", "slot": slots(answer)[0]},
    )
    assert again.status_code == 200
    assert 'value="Ana Moreau"' in again.text
    assert "Held for you until" in again.text
    assert (await confirm(browser, again)).status_code == 303


async def test_pressing_book_twice_makes_one_booking(browser: httpx.AsyncClient, service: FakeBookingService) -> None:
    page = await details(browser)
    first, second = await confirm(browser, page), await confirm(browser, page)
    assert first.headers["location"] == second.headers["location"]
    assert len(service.bookings) == 1


async def test_an_unheard_answer_may_be_repeated_and_books_once(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser)
    service.after["book"] = UNHEARD
    answer = await confirm(browser, page)
    assert answer.status_code == 503
    assert "you are never booked twice" in answer.text
    assert (await confirm(browser, answer)).status_code == 303
    assert len(service.bookings) == 1


async def test_an_unheard_answer_repeated_with_another_name_leads_to_the_booking_made(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser)
    service.after["book"] = UNHEARD
    answer = await confirm(browser, page)
    assert (await confirm(browser, answer, name="Ana M.")).status_code == 303
    assert [booking["guest"]["name"] for booking in service.bookings.values()] == ["Ana Moreau"]


async def test_with_booking_away_the_form_is_shown_again_without_asking_it(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser)
    service.before |= {"book": AWAY, "describe_hold": AWAY}
    answer = await confirm(browser, page)
    assert answer.status_code == 503
    assert "what you typed is kept" in answer.text
    assert 'value="Ana Moreau"' in answer.text
    assert "Deep tissue massage" in answer.text


async def test_a_second_tab_s_time_is_shown_before_it_is_booked(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    first_tab = await details(browser)
    await take(browser, await times(browser), 12)
    answer = await confirm(browser, first_tab)
    assert answer.status_code == 409
    assert "You chose another time since" in answer.text
    assert not service.bookings
    assert (await confirm(browser, answer)).status_code == 303


async def test_without_a_hold_the_page_says_so(browser: httpx.AsyncClient) -> None:
    for answer in (await browser.get("/book/details"), await press(browser, "/book/confirm", {"name": "Ana"})):
        assert answer.status_code == 404
        assert "No time is held for you now" in answer.text


async def test_hidden_fields_that_were_tampered_with_change_nothing_about_what_is_booked(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    page = await details(browser)
    held = next(iter(service.holds.values()))
    answer = await confirm(browser, page, minutes="90", start="2030-01-01T10:00:00+01:00", price="1")
    assert answer.status_code == 303
    (booking,) = service.bookings.values()
    assert (booking["start"], booking["duration_minutes"]) == (held.start.isoformat(), 60)


async def test_nothing_of_health_stands_in_an_address(browser: httpx.AsyncClient) -> None:
    answer = await confirm(browser, await details(browser))
    assert "answer" not in answer.headers["location"]
    page = await booked(browser, number=9)
    assert "answer" not in str(page.url)
