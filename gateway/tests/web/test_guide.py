"""The guide on the page: one question a screen, back and forth, and not a word of it in an address."""

import re
from html import unescape

import httpx
import pytest
from fake_guide import FakeGuide
from gateway.application.errors import Refused
from la_belle import DEEP, MONTREAL, PARIS, PARIS_PHONE, SWEDISH
from starlette.applications import Starlette
from walk import hidden, press

WORDS = ("stress", "chronic_pain", "arthritis", "pregnancy", "pacemaker", "chest_pain")


@pytest.fixture
def guide(app: Starlette) -> FakeGuide:
    fake: FakeGuide = app.state.slotwell.guide
    return fake


async def start(browser: httpx.AsyncClient) -> httpx.Response:
    return await browser.get("/guide", params={"location": PARIS})


async def go(browser: httpx.AsyncClient, page: httpx.Response, how: str, *answers: str, **more: str) -> httpx.Response:
    """Tick these answers and press a button."""
    ticked = {f"a-{word}": "1" for word in answers}
    return await press(browser, "/guide", hidden(page, "/guide") | ticked | {"go": how} | more)


def heading(page: httpx.Response) -> str:
    found = re.search(r"<h1>(.*?)</h1>", page.text, re.DOTALL)
    assert found is not None
    return unescape(re.sub(r"<[^>]+>", "", found[1])).strip()


def at(page: httpx.Response) -> str:
    return hidden(page, "/guide")["at"]


