"""Time that staff keep from guests."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from booking.application.agenda import agenda, story
from booking.application.availability import availability
from booking.application.block import block, blocks, unblock
from booking.application.cancel import cancel
from booking.application.hold import hold
from booking.domain import audit
from booking.domain.audit import Actor
from booking.domain.block import Block
from booking.domain.errors import Refused
from booking.domain.ids import BlockId, LocationId

from services.booking.tests.clinic_data import ANA, PARIS, ROOM_1, an_id, clinic
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_moving import TEN, WITH_ANA, access, made, moved
from services.booking.tests.unit.test_the_day_itself import MINUTE

HOUR = timedelta(hours=1)
HERE = LocationId(PARIS)


def a_block(**changes: Any) -> Block:
    plain = Block(
        id=BlockId(an_id("block")),
        location_id=HERE,
        resource_ids=(ANA,),
        start=TEN,
        end=TEN + HOUR,
        reason="Supervision",
        made_by=Actor("admin"),
        made_at=TEN - HOUR,
    )
    return replace(plain, **changes)


def starts(here: Office) -> set[datetime]:
    found = availability(WITH_ANA, since=TEN - HOUR, until=TEN + 2 * HOUR, desk=here.desk)
    return {datetime.fromtimestamp(slot.start, TEN.tzinfo) for slot in found.slots}


def refusal(here: Office, **changes: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        block(a_block(**changes), desk=here.desk)
    return refused.value


def test_what_is_blocked_is_not_offered_until_it_is_given_back() -> None:
    here = office(clinic())
    made_block = block(a_block(), desk=here.desk)
    assert TEN not in starts(here)
    assert blocks(HERE, since=TEN, until=TEN + MINUTE, desk=here.desk) == [made_block]
    assert blocks(HERE, since=TEN + HOUR, until=TEN + 2 * HOUR, desk=here.desk) == []
    unblock(made_block.id, actor=Actor("admin"), desk=here.desk)
    assert TEN in starts(here)
    notes = here.bookings.notes(audit.BLOCK, made_block.id)
    assert [(each.action, each.reason) for each in notes] == [("block", "Supervision"), ("unblock", None)]
    with pytest.raises(Refused, match="no such block"):
        unblock(made_block.id, actor=Actor("admin"), desk=here.desk)


def test_a_block_does_not_push_a_booking_aside_nor_a_block_nor_a_guests_hold() -> None:
    here = office(clinic())
    booking = made(here)
    found: Any = refusal(here).extra["in_the_way"]
    assert [(each["kind"], each["id"]) for each in found] == [("booking", booking.id)]
    cancel(access(here, booking), accept_fee=False, desk=here.desk)
    first = block(a_block(), desk=here.desk)
    found = refusal(here, id=BlockId(an_id("other")), start=TEN + 30 * MINUTE).extra["in_the_way"]
    assert [(each["kind"], each["id"]) for each in found] == [("block", first.id)]
    hold(WITH_ANA, start=TEN + 2 * HOUR, desk=here.desk)
    later = {"id": BlockId(an_id("third")), "start": TEN + 2 * HOUR, "end": TEN + 3 * HOUR}
    found = refusal(here, **later).extra["in_the_way"]
    assert [(each["kind"], each["id"]) for each in found] == [("hold", None)]


def test_the_same_block_twice_is_one_and_another_of_its_name_is_refused() -> None:
    here = office(clinic())
    first = block(a_block(), desk=here.desk)
    assert block(a_block(made_at=TEN), desk=here.desk) == first
    assert refusal(here, end=TEN + 2 * HOUR).code == "idempotency_key_reused"


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        ({"end": TEN}, "range_inverted"),
        ({"end": TEN + timedelta(days=63)}, "range_too_wide"),
        ({"resource_ids": ()}, "invalid_request"),
        ({"resource_ids": (an_id("nobody"),)}, "invalid_request"),
        ({"location_id": an_id("nowhere")}, "unknown_location"),
    ],
)
def test_a_block_that_cannot_be_is_refused(wrong: dict[str, Any], code: str) -> None:
    assert refusal(office(clinic()), **wrong).code == code


def test_the_agenda_has_every_booking_of_the_span_by_start_whatever_became_of_it_page_by_page() -> None:
    here = office(clinic())
    later, gone, first = made(here, start=TEN + 3 * HOUR), made(here, start=TEN + 90 * MINUTE), made(here)
    cancel(access(here, gone), accept_fee=False, desk=here.desk)
    asked: dict[str, Any] = {"since": TEN, "until": TEN + 3 * HOUR + MINUTE, "desk": here.desk}
    page = agenda(HERE, after=None, limit=2, **asked)
    assert [each.id for each in page.bookings] == [first.id, gone.id]
    assert {claim.resource_id for claim in page.claims[gone.id]} == {ANA, ROOM_1}
    rest = agenda(HERE, after=page.next, limit=2, **asked)
    assert ([each.id for each in rest.bookings], rest.next) == ([later.id], None)
    with pytest.raises(Refused, match="62 days"):
        agenda(HERE, since=TEN, until=TEN + timedelta(days=63), after=None, limit=2, desk=here.desk)


def test_a_bookings_story_is_what_was_done_to_it() -> None:
    here = office(clinic())
    booking = made(here)
    moved(here, booking, TEN + 15 * MINUTE)
    told = story(booking.id, desk=here.desk)
    assert (told.booking.revision, [each.action for each in told.notes]) == (2, ["reschedule"])
    with pytest.raises(Refused, match="no such booking"):
        story(an_id("none"), desk=here.desk)  # type: ignore[arg-type]
