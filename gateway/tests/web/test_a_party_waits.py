"""Two wait as one on the page, and a guest waits for what they had chosen with the treatment."""

from datetime import timedelta

import httpx
import pytest
from fake_waitlist import FakeWaitlist
from gateway.domain.catalog import Entity
from la_belle import ANA, DEEP, PARIS, SWEDISH
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, GUEST, hidden, press, times

BOTH_CLEAR = CLEAR | {"answer2-clots": "no", "answer2-surgery": "no"}


@pytest.fixture
def waitlist(app: Starlette) -> FakeWaitlist:
    found: FakeWaitlist = app.state.slotwell.waitlist
    return found


def for_two(app: Starlette, *, version: int = 2, **more: object) -> None:
    """Deep tissue is for two from here on."""
    copy = app.state.slotwell.catalog
    view = {**copy.service(DEEP), "guests": 2, **more}
    told = Entity(kind="service", id=DEEP, version=version, deleted=False, view=view, skills=frozenset({DEEP}))
    copy.catalog = copy.catalog.with_newer([told])


async def sent(browser: httpx.AsyncClient, clock: FixedClock, address: str, **typed: str) -> httpx.Response:
    page, first = await browser.get(address), clock.now().date()
    days = {"first": first.isoformat(), "last": (first + timedelta(days=6)).isoformat(), "part": "any"}
    return await press(browser, "/waitlist", hidden(page, "/waitlist") | GUEST | days | typed)


async def test_where_two_find_nothing_the_page_lets_them_wait_and_therapy_is_still_arranged_by_phone(
    app: Starlette, browser: httpx.AsyncClient
) -> None:
    for_two(app)
    page = (await times(browser, practitioner=ANA)).text
    assert f'href="/waitlist?location={PARIS}&amp;service={DEEP}&amp;minutes=60&amp;practitioner={ANA}"' in page
    assert "Book several sessions in a rhythm" not in page
    for_two(app, version=3, modality="physical_therapy")
    assert "/waitlist?" not in (await times(browser)).text


async def test_two_join_by_name_and_the_offer_asks_both(
    app: Starlette, browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    for_two(app)
    address = f"/waitlist?location={PARIS}&service={DEEP}&minutes=60&practitioner={ANA}"
    form = (await browser.get(address)).text
    assert "You, with" in form
    assert "About the one who comes with you" in form
    missing = await sent(browser, clock, address)
    assert missing.status_code == 422
    assert "Give us a name to expect them by." in missing.text
    assert waitlist.entries == {}
    joined = await sent(browser, clock, address, name2="Luc Moreau")
    assert joined.status_code == 303, joined.text
    place = joined.headers["location"].partition("?")[0]
    [entry] = waitlist.entries.values()
    assert [one["name"] for one in entry["guests"]] == ["Ana Moreau", "Luc Moreau"]
    assert [one["practitioner"] and one["practitioner"]["id"] for one in entry["guests"]] == [ANA, None]
    page = (await browser.get(place)).text
    assert "Luc Moreau" in page
    assert f"practitioner={ANA}" in page, "the way back keeps what was chosen"

    entry["guests"][1]["practitioner"] = {"id": "b", "name": "Bruno Keller"}
    waitlist.offers(entry["id"])
    page = (await browser.get(place)).text
    assert "For the safety of Ana Moreau" in page
    assert "For the safety of Luc Moreau" in page
    assert "Luc Moreau with Bruno Keller, 60 minutes" in page
    half = await press(browser, f"{place}/accept", CLEAR)
    assert half.status_code == 422
    assert 'href="#answer2-clots-no"' in half.text
    yes = await press(browser, f"{place}/accept", BOTH_CLEAR | {"answer2-clots": "yes"})
    assert "Please call us before this treatment" in yes.text
    assert (await press(browser, f"{place}/accept", BOTH_CLEAR)).status_code == 303
    assert waitlist.companions == [{"screening": {"version": 1, "all_clear": True}}]


async def test_a_guest_waits_for_what_is_had_with_the_treatment(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    page = (await times(browser, SWEDISH, minutes="60", extras="hot_stones")).text
    assert f"/waitlist?location={PARIS}&amp;service={SWEDISH}&amp;minutes=60&amp;extras=hot_stones" in page
    address = f"/waitlist?location={PARIS}&service={SWEDISH}&minutes=60&extras=hot_stones"
    assert "with Hot stones" in (await browser.get(address)).text
    joined = await sent(browser, clock, address)
    assert joined.status_code == 303, joined.text
    [entry] = waitlist.entries.values()
    assert [one["id"] for one in entry["guests"][0]["add_ons"]] == ["hot_stones"]
    assert "with Hot stones" in (await browser.get(joined.headers["location"])).text


async def test_two_wait_for_what_each_of_them_chose(
    app: Starlette, browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    for_two(app)
    page = (await times(browser, minutes="60", minutes2="90", gender2="female")).text
    assert "Both together: €115" in page
    address = f"/waitlist?location={PARIS}&service={DEEP}&minutes=60&minutes2=90&gender2=female"
    form = (await browser.get(address)).text
    assert "<dd>A woman" in form
    assert "for 90 minutes" in form
    joined = await sent(browser, clock, address, name2="Luc Moreau")
    assert joined.status_code == 303, joined.text
    [entry] = waitlist.entries.values()
    assert [one["duration_minutes"] for one in entry["guests"]] == [60, 90]
    assert "minutes2=90" in (await browser.get(joined.headers["location"])).text, "the way back keeps what was chosen"
