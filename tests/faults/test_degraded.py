"""With a service away the platform says so, does what it still can, and recovers without hands.

docs/degraded.md is the table of what is shown here and in test_degraded_servers.py.
"""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

from tests.checker.history import bookings, lost, unpublished
from tests.outside.client import a_guest, away, ok
from tests.outside.messages import CONFIRMED, about, kinds, sent_about
from tests.outside.plain_page import book_on_the_page
from tests.outside.stack import StackPlatform
from tests.outside.until import until
from tests.outside.waiting import SERVED, SLACK, answered


def test_with_catalog_stopped_booking_and_gateway_restart_and_a_guest_books_through_the_page(
    stack: StackPlatform,
) -> None:
    api = stack.api
    stack.stop_process("catalog")
    for process in ("booking", "gateway"):
        stack.stop_process(process)
        stack.start_process(process)
    until(api.serves, within=SERVED, expecting="the platform to serve although catalog is down")
    assert away(api.http.get("/readyz")) == {"catalog"}

    booking = book_on_the_page(stack.url, a_guest())
    assert bookings(stack.databases["booking"])[booking] == "confirmed"
    assert [one["name"] for one in api.everything("/v1/locations")]
    by_api = api.booked(api.a_slot(after=timedelta(days=5)))
    sent_about(api, by_api, count=2, within=SERVED)

    stack.start_process("catalog")
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")


def test_with_notifications_stopped_guests_book_and_cancel_and_are_told_when_it_is_back(
    stack: StackPlatform,
) -> None:
    api = stack.api
    for process in ("notifications", "notifications-sender"):
        stack.stop_process(process)
    until(lambda: "notifications" in away(api.http.get("/readyz")), within=SERVED, expecting="/readyz to name it")
    assert api.serves(), "guests can book: a load balancer must not take the gateways away"

    kept = api.booked(api.a_slot(after=timedelta(days=3)))
    given_up = api.booked(api.a_slot(after=timedelta(days=4)))
    ok(api.cancel(given_up))
    until(
        lambda: unpublished(stack.databases["booking"]) == 0, within=SERVED, expecting="the broker to keep the events"
    )

    for process in ("notifications", "notifications-sender"):
        stack.start_process(process)
    assert kinds(sent_about(api, kept, count=2, within=SERVED)) == CONFIRMED
    assert about(api, given_up) == [], "nobody is told of what was undone before anyone was told"
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")


def test_with_booking_stopped_the_offer_is_shown_and_the_rest_is_503_within_its_deadline(
    stack: StackPlatform,
) -> None:
    api = stack.api
    made, slot = api.booked(api.a_slot(after=timedelta(days=3))), api.a_slot(after=timedelta(days=4))
    stack.stop_process("booking")
    until(lambda: not api.serves(), within=SERVED, expecting="/readyz to notice")
    assert "booking" in away(api.http.get("/readyz"))
    # Its queue is there, so nobody can know at once that no one will take the call: each waits for its deadline.
    with ThreadPoolExecutor() as together:
        reading = together.submit(answered, lambda: api.booking(made))
        writing = together.submit(answered, lambda: api.hold(slot))
    assert reading.result().refused("unavailable").seconds < 3 + SLACK
    assert writing.result().refused("outcome_unknown").seconds < 5 + SLACK
    for path in ("/v1/locations", "/v1/services", "/v1/practitioners", "/openapi.json", "/healthz"):
        assert api.http.get(path).status_code == 200, path
    page = api.http.get("/")
    assert (page.status_code, "La Belle" in page.text) == (200, True)

    stack.start_process("booking")
    until(api.is_ready, within=SERVED, expecting="nothing to be missing")
    assert lost(stack.databases["booking"], [made["id"]]) == []
