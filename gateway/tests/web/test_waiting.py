"""The waitlist as a guest without script walks through it."""

from datetime import timedelta

import httpx
import pytest
from fake_clinic import AWAY, FakeBookingService
from fake_waitlist import FakeWaitlist
from gateway.application.errors import Refused
from la_belle import ANA, DEEP, PARIS
from runtime.clock import FixedClock
from starlette.applications import Starlette
from walk import CLEAR, GUEST, hidden, press, times


@pytest.fixture
def waitlist(app: Starlette) -> FakeWaitlist:
    found: FakeWaitlist = app.state.slotwell.waitlist
    return found


async def form(browser: httpx.AsyncClient, **more: str) -> httpx.Response:
    return await browser.get("/waitlist", params={"location": PARIS, "service": DEEP, "minutes": "60", **more})


async def sent(browser: httpx.AsyncClient, clock: FixedClock, **typed: str) -> httpx.Response:
    page = await form(browser)
    first = clock.now().date()
    days = {"first": first.isoformat(), "last": (first + timedelta(days=6)).isoformat(), "part": "any"}
    return await press(browser, "/waitlist", hidden(page, "/waitlist") | GUEST | days | typed)


async def waits(browser: httpx.AsyncClient, clock: FixedClock, **typed: str) -> str:
    """Join, and return the address of the place on the list."""
    answer = await sent(browser, clock, **typed)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


async def test_where_nothing_is_free_the_page_offers_to_tell(
    browser: httpx.AsyncClient, service: FakeBookingService
) -> None:
    assert "None of these suit?" in (await times(browser)).text
    service.closed_days = 400
    page = await times(browser)
    assert "Tell me when something frees up" in page.text
    assert f'href="/waitlist?location={PARIS}&amp;service={DEEP}' in page.text


async def test_a_guest_joins_sees_their_place_and_leaves(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    address = await waits(browser, clock, part="evening")
    page = await browser.get(f"{address}?new=1")
    assert "You are on the waitlist" in page.text
    assert "from 17:00 on" in page.text
    assert "ana@example.com" in page.text
    answer = await press(browser, f"{address}/leave", {})
    assert answer.status_code == 303
    assert "You no longer wait" in (await browser.get(address)).text


async def test_a_guest_may_wait_for_some_days_of_the_week_only(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    address = await waits(browser, clock, day0="yes", day4="yes", day5="no", day9="yes")
    [entry] = waitlist.entries.values()
    assert entry["weekdays"] == [0, 4]
    assert "only Mon or Fri" in (await browser.get(address)).text
    again = await sent(browser, clock, day4="yes", name="")
    assert again.status_code == 422
    assert 'name="day4" value="yes" checked' in again.text
    assert 'name="day3" value="yes">' in again.text


async def test_pressing_twice_makes_one_entry(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    page = await form(browser)
    day = clock.now().date().isoformat()
    fields = hidden(page, "/waitlist") | GUEST | {"first": day, "last": day, "part": "any"}
    first, second = await press(browser, "/waitlist", fields), await press(browser, "/waitlist", fields)
    assert first.headers["location"] == second.headers["location"]
    assert len(waitlist.entries) == 1


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"name": ""}, "Give us a name"),
        ({"email": "", "phone": ""}, "we need one of the two"),
        ({"email": "nonsense"}, "does not look like an e-mail address"),
        ({"first": "", "last": "soon"}, "Give the first day that would do."),
        ({"last": "2001-01-01"}, "The last day must not be before the first."),
        ({"last": "2199-01-01"}, "Choose at most two months."),
    ],
)
async def test_what_is_missing_is_said_at_its_field_and_what_was_typed_is_kept(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist, typed: dict[str, str], said: str
) -> None:
    answer = await sent(browser, clock, **typed)
    assert answer.status_code == 422
    assert said in answer.text
    assert GUEST["phone"] in answer.text or "phone" in typed
    assert waitlist.entries == {}


