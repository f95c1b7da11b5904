"""An appointment moved by its guest: the time, the calendar, the messages."""

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

from tests.checker.overlaps import overlaps
from tests.outside.calendar_file import entry
from tests.outside.client import Api, Json, ok, problem
from tests.outside.messages import kinds, sent_about
from tests.outside.platform import Platform

QUARTER = timedelta(minutes=15)


def times_to_move_to(api: Api, booking: Json) -> list[datetime]:
    """Return the starts offered to who wants to move this booking, in the days after it."""
    start = datetime.fromisoformat(booking["start"])
    query = {
        "location_id": booking["location"]["id"],
        "service_id": booking["service"]["id"],
        "from": (start - timedelta(hours=6)).isoformat(),
        "to": (start + timedelta(days=6)).isoformat(),
        "booking_id": booking["id"],
    }
    token = {"Authorization": f"Bearer {booking['manage_token']}"}
    found = ok(api.http.get("/v1/availability", params=query, headers=token))
    return [datetime.fromisoformat(slot["start"]) for slot in found["slots"]]


def test_a_guest_moves_an_appointment_is_told_and_reminded_of_the_new_time_only(platform: Platform, api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=4))
    booking = api.booked(slot)
    sent_about(api, booking, count=2)
    # Late enough in the day for no reminder to fall into the quiet hours.
    later = next(at for at in times_to_move_to(api, booking) if at >= slot.start + timedelta(days=2) and at.hour >= 11)
    moved = ok(api.move(booking, later, if_match='"1"'))
    assert (moved["id"], moved["revision"], moved["price"]) == (booking["id"], 2, booking["price"])
    assert datetime.fromisoformat(moved["start"]) == later

    everything = sent_about(api, booking, count=4)
    told = [one for one in everything if "change" in one["key"]]
    assert kinds(told) == [("change", "email"), ("change", "sms")]
    first, second = (entry(part["text"]) for message in everything for part in message["attachments"])
    assert (second.uid, second.begin) == (first.uid, later)
    assert second.sequence > first.sequence

    api.forward(slot.start - api.now() - timedelta(hours=1))  # past both reminders of the old time
    for before, count in ((timedelta(hours=23), 6), (timedelta(hours=1, minutes=45), 8)):
        api.forward(later - api.now() - before)
        everything = sent_about(api, booking, count=count)
    rules = ("change", "confirmation", "first_reminder", "second_reminder")
    assert kinds(everything) == [(rule, channel) for rule in rules for channel in ("email", "sms")]


def test_it_moves_by_a_quarter_of_an_hour_over_its_own_time(platform: Platform, api: Api) -> None:
    booking = next(made for made in _bookings(api) if _quarter_later(made) in times_to_move_to(api, made))
    moved = ok(api.move(booking, _quarter_later(booking)))
    assert datetime.fromisoformat(moved["start"]) == _quarter_later(booking)
    assert overlaps(platform.databases["booking"]) == []


def test_a_time_that_was_taken_meanwhile_is_refused_and_the_appointment_stays(api: Api) -> None:
    slots = api.slots(after=timedelta(days=5))
    first, therapist = slots[0], slots[0].practitioner_ids[0]
    own = (one for one in slots if therapist in one.practitioner_ids)
    other = next(one for one in own if one.start >= first.end + timedelta(hours=1))
    booking = ok(api.book(ok(api.hold(first, practitioner_id=therapist), 201)), 201)
    ok(api.hold(other, practitioner_id=therapist), 201)
    refusal = problem(api.move(booking, other.start, practitioner_id=therapist), 409, "slot_taken")
    assert refusal["alternatives"]
    assert ok(api.booking(booking))["start"] == booking["start"]


def test_two_guests_who_move_to_one_time_at_once_cannot_both_have_it(platform: Platform, api: Api) -> None:
    slots = api.slots(after=timedelta(days=6))
    therapist = slots[0].practitioner_ids[0]
    own = [slot for slot in slots if therapist in slot.practitioner_ids]
    target = own[-1]
    free = [own[0]]
    for slot in own:
        if slot.start >= free[-1].end + timedelta(minutes=45) and slot.end + timedelta(hours=1) <= target.start:
            free.append(slot)
    rivals = [ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201) for slot in free[:4]]
    assert len(rivals) >= 2
    with ThreadPoolExecutor(len(rivals)) as threads:
        answers = list(threads.map(lambda rival: api.move(rival, target.start, practitioner_id=therapist), rivals))
    assert sorted(answer.status_code for answer in answers) == [200] + [409] * (len(rivals) - 1)
    assert overlaps(platform.databases["booking"]) == []


def test_the_times_for_a_move_are_shown_to_its_guest_alone(api: Api) -> None:
    mine, other = api.booked(), api.booked()
    query = {
        "location_id": mine["location"]["id"],
        "service_id": mine["service"]["id"],
        "from": mine["start"],
        "to": mine["end"],
        "booking_id": mine["id"],
    }
    problem(api.http.get("/v1/availability", params=query), 401, "token_required")
    wrong = {"Authorization": f"Bearer {other['manage_token']}"}
    problem(api.http.get("/v1/availability", params=query, headers=wrong), 403, "token_invalid")


def test_an_appointment_is_not_moved_late_nor_by_an_older_view_nor_after_its_cancellation(api: Api) -> None:
    booking = api.booked(api.a_slot(after=timedelta(days=3)))
    later = datetime.fromisoformat(booking["start"]) + QUARTER
    problem(api.move(booking, later, if_match='"7"'), 412, "revision_mismatch")
    ok(api.cancel(booking))
    problem(api.move(booking, later), 409, "not_reschedulable")
    soon = api.booked(api.a_slot(after=timedelta(hours=3), span=timedelta(days=2)))
    late = datetime.fromisoformat(soon["start"]) - api.now() - timedelta(hours=11)
    if late > timedelta(0):
        api.forward(late)
    far = datetime.fromisoformat(soon["start"]) + timedelta(days=7)
    assert problem(api.move(soon, far), 409, "outside_policy")["phone"].startswith("+33")


def _bookings(api: Api) -> list[Json]:
    return [api.booked(slot) for slot in api.slots(after=timedelta(days=7))[::6][:3]]


def _quarter_later(booking: Json) -> datetime:
    return datetime.fromisoformat(booking["start"]) + QUARTER
