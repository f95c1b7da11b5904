"""Who may treat, on the first screen: a woman, a man, somebody by name, somebody who speaks one's language."""

import re
from html import unescape
from urllib.parse import urlencode

import httpx
import pytest
from fake_series import with_series
from fake_wishes import with_wishes
from la_belle import ANA, PARIS, SWEDISH
from starlette.applications import Starlette
from walk import GUEST, hidden, press, slots, take, times


@pytest.fixture(autouse=True)
def _wishes(app: Starlette) -> None:
    with_wishes(app)


def pills(page: httpx.Response, kind: str) -> dict[str, str]:
    """Each choice of a kind, by name, with where it leads."""
    found = re.findall(rf'<li><a id="{kind}-[^"]+" data-stay href="([^"]+)"[^>]*>(.*?)</a>', page.text)
    return {re.sub("<[^>]+>", "", name).strip(): unescape(address).partition("#")[0] for address, name in found}


def who(page: httpx.Response) -> set[str]:
    """Who could serve the times that are shown."""
    return set(re.findall(r"\d, with ([^<]+)<", page.text))


async def test_between_anyone_and_the_names_stand_the_genders_that_somebody_tells(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH)
    assert list(pills(page, "person")) == ["Anyone", "A woman", "A man", "Ana Moreau", "Bruno Keller"]


async def test_only_languages_that_not_everyone_speaks_are_a_choice(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH)
    assert list(pills(page, "speaks")) == ["Any language", "Spanish"]
    alone = await times(browser, SWEDISH, practitioner=ANA)
    assert pills(alone, "speaks") == {}, "whoever is named speaks what they speak"


async def test_a_wish_shows_the_times_of_those_who_meet_it_alone(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH)
    assert who(page) == {"Ana Moreau or Bruno Keller"}
    by_a_man = await browser.get(pills(page, "person")["A man"])
    assert who(by_a_man) == {"Bruno Keller"}
    assert who(await browser.get(pills(page, "speaks")["Spanish"])) == {"Ana Moreau"}
    assert who(await browser.get(pills(by_a_man, "person")["Anyone"])) == who(page)


async def test_whoever_is_named_is_named_alone(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH, gender="male", spoken="fr")
    address = pills(page, "person")["Ana Moreau"]
    assert "gender" not in address
    assert "spoken" not in address
    assert who(await browser.get(address)) == {"Ana Moreau"}


async def test_a_wish_that_nobody_here_could_meet_counts_as_not_wished(browser: httpx.AsyncClient) -> None:
    page = await times(browser, SWEDISH, gender="<b>", spoken="zz")
    assert who(page) == {"Ana Moreau or Bruno Keller"}
    assert "<b>" not in page.text


async def test_what_is_held_is_as_wished_and_letting_it_go_leads_back_to_the_same_wish(
    browser: httpx.AsyncClient,
) -> None:
    page = await times(browser, SWEDISH, gender="male", spoken="en")
    assert {"gender": "male", "spoken": "en"}.items() <= hidden(page, "/book/hold").items()
    await take(browser, page)
    details = await browser.get("/book/details")
    assert "Bruno Keller" in details.text
    carried = hidden(details, "/book/confirm")
    assert (carried["gender"], carried["spoken"]) == ("male", "en")
    back = await press(browser, "/book/release", carried)
    assert {"gender=male", "spoken=en"} <= set(back.headers["location"].partition("#")[0].partition("?")[2].split("&"))


async def test_a_series_keeps_what_is_wished_from_its_link_to_its_booking(
    app: Starlette, browser: httpx.AsyncClient
) -> None:
    fake = with_series(app).state.slotwell.series
    page = await times(browser, SWEDISH, gender="male", spoken="fr")
    link = re.search(r'href="(/series\?[^"]+)"', page.text)
    assert link is not None
    assert "gender=male&amp;spoken=fr" in link[1]
    said = "&sessions=4&every=1"
    wish = await browser.get(unescape(link[1]) + said)
    assert who(wish) == {"Bruno Keller"}
    assert "A woman" in pills(wish, "person")
    planned = await browser.get(f"/series?{urlencode(hidden(wish, '/series') | {'slot': slots(wish)[0]})}")
    assert "Bruno Keller" in planned.text
    answer = await press(browser, "/series/book", hidden(planned, "/series/book") | GUEST | {"mode": "all_or_nothing"})
    assert answer.status_code == 303, answer.text
    assert [part["preferences"] for part in fake.asked[-1]["parts"]] == [{"gender": "male", "languages": ["fr"]}]
    back = re.search(r'href="(/\?[^"]+)"[^>]*>Just one session', wish.text)
    assert back is not None
    assert "gender=male" in back[1]


async def test_who_waits_waits_for_what_is_wished(browser: httpx.AsyncClient) -> None:
    page = await browser.get(
        "/waitlist", params={"location": PARIS, "service": SWEDISH, "gender": "female", "spoken": "es"}
    )
    assert "<dd>A woman, Spanish</dd>" in page.text
    carried = hidden(page, "/waitlist")
    assert (carried["gender"], carried["spoken"]) == ("female", "es")
    assert slots(page) == []
