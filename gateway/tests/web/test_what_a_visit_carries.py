"""What a guest chose of each treatment of a visit: add-ons, lengths and wishes go along from the first screen to the
booking, for two treatments, three or four."""

import re
from html import unescape
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from fake_clinic import UNHEARD
from fake_visits import FakeVisits, with_visits
from fake_wishes import FakeWishfulBookingService, with_wishes
from gateway.domain.catalog import Entity
from la_belle import ANA, BRUNO, COUPLES, DEEP, PARIS, SWEDISH
from starlette.applications import Starlette
from walk import GUEST, hidden, press, slots, times

FIRST = {"location": PARIS, "service": SWEDISH, "minutes": "90", "extras": "hot_stones", "gender": "female"}
TWO = {**FIRST, "service2": DEEP, "minutes2": "60"}
FOUR = {**TWO, "service3": SWEDISH, "service4": DEEP}
CLEAR = {"answer-neuropathy": "no", "answer2-clots": "no", "answer2-surgery": "no"}
HEAT = {"id": "neuropathy", "text": "Do you feel heat less than usual?"}


@pytest.fixture(autouse=True)
def booking(app: Starlette) -> FakeWishfulBookingService:
    return with_wishes(app)


@pytest.fixture
def series(app: Starlette, booking: FakeWishfulBookingService) -> FakeVisits:
    found: FakeVisits = with_visits(app).state.slotwell.series
    return found


def link(page: httpx.Response, words: str) -> str:
    """Where the link that says so leads."""
    found = re.search(rf'href="([^"]+)"[^>]*>{re.escape(words)}', page.text)
    assert found is not None, f"there is no link that says {words}"
    return unescape(found[1])


def pill(page: httpx.Response, name: str) -> tuple[str, bool]:
    """Where a pill leads, and whether it is chosen."""
    found = re.search(rf'id="{name}"(?: data-stay)? href="([^"]+)"( aria-current="true")?', page.text)
    assert found is not None, f"there is no {name}"
    return unescape(found[1]), bool(found[2])


def said(address: str) -> dict[str, str]:
    """What an address says."""
    return {name: value for name, [value] in parse_qs(urlsplit(address).query).items()}


async def wish(browser: httpx.AsyncClient, query: dict[str, str], **more: str) -> httpx.Response:
    return await browser.get("/visits", params={**query, **more})


async def plan(browser: httpx.AsyncClient, query: dict[str, str]) -> httpx.Response:
    return await wish(browser, query, slot=slots(await wish(browser, query))[0])