async def test_a_calendar_out_of_reach_keeps_the_form(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    waitlist.before["join"] = AWAY
    answer = await sent(browser, clock)
    assert answer.status_code == 503
    assert GUEST["email"] in answer.text
    waitlist.before["join"] = Refused("waits_enough")
    assert "You already wait for three times" in (await sent(browser, clock)).text


async def test_the_link_of_a_message_opens_the_offer_and_accepting_asks_the_safety_questions_first(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    address = await waits(browser, clock)
    entry_id = address.rsplit("/", 1)[-1]
    browser.cookies.clear()
    assert (await browser.get(address)).status_code == 401
    assert (await browser.get(f"/w/{entry_id}/wrong")).status_code == 403
    waitlist.offers(entry_id)
    link = await browser.get(f"/w/{entry_id}/token-{entry_id}")
    assert (link.status_code, link.headers["location"]) == (303, address)
    assert link.headers["referrer-policy"] == "no-referrer"
    page = await browser.get(address)
    assert "A time is free" in page.text
    assert "Kept for you until" in page.text
    assert 'data-seconds="1800"' in page.text
    answer = await press(browser, f"{address}/accept", {})
    assert answer.status_code == 422
    assert "Please answer:" in answer.text
    answer = await press(browser, f"{address}/accept", CLEAR | {"answer-clots": "yes"})
    assert "Please call us before this treatment" in answer.text
    answer = await press(browser, f"{address}/accept", CLEAR)
    assert answer.status_code == 303
    assert "You are booked" in (await browser.get(answer.headers["location"])).text
    again = await browser.get(address)
    assert again.headers["location"] == answer.headers["location"].partition("?")[0]


async def test_who_says_no_waits_on(browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist) -> None:
    address = await waits(browser, clock)
    waitlist.offers(address.rsplit("/", 1)[-1])
    answer = await press(browser, f"{address}/decline", {})
    assert answer.headers["location"] == address
    assert "You still wait" in (await browser.get(address)).text
    assert (await browser.get(f"{address}/accept")).headers["location"] == address


async def test_an_offer_that_ended_says_so_and_shows_what_is_free(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    address = await waits(browser, clock)
    start = (clock.now() + timedelta(days=2)).isoformat()
    near = [{"start": start, "end": start, "practitioner_ids": [ANA]}]
    waitlist.before["accept"] = Refused("offer_expired", extra={"alternatives": near})
    answer = await press(browser, f"{address}/accept", CLEAR)
    assert answer.status_code == 409
    assert "This offer has ended" in answer.text
    assert 'name="slot"' in answer.text


async def test_what_is_not_booked_here_leads_back_to_the_choice(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/waitlist", params={"location": "nowhere"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/?location=nowhere")


async def test_an_offer_of_physical_therapy_asks_who_pays_and_says_what_comes_first(
    browser: httpx.AsyncClient, clock: FixedClock, waitlist: FakeWaitlist
) -> None:
    address = await waits(browser, clock)
    entry = waitlist.entries[address.rsplit("/", 1)[-1]]
    waitlist.offers(entry["id"])
    assert "Who pays?" not in (await browser.get(address)).text
    entry["service"] = {**entry["service"], "modality": "physical_therapy"}
    assert "Who pays?" in (await browser.get(address)).text
    papers = {"payer": "public_insurance", "referral-issuer": "Dr. Petit", "referral-issued_on": "2026-11-16"}
    reason = {"en": "Physical therapy begins with an evaluation.", "fr": "…", "es": "…"}
    waitlist.before["accept"] = Refused("evaluation_required", extra={"reason": reason, "rule": "r"})
    answer = await press(browser, f"{address}/accept", CLEAR | papers)
    assert answer.status_code == 422
    assert "Physical therapy begins with an evaluation." in answer.text
    assert 'value="Dr. Petit"' in answer.text
    assert (await press(browser, f"{address}/accept", CLEAR | papers)).status_code == 303
    referral = {"issuer": "Dr. Petit", "issued_on": "2026-11-16"}
    assert waitlist.papers == {"payer": "public_insurance", "referral": referral}
