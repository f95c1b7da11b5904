"""Something to have with the treatment, on the page: longer, dearer, asked about, and left out again."""

import re
from html import unescape

import httpx
from fake_clinic import AWAY, FakeBookingService
from la_belle import DEEP, MONTREAL, SWEDISH
from walk import confirm, hidden, press, slots, take, times


async def test_what_can_be_had_online_is_offered_where_it_has_a_price(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH)
    assert 'id="extra-hot_stones"' in page.text
    assert "+ 15 min" in page.text
    assert "+ €20" in page.text
    assert "A candle" not in page.text
    assert 'id="extra-hot_stones"' not in (await times(browser, SWEDISH, MONTREAL)).text
    assert "With it, if you like" not in (await times(browser, DEEP)).text


async def test_its_link_adds_it_and_the_same_link_leaves_it_out_again(browser: httpx.AsyncClient) -> None:
    def link(page: httpx.Response) -> str:
        return unescape(re.findall(r'id="extra-hot_stones" data-stay href="([^"]+)"', page.text)[0])

    added = await browser.get(link(await times(browser, SWEDISH, minutes="90")))
    assert "minutes=90" in link(added)
    assert hidden(added, "/book/hold")["extras"] == "hot_stones"
    assert "extras" not in link(added)
    assert "extras" not in hidden(await browser.get(link(added)), "/book/hold")


async def test_it_is_held_asked_about_and_booked_with_its_minutes_and_its_price(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    await take(browser, await times(browser, SWEDISH, extras="hot_stones", minutes="60"))
    page = await browser.get("/book/details")
    assert "with Hot stones" in page.text
    assert "Book for €105" in page.text
    assert "for 75 minutes" in page.text
    assert "Do you feel heat less than usual?" in page.text
    assert (await confirm(browser, page)).status_code == 422
    booked = await confirm(browser, page, **{"answer-neuropathy": "no"})
    assert booked.status_code == 303
    assert "with Hot stones" in (await browser.get(booked.headers["location"])).text
    [booking] = service.bookings.values()
    assert (booking["duration_minutes"], booking["price"]["amount"]) == (75, "105.00")


async def test_the_second_screen_keeps_it_while_the_calendar_is_away_and_when_it_is_let_go(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    await take(browser, await times(browser, SWEDISH, extras="hot_stones", minutes="60"))
    page = await browser.get("/book/details")
    service.before["book"] = AWAY
    away = await confirm(browser, page, **{"answer-neuropathy": "no"})
    assert away.status_code == 503
    for shown in ("with Hot stones", "Book for €105", "for 75 minutes", "Do you feel heat less than usual?"):
        assert shown in away.text
    let_go = await press(browser, "/book/release", hidden(away, "/book/confirm"))
    assert "minutes=60&extras=hot_stones" in let_go.headers["location"]


async def test_what_is_not_to_be_had_is_left_out_of_a_hand_written_address(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH, extras="candle,mud,../x,hot_stones,hot_stones")
    assert hidden(page, "/book/hold")["extras"] == "hot_stones"
    assert slots(page)
    assert "extras" not in hidden(await times(browser, DEEP, extras="hot_stones"), "/book/hold")
