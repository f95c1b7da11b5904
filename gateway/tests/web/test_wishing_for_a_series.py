"""Several sessions as a guest without script asks for them: how often, the first time, who comes, booked."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

import httpx
import pytest
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from fake_series import FakeSeries
from gateway.application.errors import Refused
from gateway.openapi.guide_examples import advice
from gateway.web.languages import read
from gateway.web.presenters.advice import advice_of
from la_belle import ANA, BRUNO, COUPLES, DEEP, PARIS, SESSION, SWEDISH
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, GUEST, hidden, press, slots, times


@pytest.fixture
def series(app: Starlette) -> FakeSeries:
    found: FakeSeries = app.state.slotwell.series
    return found


async def wish(browser: httpx.AsyncClient, **said: str) -> httpx.Response:
    return await browser.get("/series", params={"location": PARIS, "service": DEEP, "minutes": "60", **said})


async def plan(browser: httpx.AsyncClient, **said: str) -> httpx.Response:
    """The sessions as they would be, four of them unless `said` says otherwise."""
    said = {"sessions": "4", "every": "2", **said}
    page = await wish(browser, **said)
    return await wish(browser, **said, slot=slots(page)[0])


async def book(browser: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    fields = hidden(page, "/series/book") | GUEST | CLEAR | {"mode": "all_or_nothing"} | typed
    return await press(browser, "/series/book", fields)


async def test_the_free_times_lead_to_several_sessions(browser: httpx.AsyncClient) -> None:
    page = await times(browser, practitioner=ANA)
    assert "Book several sessions in a rhythm" in page.text
    page = await wish(browser, practitioner=ANA)
    assert "How many sessions" in page.text
    assert slots(page) == []


async def test_a_guest_says_how_often_sees_every_session_and_books_them_all(
    browser: httpx.AsyncClient, series: FakeSeries
) -> None:
    page = await plan(browser)
    assert "4 sessions, every two weeks" in page.text
    assert page.text.count('<li class="session">') == 4
    answer = await book(browser, page)
    assert answer.status_code == 303, answer.text
    address = answer.headers["location"]
    page = await browser.get(address)
    assert "One confirmation of all sessions is on its way to ana@example.com" in page.text
    assert "4 sessions to come" in page.text
    asked = series.asked[-1]
    assert asked["cadence"] == {"every": 2, "unit": "weeks", "within_days": 0, "within_minutes": 60}
    assert asked["screening"] == [{"service_id": DEEP, "version": 1, "all_clear": True}]
    starts = [datetime.fromisoformat(each["booking"]["start"]) for each in next(iter(series.made.values()))["sessions"]]
    assert {later - earlier for earlier, later in pairwise(starts)} == {timedelta(weeks=2)}


async def test_a_press_that_was_not_heard_is_the_same_series_whatever_was_corrected_since(
    browser: httpx.AsyncClient, series: FakeSeries
) -> None:
    page = await plan(browser)
    first = await book(browser, page)
    second = await book(browser, page, name="Ana Moreau-Petit")
    assert first.headers["location"] == second.headers["location"]
    assert len(series.made) == 1


@pytest.mark.parametrize("number", ["500", "1", "0", "31", "", "many", "-2", "2.5"])
async def test_a_number_that_cannot_be_is_told_kindly_beside_its_field(
    browser: httpx.AsyncClient, series: FakeSeries, number: str
) -> None:
    page = await wish(browser, sessions=number or " ")
    assert page.status_code == 422
    assert "Choose a number from 2 to 30." in page.text
    assert 'id="sessions-error"' in page.text
    assert series.asked == []
    assert slots(page) == []


async def test_a_series_that_reaches_beyond_a_year_is_told_before_it_is_asked(
    browser: httpx.AsyncClient, series: FakeSeries
) -> None:
    page = await plan(browser, sessions="30", every="4")
    assert page.status_code == 422
    assert "That would reach more than a year ahead" in page.text
    assert series.asked == []


async def test_a_session_without_a_time_shows_the_nearest_and_the_others_can_be_booked(
    browser: httpx.AsyncClient, series: FakeSeries, service: FakeBookingService
) -> None:
    page = await wish(browser, sessions="3", every="1")
    first = datetime.fromisoformat(slots(page)[0])
    service.take(ANA, first + timedelta(weeks=1))
    page = await wish(browser, sessions="3", every="1", slot=slots(page)[0])
    assert "One session has no free time in this rhythm" in page.text
    assert "Nearest:" in page.text
    refused = await book(browser, page, mode="all_or_nothing")
    assert (refused.status_code, "Not every session has a free time now" in refused.text) == (409, True)
    assert 'value="Ana Moreau"' in refused.text
    answer = await book(browser, page, mode="best_effort")
    page = await browser.get(answer.headers["location"].partition("?")[0])
    assert "2 sessions to come" in page.text
    assert "Find a time" in page.text


async def test_what_is_missing_is_named_and_what_was_typed_is_kept(browser: httpx.AsyncClient) -> None:
    page = await plan(browser)
    answer = await book(browser, page, name="", email="", phone="", **{"answer-clots": ""})
    assert answer.status_code == 422
    assert "3 things need another look" in answer.text
    answer = await book(browser, page, email="nobody")
    assert "This does not look like an e-mail address" in answer.text
    answer = await book(browser, page, **{"answer-clots": "yes"})
    assert "Please call us before this treatment" in answer.text


@pytest.mark.parametrize("away", [AWAY, UNHEARD])
async def test_with_the_calendar_away_what_was_typed_is_kept(
    browser: httpx.AsyncClient, series: FakeSeries, away: Exception
) -> None:
    page = await plan(browser)
    series.before = {"book": away, "plan": AWAY}
    answer = await book(browser, page)
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert 'value="Ana Moreau"' in answer.text
    again = await book(browser, answer)
    assert again.status_code == 303
    series.before = {"plan": AWAY}
    assert (await plan(browser)).status_code == 503


@pytest.mark.parametrize("code", ["party_size", "too_soon", "by_phone_only"])
async def test_what_cannot_be_a_series_says_why(browser: httpx.AsyncClient, series: FakeSeries, code: str) -> None:
    series.before = {"plan": Refused(code, extra={"phone": "+33199001010"})}
    page = await plan(browser)
    assert page.status_code == 422
    assert 'role="alert"' in page.text


@pytest.mark.parametrize("service", [COUPLES, SESSION])
async def test_what_is_booked_by_phone_is_booked_by_phone(browser: httpx.AsyncClient, service: str) -> None:
    page = await wish(browser, service=service, minutes="")
    assert "We book this with you by phone" in page.text


async def test_two_treatments_share_a_rhythm_and_each_asks_its_own_questions_once(
    browser: httpx.AsyncClient, series: FakeSeries
) -> None:
    said = {"also": SWEDISH, "also_sessions": "2", "order": "one_after_another"}
    assert (await wish(browser, sessions="20", also=SWEDISH, also_sessions="20")).status_code == 422
    page = await plan(browser, sessions="1", every="1", **said)
    assert page.text.count('<li class="session">') == 3
    assert page.text.count("Do you take blood thinners") == 1
    answer = await book(browser, page)
    assert answer.status_code == 303, answer.text
    assert [(part["service_id"], part["sessions"]) for part in series.asked[-1]["parts"]] == [(DEEP, 1), (SWEDISH, 2)]
    assert series.asked[-1]["order"] == "one_after_another"


async def test_a_series_may_begin_with_an_evaluation_had_once(browser: httpx.AsyncClient, series: FakeSeries) -> None:
    page = await wish(browser, service=SWEDISH, begin=DEEP)
    assert "It begins with one session of Deep tissue massage." in page.text
    page = await plan(browser, service=SWEDISH, begin=DEEP, sessions="1")
    assert "2 sessions, every two weeks" in page.text
    assert page.text.count("Do you take blood thinners") == 1
    assert (await book(browser, page)).status_code == 303
    assert [(part["service_id"], part["sessions"]) for part in series.asked[-1]["parts"]] == [(DEEP, 1), (SWEDISH, 1)]
    assert (await wish(browser, service=SWEDISH, begin=DEEP, sessions="30")).status_code == 422


async def test_the_guides_both_leads_to_a_series_of_both(app: Starlette) -> None:
    catalog = app.state.slotwell.catalog
    services = {
        DEEP: {**catalog.service(DEEP), "modality": "physical_therapy"},  # as if it were: here therapy is by phone
        SWEDISH: catalog.service(SWEDISH),
    }

    def advised(*, needs: Sequence[str] = (), **changes: Any) -> Any:
        said = {**advice(location_id=PARIS, swedish=SWEDISH, deep_tissue=DEEP), **changes}
        said["needs"] = [{"need": each, "general": True, "rule": said["rules"][0]["id"]} for each in needs]
        said["bookable"] = [
            {**said["bookable"][0], "service_id": each, "channel": "online", "suggested": True} for each in services
        ]
        return advice_of(said, services=services, location=catalog.location(PARIS), language=read("en")).series

    series = advised(series=["physical_therapy", "massage"])
    assert (series.first, series.second) == ("Deep tissue massage", "Swedish massage")
    assert series.address == f"/series?location={PARIS}&service={DEEP}&also={SWEDISH}"
    assert series.begin == ""
    assert advised(series=[]) is None
    services[COUPLES] = {**catalog.service(COUPLES), "modality": "physical_therapy"}
    series = advised(series=["physical_therapy", "massage"], needs=["evaluation"])
    assert (series.begin, series.first, series.second) == ("Deep tissue massage", "Couples massage", "Swedish massage")
    assert f"service={COUPLES}&begin={DEEP}&also={SWEDISH}" in series.address
    del services[COUPLES]
    services[DEEP] = catalog.service(DEEP)
    assert advised(series=["physical_therapy", "massage"]) is None


@pytest.mark.parametrize(
    "query",
    [
        {"location": "nowhere", "service": DEEP},
        {"location": PARIS, "service": "nothing"},
        {},
    ],
)
async def test_what_is_not_offered_leads_back_to_choosing(browser: httpx.AsyncClient, query: dict[str, str]) -> None:
    answer = await browser.get("/series", params=query)
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/")


async def test_a_time_that_is_none_and_a_practitioner_who_is_gone_are_taken_in_stride(
    browser: httpx.AsyncClient, clock: FixedClock
) -> None:
    assert (await wish(browser, sessions="4", slot="yesterday")).status_code == 400
    assert (await wish(browser, sessions="4", practitioner=BRUNO)).status_code == 200
    assert clock.now().tzinfo is not None
