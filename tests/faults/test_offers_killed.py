"""Booking killed over an offer to a guest who waits, Redis flushed meanwhile: one offer, one message, one booking."""

from datetime import timedelta

import pytest

from tests.checker.offers import offers_kept
from tests.checker.overlaps import overlaps
from tests.outside.client import ok, problem
from tests.outside.messages import about, kinds, sent_about
from tests.outside.stack import StackPlatform
from tests.outside.until import until
from tests.outside.waiting_guest import WaitingGuest

DAYS = {"booking.before_commit": 5, "booking.after_commit_before_wake": 6}


@pytest.mark.parametrize("failpoint", DAYS)
def test_an_offer_outlives_booking_killed_at(stack: StackPlatform, failpoint: str) -> None:
    api = stack.api
    slot = api.a_slot(after=timedelta(days=DAYS[failpoint]))
    therapist = slot.practitioner_ids[0]
    booking = ok(api.book(ok(api.hold(slot, practitioner_id=therapist), 201)), 201)
    first, second = (WaitingGuest(api, slot, therapist, phone=None) for _ in range(2))
    for waiting in (first, second):
        sent_about(api, waiting.entry, count=1)  # while booking is there to be asked
    ok(api.cancel(booking))
    stack.stop_process("booking")
    api.forward(timedelta(minutes=4))
    stack.start_process("booking", failpoints=(failpoint,))  # its first commit is the offer
    stack.wait_until_killed("booking")
    stack.redis.flush()
    stack.start_process("booking")
    stack.wait_ready()

    offer = first.offered(within=60)["offer"]
    assert second.seen()["offer"] is None
    problem(api.hold(slot, practitioner_id=therapist), 409, "slot_taken")
    sent_about(api, first.entry, count=2)
    made = first.accepted()
    assert made["start"] == offer["start"]
    sent_about(api, made, count=1)
    assert kinds(about(api, first.entry)) == [("waitlist_joined", "email"), ("waitlist_offer", "email")]
    assert kinds(about(api, second.entry)) == [("waitlist_joined", "email")]
    assert overlaps(stack.databases["booking"]) == []
    until(lambda: not offers_kept(stack.databases["booking"]), within=10, expecting="every offer kept")
