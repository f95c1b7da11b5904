"""A series' own page as a guest without script walks through it."""

from datetime import timedelta

import httpx
import pytest
from fake_series import FakeSeries
from la_belle import DEEP, PARIS
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, hidden, press, slots


@pytest.fixture
def series(app: Starlette) -> FakeSeries:
    found: FakeSeries = app.state.slotwell.series
    return found


async def a_series(series: FakeSeries, clock: FixedClock, sessions: int = 3) -> str:
    made = await series.book(
        location_id=PARIS,
        parts=[{"service_id": DEEP, "duration_minutes": 60, "practitioner_id": None, "sessions": sessions}],
        cadence={"every": 1, "unit": "weeks"},
        starting=clock.now() + timedelta(days=3, hours=4),
        order="in_turn",
        mode="best_effort",
        guest={"name": "Ana Moreau", "email": "ana@example.com", "phone": None},
        screening=[{"service_id": DEEP, "version": 1, "all_clear": True}],
    )
    made_id: str = made["series"]["id"]
    return made_id


async def test_the_link_from_the_message_opens_every_session_and_leaves_the_address(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    answer = await browser.get(f"/s/{made}/series-{made}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/series/{made}")
    page = await browser.get(f"/series/{made}")
    assert "3 sessions to come" in page.text
    assert page.text.count("Move or cancel") == 3
    assert page.headers["cache-control"] == "private, no-store"


async def test_a_session_is_opened_with_its_own_key(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    answer = await browser.get(f"/series/{made}/sessions/2")
    booking = series.made[made]["sessions"][1]["booking"]
    assert answer.headers["location"] == f"/bookings/{booking['id']}"
    assert "Your visit" in (await browser.get(answer.headers["location"])).text
    assert (await browser.get(f"/series/{made}/sessions/9")).headers["location"] == f"/series/{made}"


async def test_all_that_is_left_can_be_cancelled_at_once(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    answer = await press(browser, f"/series/{made}/cancel", {})
    assert answer.status_code == 303
    page = await browser.get(f"/series/{made}")
    assert "0 sessions to come" in page.text
    assert "Cancel all that is left" not in page.text


async def test_without_its_key_a_series_shows_nothing(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    assert (await browser.get(f"/series/{made}")).status_code == 401
    assert (await browser.get(f"/s/{made}/series-wrong")).status_code == 403
    assert (await browser.get(f"/s/nothing/series-{made}")).status_code == 403
    for path in ("", "/sessions/1"):
        assert (await browser.get(f"/series/{made}{path}")).status_code == 401


async def test_a_session_that_fell_out_gets_one_of_the_times_that_keep_the_rhythm(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    series.gives_up(made, 2)
    page = await browser.get(f"/series/{made}")
    assert "One session has no time" in page.text
    assert f'href="/series/{made}/repair?session=2"' in page.text
    page = await browser.get(f"/series/{made}/repair?session=2")
    assert len(slots(page)) == 3
    asked = hidden(page, f"/series/{made}/repair") | {"slot": slots(page)[1]}
    refused = await press(browser, f"/series/{made}/repair", asked)
    assert refused.status_code == 422
    assert "Please answer" in refused.text
    refused = await press(browser, f"/series/{made}/repair", asked | CLEAR | {"answer-clots": "yes"})
    assert "Please call us before this treatment" in refused.text
    answer = await press(browser, f"/series/{made}/repair", asked | CLEAR)
    assert answer.headers["location"] == f"/series/{made}?filled=1"
    assert "3 sessions to come" in (await browser.get(f"/series/{made}")).text
    assert series.made[made]["sessions"][1]["booking"]["start"] == slots(page)[1]


@pytest.mark.parametrize("session", ["1", "99", "", "x", "-1"])
async def test_where_nothing_is_to_be_repaired_the_series_itself_is_shown(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock, session: str
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    answer = await browser.get(f"/series/{made}/repair?session={session}")
    assert (answer.status_code, answer.headers["location"]) == (303, f"/series/{made}")


async def test_a_session_whose_time_the_clinic_cannot_keep_says_so_and_gets_another(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    assert "Needs another time" not in (await browser.get(f"/series/{made}")).text
    series.made[made]["sessions"][1]["displaced"] = True
    page = await browser.get(f"/series/{made}")
    assert "We cannot keep the time of one session" in page.text
    assert page.text.count("Needs another time") == 1
    page = await browser.get(f"/series/{made}/repair?session=2")
    assert "Please answer" not in page.text
    asked = hidden(page, f"/series/{made}/repair") | {"slot": slots(page)[0]}
    answer = await press(browser, f"/series/{made}/repair", asked)
    assert answer.headers["location"] == f"/series/{made}?filled=1"
    assert "Needs another time" not in (await browser.get(f"/series/{made}")).text


async def test_a_session_of_therapy_shows_what_it_still_needs_and_until_when(
    browser: httpx.AsyncClient, series: FakeSeries, clock: FixedClock
) -> None:
    made = await a_series(series, clock)
    await browser.get(f"/s/{made}/series-{made}")
    need = {"kind": "referral", "state": "open", "due": (clock.now() + timedelta(days=9)).isoformat()}
    reason = {"en": "A doctor's referral is needed.", "fr": "", "es": ""}
    series.made[made]["sessions"][2]["booking"]["needs"] = [{**need, "reason": reason}]
    page = await browser.get(f"/series/{made}")
    assert page.text.count("A doctor&#39;s referral is needed.") == 1
    assert page.text.count("Your time is kept.") == 1
