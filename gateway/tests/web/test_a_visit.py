"""Two treatments in one visit, as guests without script ask for them: what, when, who comes, booked."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
from fake_clinic import AWAY, UNHEARD, FakeBookingService
from fake_visits import FakeVisits, with_visits
from gateway.application.errors import Refused, WrongField
from gateway.domain.catalog import Entity
from la_belle import ANA, BRUNO, COUPLES, DEEP, PARIS, SESSION, SWEDISH
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, GUEST, hidden, press, slots, times

AFTER = {"location": PARIS, "service": SWEDISH, "service2": DEEP}
AT_ONCE = {**AFTER, "arrangement": "at_once"}
THEIRS = {"name2": "Luc Moreau", "answer2-clots": "no", "answer2-surgery": "no"}
MINE = {"answer2-clots": "no", "answer2-surgery": "no"}


@pytest.fixture
def series(app: Starlette) -> FakeVisits:
    found: FakeVisits = with_visits(app).state.slotwell.series
    return found


def change(app: Starlette, service: str, **changes: Any) -> None:
    """Change a service of the catalog; whoever gives Swedish massage gives it."""
    copy = app.state.slotwell.catalog
    view = {**copy.service(service), **changes}
    entity = Entity(kind="service", id=service, version=2, deleted=False, view=view, skills=frozenset({SWEDISH}))
    copy.catalog = copy.catalog.with_newer([entity])


async def wish(browser: httpx.AsyncClient, said: dict[str, str], **more: str) -> httpx.Response:
    return await browser.get("/visits", params={**said, **more})


async def plan(browser: httpx.AsyncClient, said: dict[str, str], number: int = 0, **more: str) -> httpx.Response:
    """The parts as they would be at one of the times."""
    page = await wish(browser, said, **more)
    return await wish(browser, said, **more, slot=slots(page)[number])


async def book(browser: httpx.AsyncClient, page: httpx.Response, **typed: str) -> httpx.Response:
    return await press(browser, "/visits/book", hidden(page, "/visits/book") | GUEST | typed)


async def test_the_free_times_lead_to_another_treatment_after_it(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await times(browser, SWEDISH, practitioner=ANA, minutes="90")
    assert "Add another treatment after this one" in page.text
    assert f"/visits?location={PARIS}&amp;service={SWEDISH}&amp;minutes=90&amp;practitioner={ANA}" in page.text
    page = await wish(browser, {"location": PARIS, "service": SWEDISH})
    assert f'id="then-{DEEP}"' in page.text
    assert f'id="then-{SWEDISH}"' in page.text
    # What is for two, or booked by phone, is no part of a visit.
    assert not any(f"then-{each}" in page.text for each in (COUPLES, SESSION))
    assert slots(page) == []


async def test_a_guest_books_two_treatments_one_after_the_other(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await plan(browser, AFTER, minutes2="90")
    assert page.text.count('<li class="session">') == 2
    assert "For your safety" in page.text
    assert "€220" in page.text
    answer = await book(browser, page, **MINE)
    assert answer.status_code == 303, answer.text
    asked = series.asked[-1]
    assert [(part["service_id"], part["duration_minutes"]) for part in asked["parts"]] == [(SWEDISH, 60), (DEEP, 90)]
    assert [part["screening"] for part in asked["parts"]] == [None, {"version": 1, "all_clear": True}]
    assert asked["arrangement"] == "one_after_another"
    assert not any("name" in part for part in asked["parts"])
    page = await browser.get(answer.headers["location"])
    assert "One confirmation of all of it is on its way to ana@example.com" in page.text
    assert "2 treatments to come" in page.text
    for word in ("rhythm", "Your sessions", "one session", "sessions to come"):
        assert word not in page.text


async def test_the_same_treatment_twice_asks_its_questions_once(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    page = await plan(browser, {**AFTER, "service": DEEP})
    assert page.text.count("Do you take blood thinners") == 1
    assert (await book(browser, page, **CLEAR)).status_code == 303
    assert [part["screening"]["all_clear"] for part in series.asked[-1]["parts"]] == [True, True]


async def test_two_guests_book_two_rooms_at_the_same_time(browser: httpx.AsyncClient, series: FakeVisits) -> None:
    first = await wish(browser, {"location": PARIS, "arrangement": "at_once"})
    assert f'id="first-{SWEDISH}"' in first.text
    assert "then-" not in first.text
    page = await plan(browser, AT_ONCE)
    assert "About the one who comes with you" in page.text
    nameless = await book(browser, page, **MINE)
    assert nameless.status_code == 422
    assert 'id="name2-error"' in nameless.text
    assert 'value="Ana Moreau"' in nameless.text
    answer = await book(browser, nameless, **THEIRS)
    assert answer.status_code == 303, answer.text
    parts = series.asked[-1]["parts"]
    assert (parts[0].get("name"), parts[1]["name"]) == (None, "Luc Moreau")
    page = await browser.get(answer.headers["location"])
    assert "Ana Moreau: Swedish massage" in page.text
    assert "Luc Moreau: Deep tissue massage" in page.text
    french = await browser.get(answer.headers["location"], headers={"Accept-Language": "fr"})
    assert "Luc Moreau\N{NO-BREAK SPACE}: Deep tissue massage" in french.text


async def test_at_once_nobody_treats_two_and_one_after_the_other_they_may(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    both = {"practitioner": ANA, "practitioner2": ANA}
    page = await wish(browser, {**AFTER, "service": DEEP, "service2": SWEDISH}, **both)
    assert f'id="then-person-{ANA}"' in page.text
    page = await wish(browser, AT_ONCE | {"service2": SWEDISH})
    assert f'id="then-person-{ANA}"' in page.text
    page = await plan(browser, AT_ONCE | {"service2": SWEDISH}, **both)
    assert hidden(page, "/visits/book")["practitioner"] == ANA
    assert "practitioner2" not in hidden(page, "/visits/book")
    page = await wish(browser, AT_ONCE | {"service2": SWEDISH}, practitioner=ANA)
    assert f'id="then-person-{ANA}"' not in page.text


async def test_where_a_day_has_no_time_for_two_the_page_offers_two_rooms(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits, service: FakeBookingService
) -> None:
    change(
        app,
        COUPLES,
        guests=2,
        offers=[{**offer, "channel": "online"} for offer in app.state.slotwell.catalog.service(COUPLES)["offers"]],
    )
    service.closed_days = 3
    page = await times(browser, COUPLES)
    assert "Two rooms at the same time instead" in page.text
    assert f"/visits?location={PARIS}&amp;arrangement=at_once" in page.text
    assert "Add another treatment" not in page.text
    service.closed_days = 0
    soon = await times(browser, COUPLES, week=(service.now().date() + timedelta(days=7)).isoformat())
    assert "Two rooms" not in soon.text


async def test_where_a_week_has_no_time_the_first_day_after_it_that_has_is_named(
    browser: httpx.AsyncClient, series: FakeVisits, service: FakeBookingService
) -> None:
    service.closed_days = 9
    page = await wish(browser, AFTER)
    assert (page.status_code, "Go to the first free day" in page.text) == (200, True)


async def test_physical_therapy_may_follow_but_not_run_at_once(
    app: Starlette, browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    change(app, DEEP, modality="physical_therapy")
    page = await plan(browser, AFTER)
    assert "Who pays?" in page.text
    typed = {"payer": "self_pay", "referral-issuer": "Dr. Petit"}
    assert (await book(browser, page, **MINE, **typed)).status_code == 303
    assert series.asked[-1]["payer"] == "self_pay"
    assert series.asked[-1]["referral"] == {"issuer": "Dr. Petit"}
    page = await wish(browser, AT_ONCE)
    assert slots(page) == []
    assert f"then-{DEEP}" not in page.text


@pytest.mark.parametrize(("said", "typed"), [(AFTER, MINE), (AT_ONCE, THEIRS)], ids=["after", "at once"])
async def test_a_time_that_was_taken_meanwhile_shows_the_nearest_and_keeps_what_was_typed(
    browser: httpx.AsyncClient,
    series: FakeVisits,
    service: FakeBookingService,
    said: dict[str, str],
    typed: dict[str, str],
) -> None:
    page = await plan(browser, said, 4)
    start = datetime.fromisoformat(hidden(page, "/visits/book")["slot"])
    for who in (ANA, BRUNO):
        service.take(who, start)
    refused = await book(browser, page, **typed)
    assert refused.status_code == 409
    assert "That time was just taken" in refused.text
    assert 'value="Ana Moreau"' in refused.text
    assert "slot" not in hidden(refused, "/visits/book")
    near = slots(refused)
    assert near
    assert start.isoformat() not in near
    fields = hidden(refused, "/visits/book") | GUEST | typed | {"slot": near[0]}
    again = await press(browser, "/visits/time", fields)
    assert again.status_code == 200
    assert hidden(again, "/visits/book")["slot"] == near[0]
    assert hidden(again, "/visits/book")["key"] != fields["key"]
    assert 'value="ana@example.com"' in again.text
    assert again.headers["cache-control"] == "private, no-store"
    assert (await book(browser, again, **typed)).status_code == 303
    # By its address alone the time that is gone leads to that day's times.
    gone = await wish(browser, said, slot=start.isoformat())
    assert (gone.status_code, bool(slots(gone))) == (409, True)
    # So it does where what was typed is not whole, and all of it is still there.
    half = await book(browser, page, **{**typed, "email": "", "phone": ""})
    assert (half.status_code, 'value="Ana Moreau"' in half.text, bool(slots(half))) == (409, True, True)


async def test_a_press_that_was_not_heard_is_the_same_visit_whatever_was_corrected_since(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await plan(browser, AFTER)
    first = await book(browser, page, **MINE)
    second = await book(browser, page, **MINE, name="Ana Moreau-Petit")
    assert first.headers["location"] == second.headers["location"]
    assert len(series.made) == 1


async def test_what_is_missing_is_named_and_what_was_typed_is_kept(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await plan(browser, AFTER)
    answer = await book(browser, page, name="", email="", phone="", **{"answer2-clots": "no"})
    assert answer.status_code == 422
    assert "3 things need another look" in answer.text
    assert 'id="answer2-surgery-no" name="answer2-surgery" value="no" required aria-invalid="true"' in answer.text
    answer = await book(browser, page, **MINE, email="nobody")
    assert "This does not look like an e-mail address" in answer.text
    answer = await book(browser, page, **{**MINE, "answer2-clots": "yes"})
    assert (answer.status_code, "Please call us before this treatment" in answer.text) == (422, True)
    assert series.made == {}


@pytest.mark.parametrize("away", [AWAY, UNHEARD])
async def test_with_the_calendar_away_what_was_typed_is_kept(
    browser: httpx.AsyncClient, series: FakeVisits, away: Exception
) -> None:
    page = await plan(browser, AFTER)
    series.before = {"book_visit": away, "visits": AWAY}
    answer = await book(browser, page, **MINE)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert 'value="Ana Moreau"' in answer.text
    assert (await book(browser, answer, **MINE)).status_code == 303
    series.before = {"visits": AWAY}
    assert (await wish(browser, AFTER)).status_code == 503


@pytest.mark.parametrize("code", ["too_soon", "by_phone_only", "party_size", "evaluation_required"])
async def test_what_cannot_be_a_visit_says_why(browser: httpx.AsyncClient, series: FakeVisits, code: str) -> None:
    page = await plan(browser, AFTER)
    reason = {"reason": {"en": "See us once first."}} if code == "evaluation_required" else {}
    series.before = {"book_visit": Refused(code, extra={"phone": "+33199001010", **reason})}
    answer = await book(browser, page, **MINE)
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert ("See us once first." in answer.text) == bool(reason)
    series.before = {"visits": Refused(code)}
    assert (await wish(browser, AFTER)).status_code == 422


async def test_a_name_that_booking_refuses_is_not_said_of_whoever_books(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    page = await plan(browser, AT_ONCE)
    wrong = WrongField(field="parts.1.name", problem="Say who comes to this part.")
    series.before = {"book_visit": Refused("invalid_request", fields=[wrong])}
    answer = await book(browser, page, **THEIRS)
    assert answer.status_code == 422
    assert 'id="name-error"' not in answer.text


async def test_of_a_visit_a_part_that_was_given_up_offers_no_repair(
    browser: httpx.AsyncClient, series: FakeVisits
) -> None:
    answer = await book(browser, await plan(browser, AFTER), **MINE)
    made = next(iter(series.made))
    series.gives_up(made, 2)
    series.made[made]["sessions"][0]["displaced"] = True
    page = await browser.get(f"/series/{made}")
    assert "<h1>Your visit</h1>" in page.text
    assert "One treatment to come" in page.text
    assert "Open it to choose another, or call us." in page.text
    assert "Find a time" not in page.text
    assert "keep the rhythm" not in page.text
    assert answer.status_code == 303


@pytest.mark.parametrize(
    "query",
    [
        {"location": "nowhere", "service": SWEDISH},
        {"location": PARIS, "service": "nothing"},
        {"location": PARIS, "service": COUPLES},
        {},
    ],
)
async def test_what_is_not_offered_leads_back_to_choosing(
    browser: httpx.AsyncClient, series: FakeVisits, query: dict[str, str]
) -> None:
    for answer in (await browser.get("/visits", params=query), await press(browser, "/visits/book", query)):
        assert answer.status_code == 303
        assert answer.headers["location"].startswith("/")


async def test_what_was_not_said_whole_is_asked_for_again(
    browser: httpx.AsyncClient, series: FakeVisits, clock: FixedClock
) -> None:
    for never in ("yesterday", "2026-12-01T10:00", "9999-12-31T23:59:59+00:00", "0001-01-01T00:00:00+14:00"):
        assert (await wish(browser, AFTER, slot=never)).status_code == 400, never
    assert (await press(browser, "/visits/book", AFTER | GUEST)).status_code == 422
    assert (await press(browser, "/visits/time", AFTER)).status_code == 303
    assert (await browser.get("/visits/book")).status_code == 303
    past = (clock.now() - timedelta(days=1)).isoformat()
    assert (await wish(browser, AFTER, slot=past)).status_code == 409
    odd = await wish(browser, AFTER, minutes2="61", practitioner="nobody", practitioner2=BRUNO)
    assert odd.status_code == 200
    assert slots(odd)
