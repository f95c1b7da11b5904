"""What staff do with bookings, through HTTP, and what their guests notice of it."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.checker.overlaps import overlaps
from tests.outside.client import Api, a_guest, all_clear, ok, problem
from tests.outside.front_desk import FrontDesk
from tests.outside.messages import about, kinds, sent_about
from tests.outside.platform import Platform
from tests.outside.until import until


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


def test_a_missed_visit_costs_a_fee_that_staff_waive_with_a_reason(api: Api, desk: FrontDesk) -> None:
    slot = api.a_slot(after=timedelta(hours=3), span=timedelta(days=2))
    booking = api.booked(slot)
    problem(desk.act("waive-fee", booking, reason="Nothing to waive"), 409, "no_fee")
    api.forward(slot.start - api.now() + timedelta(minutes=15))
    missed = ok(desk.act("no-show", booking))
    assert missed["fee_owed"] == {"cause": "no_show", "amount": booking["no_show_fee"], "waived": False}
    assert ok(desk.act("waive-fee", booking, reason="Was ill, and called")) == {
        **missed,
        "fee_owed": {**missed["fee_owed"], "waived": True},
    }
    token = {"Authorization": f"Bearer {booking['manage_token']}", "If-None-Match": f'"{missed["revision"]}"'}
    assert ok(api.http.get(f"/v1/bookings/{booking['id']}", headers=token))["fee_owed"]["waived"]


def test_who_has_often_missed_a_visit_books_on_request(api: Api, desk: FrontDesk) -> None:
    who = a_guest()
    for _ in range(2):
        slot = api.a_slot(after=timedelta(hours=3), span=timedelta(days=2))
        booking = api.booked(slot, who)
        api.forward(slot.start - api.now() + timedelta(minutes=15))
        ok(desk.act("no-show", booking))
    hold = api.held()
    assert problem(api.book(hold, {**who, "email": "other@example.com"}), 422, "on_request_only")["phone"]
    assert ok(desk.act("revert", booking, reason="Was here after all"))["fee_owed"] is None
    ok(api.book(api.held(), who), 201)


def test_staff_cancel_late_for_the_fee_and_the_guest_is_told(api: Api, desk: FrontDesk) -> None:
    slot = api.a_slot(after=timedelta(hours=20), span=timedelta(days=3))
    booking = api.booked(slot)
    api.forward(slot.start - api.now() - timedelta(hours=3))
    problem(api.cancel(booking), 409, "outside_policy")
    gone = ok(desk.act("cancel", booking, reason="Called from the train", fee="owed"))
    assert (gone["state"], gone["fee_owed"]["amount"]) == ("cancelled", booking["fee"])
    assert ok(desk.act("undo-cancel", booking))["fee_owed"] is None
    ok(desk.act("cancel", booking, reason="The heating is broken"))
    api.forward(timedelta(minutes=4))
    until(
        lambda: {("cancellation", "email"), ("cancellation", "sms")} <= set(kinds(about(api, booking))),
        within=30,
        expecting="the guest to be told on both channels",
    )


def test_staff_book_on_the_phone_what_guests_cannot(platform: Platform, api: Api, desk: FrontDesk) -> None:
    """At short notice, off the grid, with a phone number alone; repeated, it is the same booking."""
    slot = api.a_slot(after=timedelta(hours=24), span=timedelta(days=2))
    api.forward(slot.start - api.now() - timedelta(minutes=50))
    start = (slot.start + timedelta(minutes=7)).isoformat()
    wanted = {
        "location_id": slot.location_id,
        "service_id": slot.service_id,
        "start": start,
        "guest": {"name": "Camille Durand", "phone": a_guest()["phone"]},
        **all_clear(api.service()),
    }
    problem(api.http.post("/v1/holds", json=slot.asked()), 422, "too_soon")
    refused = problem(desk.book(**wanted), 422, "reason_required")
    assert refused["bends"] == ["notice"]
    booked = ok(desk.book(**wanted, reason="A regular", key="call-1"), 201)
    assert datetime.fromisoformat(booked["start"]) == slot.start + timedelta(minutes=7)
    assert ok(desk.book(**wanted, reason="A regular", key="call-1"), 201)["id"] == booked["id"]
    assert kinds(sent_about(api, booked, count=1)) == [("confirmation", "sms")]
    assert overlaps(platform.databases["booking"]) == []


def test_a_walk_in_starts_now_and_is_shortened_for_the_next_guest(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    free = {one.start: one for one in api.slots(after=timedelta(hours=5), span=timedelta(days=3))}
    start, later, who = next(
        (start, free[start + timedelta(minutes=105)], who)
        for start, one in free.items()
        for who in one.practitioner_ids
        if start + timedelta(minutes=105) in free and who in free[start + timedelta(minutes=105)].practitioner_ids
    )
    following = ok(api.book(ok(api.hold(later, practitioner_id=who), 201)), 201)
    api.forward(start - api.now())
    wanted = {
        "location_id": following["location"]["id"],
        "service_id": following["service"]["id"],
        "practitioner_id": who,
        "guest": {"name": "Noor", "email": "noor@example.com"},
        **all_clear(api.service()),
        "reason": "Has just come in",
        "outside_hours": True,
    }
    walk_in = ok(desk.book(**wanted), 201)
    assert abs(datetime.fromisoformat(walk_in["start"]) - api.now()) < timedelta(minutes=2)
    assert ok(desk.act("check-in", walk_in))["state"] == "checked_in"
    late = {"reason": "Has a train to catch", "outside_hours": True}
    longer = problem(desk.act("reschedule", walk_in, duration_minutes=120, **late), 409, "in_the_way")
    assert following["id"] in {each["id"] for each in longer["in_the_way"]}
    shorter = ok(desk.act("reschedule", walk_in, duration_minutes=45, **late))
    assert (shorter["duration_minutes"], shorter["price"]) == (45, walk_in["price"])
    assert overlaps(platform.databases["booking"]) == []


def test_other_hands_are_told_to_the_guest_and_a_move_after_the_deadline_is_the_desks(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    slot = next(one for one in api.slots(after=timedelta(hours=4)) if len(one.practitioner_ids) > 1)
    booking = api.booked(slot)
    sent_about(api, booking, count=2)
    own = booking["practitioners"][0]["id"]
    other = next(each for each in slot.practitioner_ids if each != own)
    changed = ok(desk.act("reschedule", booking, practitioner_id=other, reason="Ana is ill", if_match='"1"'))
    assert ([each["id"] for each in changed["practitioners"]], changed["revision"]) == ([other], 2)
    assert ("change", "email") in kinds(sent_about(api, booking, count=4))
    assert overlaps(platform.databases["booking"]) == []


def test_what_is_blocked_is_not_offered_and_the_day_shows_all_of_it(api: Api, desk: FrontDesk) -> None:
    slot = api.a_slot(after=timedelta(hours=30))
    booking = api.booked(slot)
    who = booking["practitioners"][0]["id"]
    span = {"from": slot.start.isoformat(), "to": (slot.start + timedelta(hours=2)).isoformat()}
    wanted = {"location_id": slot.location_id, "resource_ids": [who], "reason": "Supervision", **span}
    there = problem(desk.http.post("/v1/admin/blocks", json=wanted), 409, "in_the_way")
    assert {each["id"] for each in there["in_the_way"]} == {booking["id"]}
    ok(api.cancel(booking, accept_fee=True))
    block = ok(desk.http.post("/v1/admin/blocks", json=wanted), 201)
    problem(api.hold(slot, practitioner_id=who), 409, "slot_taken")
    day = {"location_id": slot.location_id, "date": slot.start.astimezone(ZoneInfo("Europe/Paris")).date().isoformat()}
    assert block in ok(desk.http.get("/v1/admin/blocks", params=day))["items"]
    states, cursor = {}, {}
    while cursor is not None:
        page = ok(desk.http.get("/v1/admin/bookings", params={**day, "limit": "1", **cursor}))
        states |= {each["id"]: each["state"] for each in page["items"]}
        cursor = {"cursor": page["next_cursor"]} if page["next_cursor"] else None
    assert states[booking["id"]] == "cancelled"
    story = ok(desk.http.get(f"/v1/admin/bookings/{booking['id']}"))
    assert [(each["actor"], each["action"]) for each in story["timeline"]] == [("guest", "book"), ("guest", "cancel")]
    assert desk.http.delete(f"/v1/admin/blocks/{block['id']}").status_code == 204
    ok(api.hold(slot, practitioner_id=who), 201)


def test_desk_guests_and_blocks_that_want_one_time_at_once_cannot_two_of_them_have_it(
    platform: Platform, api: Api, desk: FrontDesk
) -> None:
    slot = api.a_slot(after=timedelta(days=4))
    who = slot.practitioner_ids[0]
    mover = api.booked(next(one for one in api.slots(after=timedelta(days=6)) if who in one.practitioner_ids))
    wanted = {**slot.asked(practitioner_id=who), "guest": a_guest(), **all_clear(api.service())}
    span = {"from": slot.start.isoformat(), "to": slot.end.isoformat()}
    hold = ok(api.hold(slot, practitioner_id=who), 201)
    api.release(hold)  # whoever is fastest now has it
    rivals: list[Callable[[], httpx.Response]] = [
        *[lambda: desk.book(**wanted)] * 3,
        *[lambda: api.hold(slot, practitioner_id=who)] * 2,
        lambda: desk.act("reschedule", mover, start=span["from"], practitioner_id=who, reason="Wants that"),
        lambda: desk.http.post(
            "/v1/admin/blocks", json={"location_id": slot.location_id, "resource_ids": [who], **span}
        ),
    ]
    with ThreadPoolExecutor(len(rivals)) as threads:
        answers = [future.result() for future in [threads.submit(rival) for rival in rivals]]
    assert sum(answer.status_code < 300 for answer in answers) == 1
    assert {answer.status_code for answer in answers} <= {200, 201, 409}
    assert overlaps(platform.databases["booking"]) == []


def test_a_guests_token_opens_nothing_at_the_desk(api: Api) -> None:
    booking = api.booked()
    headers = {"Authorization": f"Bearer {booking['manage_token']}"}
    for path in ("/v1/bookings", "/v1/admin/bookings"):
        answer = api.http.post(f"{path}/{booking['id']}/check-in", headers=headers)
        problem(answer, 403, "admin_token_invalid")
