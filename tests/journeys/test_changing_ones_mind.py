"""Holds extended and given back, bookings cancelled and taken back."""

import itertools
from datetime import datetime, timedelta

from tests.outside.client import Api, Slot, ok, problem
from tests.outside.messages import about, kinds, sent_about
from tests.outside.platform import Platform

PAST_THE_UNDO = timedelta(minutes=4)


def test_a_held_slot_is_refused_to_everyone_else_with_alternatives(api: Api) -> None:
    slot = api.a_slot()
    therapist = slot.practitioner_ids[0]
    ok(api.hold(slot, practitioner_id=therapist), 201)
    refusal = problem(api.hold(slot, practitioner_id=therapist), 409, "slot_taken")
    assert refusal["alternatives"]
    for other in refusal["alternatives"]:
        assert (datetime.fromisoformat(other["start"]), therapist) != (slot.start, other["practitioner_ids"])


def test_a_hold_that_overlaps_by_a_quarter_of_an_hour_is_refused(api: Api) -> None:
    first, later, therapist = _a_quarter_of_an_hour_apart(api.slots())
    ok(api.hold(first, practitioner_id=therapist), 201)
    problem(api.hold(later, practitioner_id=therapist), 409, "slot_taken")


def _a_quarter_of_an_hour_apart(slots: list[Slot]) -> tuple[Slot, Slot, str]:
    """Return two starts of one therapist with 15 minutes between them; the last start of a shift has no later one."""
    return next(
        (first, later, therapist)
        for first, later in itertools.pairwise(slots)
        if later.start - first.start == timedelta(minutes=15)
        for therapist in first.practitioner_ids
        if therapist in later.practitioner_ids
    )


def test_a_hold_is_extended_until_its_limit_and_no_further(api: Api) -> None:
    hold = api.held()
    longer = ok(api.extend(hold))
    assert datetime.fromisoformat(longer["expires_at"]) >= datetime.fromisoformat(hold["expires_at"])
    assert datetime.fromisoformat(longer["expires_at"]) <= datetime.fromisoformat(hold["extendable_until"])
    ok(api.book(longer), 201)


def test_a_released_hold_frees_its_slot_at_once(api: Api) -> None:
    slot = api.a_slot()
    therapist = slot.practitioner_ids[0]
    hold = ok(api.hold(slot, practitioner_id=therapist), 201)
    ok(api.release(hold), 204)
    again = ok(api.hold(slot, practitioner_id=therapist), 201)
    ok(api.release(again), 204)


def test_a_released_hold_can_no_longer_be_booked(api: Api) -> None:
    hold = api.held()
    ok(api.release(hold), 204)
    problem(api.book(hold), 409, "hold_released")


def test_nobody_extends_or_releases_a_hold_without_its_token(api: Api) -> None:
    mine, other = (ok(api.hold(slot), 201) for slot in api.slots()[:1] + api.slots()[-1:])
    stolen = {**mine, "token": other["token"]}
    problem(api.extend(stolen), 403, "hold_token_invalid")
    problem(api.release(stolen), 403, "hold_token_invalid")
    problem(api.book(stolen), 403, "hold_token_invalid")
    ok(api.extend(mine))


def test_a_cancellation_undone_in_time_sends_nothing(platform: Platform, api: Api) -> None:
    booking = api.booked(api.a_slot(after=timedelta(days=4)))
    sent_about(api, booking, count=2)
    cancelled = ok(api.cancel(booking))
    assert cancelled["state"] == "cancelled"
    assert cancelled["undo_until"] is not None
    restored = ok(api.undo(booking))
    assert restored["state"] == "confirmed"

    api.forward(PAST_THE_UNDO)
    # A later cancellation of another booking passes the same queue and the same sender: when its
    # messages are there, those of the first would be too.
    witness = api.booked(api.a_slot(after=timedelta(days=4)))
    sent_about(api, witness, count=2)
    ok(api.cancel(witness))
    api.forward(PAST_THE_UNDO)
    sent_about(api, witness, count=4)
    assert kinds(about(api, booking)) == [("confirmation", "email"), ("confirmation", "sms")]
    assert ok(api.booking(booking))["state"] == "confirmed"


def test_a_cancellation_is_told_once_the_undo_has_passed_and_nothing_follows_it(platform: Platform, api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=4))
    booking = api.booked(slot)
    sent_about(api, booking, count=2)
    ok(api.cancel(booking))
    assert len(about(api, booking)) == 2

    api.forward(PAST_THE_UNDO)
    after = sent_about(api, booking, count=4)
    told = [
        ("cancellation", "email"),
        ("cancellation", "sms"),
        ("confirmation", "email"),
        ("confirmation", "sms"),
    ]
    assert kinds(after) == told
    calendar = [a for m in after for a in m["attachments"] if "METHOD:CANCEL" in a["text"]]
    assert len(calendar) == 1
    assert "STATUS:CANCELLED" in calendar[0]["text"]
    problem(api.undo(booking), 409, "undo_expired")

    # Another guest's reminders show that the platform has passed the cancelled booking's reminder times.
    witness = api.booked(api.a_slot(after=slot.start - api.now() + timedelta(minutes=30)))
    api.forward(datetime.fromisoformat(witness["start"]) - api.now() - timedelta(hours=1, minutes=45))
    sent_about(api, witness, count=4)
    assert kinds(about(api, booking)) == told


def test_a_cancelled_slot_is_offered_again(api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=3))
    therapist = slot.practitioner_ids[0]
    booking = ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201)
    ok(api.cancel(booking))
    ok(api.release(ok(api.hold(slot, practitioner_id=therapist), 201)), 204)


def test_an_undo_is_refused_when_the_time_has_gone_to_someone_else(api: Api) -> None:
    slot = api.a_slot(after=timedelta(days=3))
    therapist = slot.practitioner_ids[0]
    booking = ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201)
    ok(api.cancel(booking))
    ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201)
    problem(api.undo(booking), 409, "slot_taken")
    assert ok(api.booking(booking))["state"] == "cancelled"


def test_a_late_cancellation_asks_for_the_fee_first(api: Api) -> None:
    booking = api.booked(api.a_slot(after=timedelta(hours=3), span=timedelta(days=2)))
    late = datetime.fromisoformat(booking["start"]) - api.now() - timedelta(hours=11)
    if late > timedelta(0):
        api.forward(late)
    refusal = problem(api.cancel(booking), 409, "outside_policy")
    assert refusal["deadline"]
    assert refusal["fee"]["currency"] == "EUR"
    assert refusal["phone"].startswith("+33")
    assert ok(api.cancel(booking, accept_fee=True))["state"] == "cancelled"


def test_if_match_guards_a_cancellation_against_an_older_view(api: Api) -> None:
    booking = api.booked(api.a_slot(after=timedelta(days=3)))
    problem(api.cancel(booking, if_match='"99"'), 412, "revision_mismatch")
    etag = api.booking(booking).headers["etag"]
    assert ok(api.cancel(booking, if_match=etag))["state"] == "cancelled"