async def test_the_first_screen_of_the_page_leads_to_it(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/", params={"location": PARIS})
    assert f'href="/guide?location={PARIS}"' in page.text
    assert 'href="/compare"' in page.text
    chosen = await browser.get("/", params={"location": PARIS, "service": SWEDISH})
    assert "/guide" not in chosen.text


async def test_it_asks_for_the_branch_first_because_the_number_to_call_depends_on_it(
    browser: httpx.AsyncClient,
) -> None:
    page = await browser.get("/guide")
    assert all(f'href="/guide?location={branch}"' in page.text for branch in (PARIS, MONTREAL))
    assert at(await start(browser)) == "red_flags"


async def test_one_question_a_screen_up_to_the_free_times(browser: httpx.AsyncClient, guide: FakeGuide) -> None:
    first = await start(browser)
    assert 'name="go" value="none">no red flags</button>' in first.text
    needs = await go(browser, first, "none")
    assert at(needs) == "needs"
    conditions = await go(browser, needs, "next", "stress")
    assert at(conditions) == "conditions"
    advice = await go(browser, conditions, "none")
    assert heading(advice) == "A massage would suit you"
    assert guide.heard == [{"red_flags": ["no_red_flags"], "needs": ["stress"], "conditions": ["no_conditions"]}]
    link = unescape(re.findall(r'href="(/\?[^"]+)"', advice.text)[0])
    assert link == f"/?location={PARIS}&service={SWEDISH}&minutes=60#when"
    assert 'name="slot"' in (await browser.get(link.partition("#")[0])).text


async def test_a_question_is_asked_only_of_whom_it_concerns(browser: httpx.AsyncClient, guide: FakeGuide) -> None:
    needs = await go(browser, await start(browser), "none")
    diagnosis = await go(browser, needs, "next", "chronic_pain")
    assert at(diagnosis) == "diagnosis"
    conditions = await go(browser, diagnosis, "next", "arthritis")
    trimester = await go(browser, conditions, "next", "pregnancy")
    assert at(trimester) == "trimester"
    await go(browser, trimester, "next", **{"q-trimester": "second"})
    assert guide.heard[-1]["conditions"] == ["arthritis", "pregnancy", "second"]


async def test_going_back_keeps_what_was_answered_and_drops_what_no_longer_follows(
    browser: httpx.AsyncClient, guide: FakeGuide
) -> None:
    needs = await go(browser, await start(browser), "none")
    diagnosis = await go(browser, needs, "next", "chronic_pain")
    conditions = await go(browser, diagnosis, "next", "arthritis")
    back = await go(browser, await go(browser, conditions, "back"), "back")
    assert at(back) == "needs"
    assert re.search(r'name="a-chronic_pain" value="1" checked', back.text)
    instead = await go(browser, back, "next", "stress")  # and no longer the pain
    assert at(instead) == "conditions"
    await go(browser, instead, "none")
    assert "arthritis" not in guide.heard[-1]["conditions"]


async def test_a_sign_of_danger_ends_the_questions_with_the_number_and_no_booking(
    browser: httpx.AsyncClient, guide: FakeGuide
) -> None:
    rule = {"id": "emergency.chest_pain", "step": "emergency", "reason": "Help now.", "source": "", "service_ids": []}
    guide.says = guide.says | {
        "recommendation": "emergency",
        "emergency_number": "112",
        "rules": [rule],
        "bookable": [],
        "withheld": [],
    }
    page = await go(browser, await start(browser), "next", "chest_pain")
    assert heading(page) == "Please call 112 now"
    assert 'href="tel:112"' in page.text
    assert "See free times" not in page.text
    assert "service=" not in page.text
    assert at(await go(browser, page, "again")) == "red_flags"


async def test_what_is_held_back_is_named_with_its_reason_and_cannot_be_pressed(browser: httpx.AsyncClient) -> None:
    needs = await go(browser, await start(browser), "none")
    advice = await go(browser, await go(browser, needs, "next", "stress"), "none")
    assert "Deep tissue massage" in advice.text
    assert "can bruise badly" in advice.text
    assert f"service={DEEP}" not in advice.text


async def test_physical_therapy_and_not_here_names_the_other_clinics(
    browser: httpx.AsyncClient, guide: FakeGuide
) -> None:
    clinic = {"name": "Physio Laurier", "phone": "+15145550120", "website": None, "address": None, "note": "Sports"}
    changed = {"recommendation": "physical_therapy", "bookable": [], "withheld": [], "not_here": True}
    guide.says = guide.says | changed | {"outside_clinics": [clinic]}
    needs = await go(browser, await start(browser), "none")
    advice = await go(browser, await go(browser, needs, "next", "stress"), "none")
    assert "Physical therapy, and not here" in advice.text
    assert "Physio Laurier" in advice.text
    assert 'href="tel:+15145550120"' in advice.text


async def test_what_the_rules_send_to_a_call_shows_the_number(browser: httpx.AsyncClient, guide: FakeGuide) -> None:
    guide.says = guide.says | {"bookable": [], "call": PARIS_PHONE}
    needs = await go(browser, await start(browser), "none")
    advice = await go(browser, await go(browser, needs, "next", "stress"), "none")
    assert heading(advice) == "Not today, we think"
    assert f'href="tel:{PARIS_PHONE}"' in advice.text


@pytest.mark.parametrize("answers", [(), ("chest_pain", "no_red_flags")])
async def test_a_screen_without_an_answer_or_with_two_that_disagree_comes_back_and_says_why(
    browser: httpx.AsyncClient, guide: FakeGuide, answers: tuple[str, ...]
) -> None:
    page = await go(browser, await start(browser), "next", *answers)
    assert page.status_code == 422
    assert at(page) == "red_flags"
    assert 'id="guide-error"' in page.text
    assert not guide.heard


async def test_answers_that_the_rules_refuse_lead_back_kindly(browser: httpx.AsyncClient, guide: FakeGuide) -> None:
    guide.says = Refused("contradictory_answers")
    needs = await go(browser, await start(browser), "none")
    page = await go(browser, await go(browser, needs, "next", "stress"), "none")
    assert (page.status_code, at(page)) == (422, "conditions")
    assert "Some of your answers cannot all be true" in page.text


async def test_no_answer_ever_stands_in_an_address_a_cookie_or_a_cache(browser: httpx.AsyncClient) -> None:
    first = await start(browser)
    needs = await go(browser, first, "none")
    conditions = await go(browser, needs, "next", "stress", "chronic_pain")
    diagnosis = await go(browser, conditions, "next", "arthritis")
    advice = await go(browser, diagnosis, "next", "pacemaker")
    for page in (first, needs, conditions, diagnosis, advice):
        addresses = re.findall(r'(?:href|action|src)="([^"]*)"', page.text)
        assert not any(word in address for address in addresses for word in WORDS)
        assert page.headers["cache-control"] == "private, no-store"
        assert "set-cookie" not in page.headers
        assert page.url.path == "/guide"
        assert "location" not in page.headers


async def test_a_form_that_is_not_ours_or_says_nonsense_does_no_harm(browser: httpx.AsyncClient) -> None:
    fields = {"location": PARIS, "at": "nothing", "a-<script>": "1", "q-needs": "stress", "go": "next"}
    page = await press(browser, "/guide", fields)
    assert at(page) == "red_flags"
    assert "<script>" not in page.text
    foreign = await browser.post("/guide", headers={"Sec-Fetch-Site": "cross-site"})
    assert foreign.status_code == 403
    nowhere = await press(browser, "/guide", {"location": "nowhere"})
    assert "Where would you like to come?" in nowhere.text


@pytest.mark.parametrize("address", ["/compare", f"/guide?location={PARIS}"])
async def test_without_the_catalog_service_the_page_leads_to_booking_and_the_phone(
    browser: httpx.AsyncClient, guide: FakeGuide, address: str
) -> None:
    guide.away = True
    page = await browser.get(address)
    assert page.status_code == 503
    assert "Our guide is not there just now" in page.text
    assert 'href="/"' in page.text


async def test_the_comparison_is_a_table_with_both(browser: httpx.AsyncClient) -> None:
    page = await browser.get("/compare")
    assert '<th scope="col" class="massage">Massage</th>' in page.text
    assert "Often yes, in general" in page.text
    assert 'href="/guide"' in page.text


async def test_a_house_with_one_branch_does_not_ask_where(app: Starlette, browser: httpx.AsyncClient) -> None:
    catalog = app.state.slotwell.catalog
    paris = [one for one in catalog.locations() if one["id"] == PARIS]
    catalog.locations = lambda **_: paris
    assert at(await browser.get("/guide")) == "red_flags"
