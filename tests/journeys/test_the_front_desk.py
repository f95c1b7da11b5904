"""What staff do with bookings, through HTTP, and what their guests notice of it."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest

from tests.checker.overlaps import overlaps
from tests.outside.client import Api, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import kinds, sent_about
from tests.outside.platform import Platform


@pytest.fixture
def desk(platform: Platform) -> Iterator[FrontDesk]:
    found = FrontDesk(platform)
    yield found
    found.http.close()


def test_a_guest_is_checked_in_treated_and_done_and_each_step_can_be_taken_back(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    slot = api.a_slot(after=timedelta(hours=6), span=timedelta(days=2))
    booking = api.booked(slot)
    sent_about(api, booking, count=2)
    problem(desk.act("complete", booking), 409, "wrong_state")
    assert problem(desk.act("no-show", booking), 409, "not_yet")["earliest"] == booking["start"]
    api.forward(slot.start - api.now() - timedelta(minutes=5))
    there = ok(desk.act("check-in", booking, if_match='"1"'))
    assert (there["state"], there["revision"], ok(api.booking(booking))["state"]) == ("checked_in", 2, "checked_in")
    problem(api.cancel(booking, accept_fee=True), 409, "not_cancellable")
    problem(desk.act("check-in", booking, if_match='"1"'), 412, "revision_mismatch")

    api.forward(timedelta(minutes=25))
    again = api.slots(after=timedelta(0), practitioner_id=there["practitioners"][0]["id"])
    assert all(one.start >= slot.end for one in again)
    assert ok(desk.act("complete", booking))["state"] == "completed"
    problem(desk.act("revert", booking), 422, "invalid_request")
    back = ok(desk.act("revert", booking, if_match='"3"', reason="Not yet done"))
    assert back["state"] == "checked_in"
    assert ok(desk.act("complete", booking))["revision"] == 5
    assert overlaps(platform.databases["booking"]) == []


def test_who_did_not_come_frees_the_time_and_is_not_written_to(api: Api, desk: FrontDesk) -> None:
    slot = api.a_slot(after=timedelta(hours=3), span=timedelta(days=2))
    booking = api.booked(slot)
    sent_about(api, booking, count=2)
    api.forward(slot.start - api.now() + timedelta(minutes=20))
    assert ok(desk.act("no-show", booking))["state"] == "no_show"
    problem(api.move(booking, slot.start + timedelta(days=3)), 409, "not_reschedulable")
    assert {rule for rule, _ in kinds(sent_about(api, booking, count=2))} <= {"confirmation", "second_reminder"}
    assert ok(desk.act("revert", booking, reason="Was in the other room"))["state"] == "confirmed"
    assert datetime.fromisoformat(ok(api.booking(booking))["start"]) == slot.start


def test_a_guests_token_opens_nothing_at_the_desk(api: Api) -> None:
    booking = api.booked()
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    for path in ("/v1/bookings", "/v1/admin/bookings"):
        answer = api.http.post(f"{path}/{booking['id']}/check-in", headers=headers)
        problem(answer, 403, "admin_token_invalid")
