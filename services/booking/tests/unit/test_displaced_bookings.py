"""What staff are proposed for a displaced booking, and what they can do about it."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from booking.adapters.catalog_events import read
from booking.application.access import StaffAccess
from booking.application.displacements import Case, Kind, cases, let_stand, preview
from booking.application.hold import hold
from booking.application.rearrange import Rearranged, rearrange
from booking.domain.audit import Actor
from booking.domain.booking import Booking, new_booking_id
from booking.domain.clinic import Clinic
from booking.domain.displacement import Standing, misfits
from booking.domain.errors import Refused
from booking.domain.wish import Sought

from services.booking.tests import clinic_data as data
from services.booking.tests.booking_data import a_booking, claims_of
from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    PARIS,
    ROOM_1,
    ROOM_2,
    ROOM_FOR_TWO,
    SWEDISH,
    Told,
    clinic,
    key_of,
)
from services.booking.tests.fakes import Office, office

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=UTC)  # 11:00 in Paris
HOUR = timedelta(hours=1)
OFF = data.schedule(ANA, time_off=[{"from": "2026-11-24T00:00:00Z", "to": "2026-11-25T00:00:00Z"}])
NO_ROOM = data.room(ROOM_1, deleted=True)


def booked(here: Office, *resources: str, start: datetime = TEN, **changes: Any) -> Booking:
    resources = resources or (ANA, ROOM_1)
    people = tuple(each for each in resources if each in here.bookings.clinic.practitioners)
    made = a_booking(start=start, practitioner_ids=people, **changes)
    here.bookings.truth.bookings[made.id] = made
    here.bookings.truth.allocate(made.id, claims_of(made, *resources))
    return made


def after(here: Office, *changes: Told) -> Clinic:
    """Let the clinic change, and list what that displaced."""
    here.bookings.clinic = clinic(*changes, version=2)
    for made in here.bookings.truth.bookings.values():
        has = tuple(each.resource_id for each in here.bookings.claims(made.id))
        wrong = misfits(here.bookings.clinic, Standing(booking=made, resource_ids=has))
        if wrong:
            here.bookings.truth.displaced[made.id] = wrong
    return here.bookings.clinic


def proposed(case: Case) -> list[tuple[Kind, datetime, tuple[str, ...]]]:
    return [(each.kind, each.start, tuple(each.practitioner_ids)) for each in case.proposals]


def the_only(here: Office) -> Case:
    [found] = cases(limit=10, desk=here.desk).cases
    return found


def staff(made: Booking, **options: Any) -> StaffAccess:
    return StaffAccess(booking_id=made.id, actor=Actor("admin"), **options)


def test_who_is_off_is_replaced_by_whoever_is_free_or_the_guest_comes_at_another_time() -> None:
    here = office(clinic())
    booked(here)
    booked(here, CLEO, ROOM_2, start=TEN)
    after(here, OFF)
    found = proposed(the_only(here))
    assert found[0] == (Kind.PRACTITIONER, TEN, (BEA,))
    times = [each for each in found if each[0] is Kind.TIME]
    assert len(times) == 3
    assert all(people == (ANA,) and start.date() != TEN.date() for _, start, people in times)
    assert CLEO not in {who for kind, _, people in found if kind is Kind.PRACTITIONER for who in people}


def applied(here: Office, case: Case, at: int = 0) -> Booking:
    wanted, made = case.proposals[at], case.displaced.booking
    to = Rearranged(
        start=wanted.start if wanted.start != made.start else None,
        practitioner_id=wanted.practitioner_id,
        room_id=wanted.room_id,
    )
    return rearrange(staff(made, reason="Ana is ill"), to, desk=here.desk)


def test_a_room_that_is_closed_is_replaced_without_other_hands_and_without_a_word() -> None:
    here = office(clinic())
    made = booked(here)
    after(here, NO_ROOM)
    assert proposed(the_only(here))[0] == (Kind.ROOM, TEN, (ANA,))
    told = len(here.bookings.told)
    assert applied(here, the_only(here)) == made
    assert [each.resource_id for each in here.bookings.claims(made.id)] == sorted([ANA, ROOM_2])
    assert len(here.bookings.told) == told
    assert here.bookings.truth.displaced == {}


def test_every_proposal_can_be_had_and_the_booking_is_displaced_no_more() -> None:
    here = office(clinic())
    booked(here, ANA, ROOM_1)
    after(here, OFF, NO_ROOM)
    for number, proposal in enumerate(the_only(here).proposals):
        again = office(clinic())
        made = booked(again, ANA, ROOM_1)
        after(again, OFF, NO_ROOM)
        placed = applied(again, the_only(again), number)
        assert (placed.id, placed.start, placed.revision) == (made.id, proposal.start, 2)
        assert placed.practitioner_ids[0] in proposal.practitioner_ids
        assert again.bookings.told[-1].name == "booking.rescheduled.v1"
        assert again.bookings.truth.displaced == {}
        assert cases(limit=1, desk=again.desk).cases == []


def test_a_couple_keeps_whoever_still_serves() -> None:
    here = office(clinic())
    couple = booked(here, ANA, BEA, ROOM_FOR_TWO, service_id=COUPLES)
    after(here, OFF)
    assert proposed(the_only(here))[0] == (Kind.PRACTITIONER, TEN, tuple(sorted((BEA, CLEO))))
    assert applied(here, the_only(here)).id == couple.id
    assert here.bookings.truth.displaced == {}


def test_a_length_that_is_not_sold_any_more_is_the_bookings_own() -> None:
    here = office(clinic())
    booked(here, minutes=75)
    after(here, OFF)
    assert proposed(the_only(here))[0] == (Kind.PRACTITIONER, TEN, (BEA,))


def test_a_time_that_a_guest_holds_is_not_proposed_and_not_taken() -> None:
    here = office(clinic())
    made = booked(here)
    here.bookings.truth.allocate(new_booking_id(), claims_of(made, CLEO))
    hold(Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=BEA), start=TEN, desk=here.desk)  # type: ignore[arg-type]
    after(here, OFF)
    assert {each[0] for each in proposed(the_only(here))} == {Kind.TIME}


def test_staff_may_let_it_stand_with_a_reason() -> None:
    here = office(clinic())
    made = booked(here)
    after(here, OFF)
    assert let_stand(staff(made, reason="Ana comes in for it"), desk=here.desk) == made
    assert cases(limit=10, desk=here.desk).cases == []
    assert here.bookings.notes("booking", made.id)[-1].reason == "Ana comes in for it"
    with pytest.raises(Refused, match="not_displaced"):
        let_stand(staff(made, reason="Again"), desk=here.desk)


def test_a_service_that_is_gone_leaves_nothing_to_propose_but_is_listed() -> None:
    here = office(clinic())
    booked(here)
    after(here, data.service(deleted=True))
    assert proposed(the_only(here)) == []


def test_the_list_comes_in_pages_by_start_and_leaves_out_what_is_over_or_fits_again() -> None:
    here = office(clinic())
    made = [booked(here, start=TEN + n * 2 * HOUR) for n in range(3)]
    after(here, OFF)
    first = cases(limit=2, desk=here.desk)
    assert [each.displaced.booking for each in first.cases] == made[:2]
    rest = cases(limit=2, beyond=first.following, desk=here.desk)
    assert ([each.displaced.booking for each in rest.cases], rest.following) == (made[2:], None)
    here.clock.at = TEN
    assert len(cases(limit=5, desk=here.desk).cases) == 2
    here.bookings.clinic = clinic(version=3)
    assert cases(limit=5, desk=here.desk).cases == []


def previewed(here: Office, *changes: Told) -> Any:
    wanted = [(key_of(each)[1], read(key_of(each)[0], each["data"])) for each in changes]
    return preview(wanted, desk=here.desk)


def test_a_preview_tells_what_a_change_would_displace_with_proposals_as_it_would_then_be() -> None:
    here = office(clinic())
    made = booked(here)
    booked(here, CLEO, ROOM_2, start=TEN + 3 * HOUR)
    both_off = [OFF, data.schedule(BEA, time_off=OFF["data"]["time_off"])]
    found = previewed(here, *both_off)
    assert (found.count, [each.displaced.booking for each in found.cases]) == (1, [made])
    assert proposed(found.cases[0])[0] == (Kind.PRACTITIONER, TEN, (CLEO,)), "Bea would be off as well"
    assert here.bookings.truth.displaced == {}
    assert previewed(here, data.schedule(ANA)).count == 0
    assert previewed(here).count == 0


def test_a_preview_counts_all_and_tells_a_bounded_number() -> None:
    here = office(clinic())
    for day in range(30):
        booked(here, start=TEN + timedelta(days=day))
    closed = data.location(closures=[{"from_date": "2026-11-01", "to_date": "2026-12-31"}])
    found = previewed(here, closed)
    assert (found.count, len(found.cases)) == (30, 20)