async def book(browser: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    return await press(browser, "/visits/book", hidden(page, "/visits/book") | GUEST | typed)


def asks(app: Starlette, service: str, *questions: dict[str, str], **more: Any) -> None:
    """Let a service ask these questions."""
    copy = app.state.slotwell.catalog
    view = {**copy.service(service), "screening": {"version": 7, "questions": list(questions)}, **more}
    entity = Entity(kind="service", id=service, version=2, deleted=False, view=view, skills=frozenset({service}))
    copy.catalog = copy.catalog.with_newer([entity])


# --- the wish ---


async def test_the_link_to_another_treatment_takes_all_that_was_chosen_of_the_first(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await times(browser, SWEDISH, minutes="90", extras="hot_stones", gender="female", spoken="es")
    page = await browser.get(link(page, "Add another treatment after this one"))
    for name in ("first-length-90", "first-extra-hot_stones", "first-person-female", "first-speaks-es"):
        assert pill(page, name)[1], name
    assert "With: A woman, Spanish" in page.text
    # Whoever comes next is wished to be alike, until one says otherwise.
    chosen = said(pill(page, f"then-{DEEP}")[0])
    assert (chosen["extras"], chosen["gender2"], chosen["spoken2"]) == ("hot_stones", "female", "es")
    back = said(link(page, "Just one treatment"))
    assert {"minutes": "90", "extras": "hot_stones", "gender": "female", "spoken": "es"}.items() <= back.items()
    assert not any(name.endswith("2") for name in back)


async def test_a_part_is_changed_by_itself(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await wish(browser, {**TWO, "service2": SWEDISH})
    before = {**TWO, "service2": SWEDISH, "arrangement": "one_after_another"}
    assert said(pill(page, "then-extra-hot_stones")[0]) == {**before, "extras2": "hot_stones"}
    assert said(pill(page, "then-length-30")[0]) == {**before, "minutes2": "30"}
    assert said(pill(page, "then-person-male")[0]) == {**before, "gender2": "male"}
    without = dict(before)
    del without["extras"]
    assert said(pill(page, "first-extra-hot_stones")[0]) == without
    # Another treatment has other lengths and add-ons; whom one likes stays.
    assert said(pill(page, f"first-{DEEP}")[0]).keys().isdisjoint({"minutes", "extras"})
    assert said(pill(page, f"first-{DEEP}")[0])["gender"] == "female"


async def test_only_times_at_which_all_wishes_are_met_are_shown(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    men = {**TWO, "gender": "male", "service2": SWEDISH, "gender2": "male"}
    page = await plan(browser, men)
    assert page.text.count("with Bruno Keller") == 2
    assert "Ana Moreau" not in page.text.partition('<ol class="sessions">')[2].partition("</ol>")[0]


async def test_what_all_parts_come_to_counts_add_ons(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    assert "All together: 165 min, €235" in (await wish(browser, TWO)).text
    assert "All together: 150 min, €215" in (await wish(browser, {**TWO, "extras": ""})).text
    assert "All together: 285 min, €415" in (await wish(browser, FOUR)).text
    at_once = {**TWO, "service2": SWEDISH, "minutes2": "90", "arrangement": "at_once"}
    assert "Both together: €260" in (await wish(browser, at_once)).text


async def test_what_is_not_to_be_had_is_left_out(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await wish(browser, {**FOUR, "extras": "candle,<b>", "gender": "other", "service3": "nothing"})
    carried = hidden(page, "/visits")
    assert carried["service3"] == DEEP
    assert carried.keys().isdisjoint({"service4", "extras", "gender"})
    page = await wish(browser, {**TWO, "gender2": "male", "service3": COUPLES})
    assert hidden(page, "/visits").keys().isdisjoint({"gender2", "service3"}), "no man gives deep tissue"


async def test_each_of_two_keeps_whom_they_like_on_the_way_to_two_rooms(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits, booking: FakeWishfulBookingService
) -> None:
    couples = app.state.slotwell.catalog.service(COUPLES)
    offers = [{**offer, "channel": "online"} for offer in couples["offers"]]
    copy = app.state.slotwell.catalog
    view = {**couples, "guests": 2, "offers": offers}
    entity = Entity(kind="service", id=COUPLES, version=2, deleted=False, view=view, skills=frozenset({SWEDISH}))
    copy.catalog = copy.catalog.with_newer([entity])
    booking.closed_days = 3
    page = await times(browser, COUPLES, practitioner=BRUNO, gender2="female", spoken="es")
    page = await browser.get(link(page, "Two rooms at the same time instead"))
    page = await browser.get(pill(page, f"first-{SWEDISH}")[0])
    page = await browser.get(pill(page, f"then-{DEEP}")[0])
    wished = {"practitioner": BRUNO, "gender2": "female", "spoken2": "es"}
    assert wished.items() <= hidden(page, "/visits").items()
    assert slots(page)


async def test_at_once_a_wish_that_only_the_others_hands_could_meet_counts_as_not_wished(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    both = {"location": PARIS, "service": SWEDISH, "service2": SWEDISH, "arrangement": "at_once"}
    page = await wish(browser, both, practitioner=BRUNO, gender2="male")
    assert "gender2" not in hidden(page, "/visits")
    page = await wish(browser, both, gender="male", practitioner2=BRUNO)
    assert "gender" not in hidden(page, "/visits")
    assert hidden(page, "/visits")["practitioner2"] == BRUNO


# --- three and four ---


async def test_a_third_and_a_fourth_treatment_are_added_and_left_out(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await wish(browser, TWO)
    assert "<h1>Two treatments in one visit</h1>" in page.text
    assert 'Leave it out<span class="unseen">: ' not in page.text
    assert slots(page)
    page = await browser.get(pill(page, f"after-that-{SWEDISH}")[0])
    assert "<h1>Three treatments in one visit</h1>" in page.text
    page = await browser.get(pill(page, f"last-{DEEP}")[0])
    assert "<h1>Four treatments in one visit</h1>" in page.text
    assert "Add another treatment" not in page.text
    assert {**FOUR, "gender3": "female", "gender4": "female"}.items() <= hidden(page, "/visits").items()
    # Those after the one that goes move up, with all that was chosen of them.
    page = await browser.get(link(page, "Leave it out"))
    assert "<h1>Three treatments in one visit</h1>" in page.text
    assert [hidden(page, "/visits")[f"service{number}"] for number in ("", "2", "3")] == [DEEP, SWEDISH, DEEP]
    assert "extras" not in hidden(page, "/visits")


async def test_two_at_once_are_offered_no_third(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await wish(browser, {**FOUR, "arrangement": "at_once", "gender": ""})
    assert "Add another treatment" not in page.text
    assert "service3" not in hidden(page, "/visits")
    assert slots(page)


async def test_four_treatments_are_booked_as_they_were_chosen(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await plan(browser, FOUR | {"practitioner4": ANA})
    assert page.text.count('<li class="session">') == 4
    assert "Book for €415" in page.text
    answer = await book(browser, page, **CLEAR)
    assert answer.status_code == 303, answer.text
    sent = [{name: part[name] for name in part if name != "screening"} for part in series.asked[-1]["parts"]]
    assert sent == [
        {
            "service_id": SWEDISH,
            "duration_minutes": 90,
            "practitioner_id": None,
            "add_on_ids": ["hot_stones"],
            "preferences": {"gender": "female"},
        },
        {"service_id": DEEP, "duration_minutes": 60, "practitioner_id": None},
        {"service_id": SWEDISH, "duration_minutes": 60, "practitioner_id": None},
        {"service_id": DEEP, "duration_minutes": 60, "practitioner_id": ANA},
    ]
    page = await browser.get(answer.headers["location"])
    assert "4 treatments to come" in page.text
    assert page.text.count("Swedish massage with Hot stones") == 1


# --- who comes ---


async def test_before_it_is_booked_each_part_says_what_is_had_with_it(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await plan(browser, TWO)
    assert "Swedish massage with Hot stones" in page.text
    assert "105 min" in page.text
    assert "Book for €235" in page.text
    assert "Do you feel heat less than usual?" in page.text
    assert said(link(page, "Choose another time"))["extras"] == "hot_stones"


async def test_all_that_was_chosen_outlives_a_press_that_failed(
    browser: httpx.AsyncClient, series: FakeVisits, booking: FakeWishfulBookingService
) -> None:
    page = await plan(browser, TWO)
    missing = await book(browser, page)
    assert (missing.status_code, "Please answer: Do you feel heat" in missing.text) == (422, True)
    series.before = {"book_visit": UNHEARD}
    unheard = await book(browser, missing, **CLEAR)
    assert unheard.status_code == 503
    for answer in (page, missing, unheard):
        assert {**TWO, "arrangement": "one_after_another"}.items() <= hidden(answer, "/visits/book").items()
    assert (await book(browser, unheard, **CLEAR)).status_code == 303


async def test_in_another_language_the_same_is_chosen(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    french = {"Accept-Language": "fr"}
    page = await browser.get("/visits", params=FOUR, headers=french)
    assert "Quatre soins en une visite" in page.text
    assert "Avec\N{NO-BREAK SPACE}: Une femme" in page.text
    assert pill(page, "first-extra-hot_stones")[1]
    assert hidden(page, "/visits") == hidden(await wish(browser, FOUR), "/visits")


async def test_one_guest_is_asked_the_same_words_once_and_every_treatment_is_told(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    asks(app, DEEP, HEAT, {"id": "clots", "text": "Do you take blood thinners?"})
    three = {**TWO, "service3": DEEP}
    page = await plan(browser, three)
    assert page.text.count(f"<legend>{HEAT['text']}</legend>") == 1
    assert page.text.count("<legend>") == 2
    for heat, clots, clear in (
        ("no", "no", [True] * 3),
        ("yes", "no", [False] * 3),
        ("no", "yes", [True, False, False]),
    ):
        await book(browser, page, **{"answer-neuropathy": heat, "answer2-clots": clots})
        told = [part["screening"] for part in series.asked[-1]["parts"]]
        assert [each["all_clear"] for each in told] == clear
        assert [each["version"] for each in told] == [0, 7, 7]
        series.keys.clear()


async def test_two_guests_are_asked_each_by_themselves(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    asks(app, DEEP, HEAT)
    page = await plan(browser, {**TWO, "arrangement": "at_once", "gender": "", "practitioner": BRUNO})
    assert page.text.count(f"<legend>{HEAT['text']}</legend>") == 2
    answer = await book(browser, page, name2="Luc Moreau", **{"answer-neuropathy": "no", "answer2-neuropathy": "yes"})
    assert answer.status_code == 422
    assert [part["screening"]["all_clear"] for part in series.asked[-1]["parts"]] == [True, False]


async def test_the_same_id_with_other_words_is_another_question(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    asks(app, DEEP, {**HEAT, "text": "Do you feel cold less than usual?"})
    page = await plan(browser, TWO)
    assert page.text.count("<legend>") == 2
    await book(browser, page, **{"answer-neuropathy": "no", "answer2-neuropathy": "yes"})
    assert [part["screening"]["all_clear"] for part in series.asked[-1]["parts"]] == [True, False]
