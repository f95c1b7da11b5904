"""The time that was kept for a guest runs out while they are still typing."""

from collections.abc import Iterator

import pytest

from tests.outside.client import Api, Slot, ok, problem
from tests.outside.embedded import EmbeddedPlatform
from tests.outside.platform import running
from tests.outside.until import until


@pytest.fixture(scope="module")
def hasty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A clinic that keeps a slot for two seconds only."""
    for platform in running(EmbeddedPlatform(tmp_path_factory.mktemp("hasty"), SLOTWELL_HOLD_SECONDS="2")):
        yield platform.api


def test_a_time_that_nobody_took_meanwhile_is_booked_all_the_same(hasty: Api) -> None:
    slot = hasty.a_slot()
    therapist = slot.practitioner_ids[0]
    hold = ok(hasty.hold(slot, practitioner_id=therapist), 201)
    _has_run_out(hasty, slot, therapist)
    booking = ok(hasty.book(hold), 201)
    assert booking["state"] == "confirmed"
    assert booking["start"] == hold["start"]


def test_a_time_that_another_guest_holds_now_is_refused_with_others_near_it(hasty: Api) -> None:
    slot = hasty.a_slot()
    therapist = slot.practitioner_ids[0]
    late = ok(hasty.hold(slot, practitioner_id=therapist), 201)
    _has_run_out(hasty, slot, therapist)
    booking = ok(hasty.book(ok(hasty.hold(slot, practitioner_id=therapist), 201)), 201)
    refusal = problem(hasty.book(late), 409, "hold_expired")
    assert refusal["alternatives"]
    assert ok(hasty.booking(booking))["state"] == "confirmed"


def test_what_has_run_out_can_no_longer_be_extended(hasty: Api) -> None:
    slot = hasty.a_slot()
    therapist = slot.practitioner_ids[0]
    hold = ok(hasty.hold(slot, practitioner_id=therapist), 201)
    _has_run_out(hasty, slot, therapist)
    problem(hasty.extend(hold), 409, "hold_expired")


def _has_run_out(api: Api, slot: Slot, therapist: str) -> None:
    """Wait until the slot is offered with this therapist again: first it is not, while it is held."""
    until(
        lambda: any(
            each.start == slot.start and therapist in each.practitioner_ids
            for each in api.slots(practitioner_id=therapist)
        ),
        within=10,
        expecting="the held time to be offered again",
    )
