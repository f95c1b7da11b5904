"""A session whose time the clinic cannot keep is moved within its series: to the times that keep the cadence."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from booking.application.access import GuestAccess
from booking.application.book_several import BookedSeries
from booking.application.repair_series import Repair, propose, repair
from booking.application.reschedule import To, reschedule
from booking.application.show_series import see_series
from booking.domain.booking import Booking, manage_token
from booking.domain.displacement import Standing, misfits
from booking.domain.errors import Refused
from booking.domain.events import RESCHEDULED
from booking.domain.screening import Answers
from booking.domain.zones import utc
from booking.views.series import proposals

from services.booking.tests.clinic_data import ANA, ROOM_1, SWEDISH, clinic, room, schedule, service
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_series import TUESDAY, TUESDAYS, a_clinic, opens, series

WEEK = timedelta(weeks=1)
SECOND = TUESDAY + WEEK


def off(start: datetime, until: datetime) -> Any:
    """Ana takes those hours off."""
    return schedule(ANA, weekly=TUESDAYS, time_off=[{"from": start.isoformat(), "to": until.isoformat()}])


def changed(here: Office, *changes: Any, version: int = 2) -> None:
    """Let the clinic change, and list what that displaced."""
    here.bookings.clinic = clinic(*changes, version=version)
    for made in here.bookings.truth.bookings.values():
        has = tuple(each.resource_id for each in here.bookings.claims(made.id))
        wrong = misfits(here.bookings.clinic, Standing(booking=made, resource_ids=has))
        if wrong:
            here.bookings.truth.displaced[made.id] = wrong


def second(here: Office, made: BookedSeries) -> Booking:
    found = see_series(opens(made), desk=here.desk)
    place = found.series.sessions[1].booking_id
    assert place is not None
    return found.bookings[place]


def displaced(here: Office, *, until_hour: int = 11) -> BookedSeries:
    """A series whose second session fell into time off."""
    made = series(here)
    changed(here, off(SECOND, SECOND.replace(hour=until_hour)))
    return made


def test_only_the_session_that_fell_into_time_off_is_displaced_and_it_still_stands() -> None:
    here = office(a_clinic())
    made = displaced(here)
    seen = see_series(opens(made), desk=here.desk)
    assert seen.displaced == {second(here, made).id}
    assert {each.state for each in seen.bookings.values()} == {"confirmed"}


def test_its_proposals_are_the_nearest_times_that_keep_the_cadence_and_never_the_one_that_is_gone() -> None:
    here = office(a_clinic())
    made = displaced(here)
    found = propose(opens(made), 2, desk=here.desk)
    starts = [utc(each.start) for each in found.slots]
    assert starts[0] == SECOND.replace(hour=11)
    assert SECOND not in starts
    assert all(TUESDAY < each < TUESDAY + 2 * WEEK for each in starts)


def test_a_day_that_is_off_as_a_whole_gives_way_to_the_nearest_day() -> None:
    here = office(a_clinic())
    made = displaced(here, until_hour=20)
    (first, *_) = propose(opens(made), 2, desk=here.desk).slots
    assert utc(first.start) == SECOND + timedelta(days=1)  # her hour on Wednesdays


def test_choosing_one_moves_the_booking_and_tells_of_a_move() -> None:
    here = office(a_clinic())
    made = displaced(here)
    before = second(here, made)
    chosen = Repair(access=opens(made), position=2, start=SECOND.replace(hour=11))
    seen = repair(chosen, desk=here.desk)
    after = second(here, made)
    assert (after.id, after.start, after.revision) == (before.id, chosen.start, before.revision + 1)
    assert seen.displaced == frozenset()
    assert here.bookings.told[-1].name == RESCHEDULED
    told = len(here.bookings.told)
    assert repair(chosen, desk=here.desk).series == seen.series
    assert len(here.bookings.told) == told, "twice is once"


def test_however_late_it_is_the_move_costs_nothing() -> None:
    here = office(a_clinic())
    made = displaced(here)
    here.clock.at = SECOND - timedelta(hours=9)
    repair(Repair(access=opens(made), position=2, start=SECOND.replace(hour=11)), desk=here.desk)
    assert second(here, made).owed is None
    assert second(here, made).start == SECOND.replace(hour=11)


def test_a_time_that_was_not_proposed_is_refused_and_the_session_stays_where_it_is() -> None:
    here = office(a_clinic())
    made = displaced(here)
    for start in (SECOND + 2 * WEEK, SECOND.replace(hour=6), SECOND.replace(minute=7)):
        with pytest.raises(Refused) as refused:
            repair(Repair(access=opens(made), position=2, start=start), desk=here.desk)
        assert refused.value.code == "slot_taken"
    assert second(here, made).start == SECOND


def test_the_same_time_may_be_kept_with_somebody_else() -> None:
    here = office(a_clinic())
    made = displaced(here)
    repair(Repair(access=opens(made), position=2, start=SECOND), desk=here.desk)
    after = second(here, made)
    assert (after.start, after.revision) == (SECOND, 2)
    assert after.practitioner_ids != (ANA,)
    assert see_series(opens(made), desk=here.desk).displaced == frozenset()


def test_what_the_clinic_sets_right_again_is_not_moved() -> None:
    here = office(a_clinic())
    made = displaced(here)
    changed(here, schedule(ANA, weekly=TUESDAYS), version=3)
    assert see_series(opens(made), desk=here.desk).displaced == frozenset()
    with pytest.raises(Refused) as refused:
        propose(opens(made), 2, desk=here.desk)
    assert refused.value.code == "session_stands"


def test_a_closed_room_is_for_the_clinic_to_see_to() -> None:
    here = office(a_clinic())
    made = series(here)
    changed(here, schedule(ANA, weekly=TUESDAYS), room(ROOM_1, deleted=True))
    assert here.bookings.truth.displaced
    assert see_series(opens(made), desk=here.desk).displaced == frozenset()


def test_the_safety_questions_are_asked_again_only_if_they_are_others_by_now() -> None:
    questions = {"version": 2, "questions": [{"id": "fever", "text": "Do you have a fever?"}]}
    here = office(a_clinic())
    made = displaced(here)
    known = here.desk.calendar.known()
    assert proposals(propose(opens(made), 2, desk=here.desk), known)["screening"] is None
    changed(here, off(SECOND, SECOND.replace(hour=11)), service(SWEDISH, screening=questions), version=3)
    asked = propose(opens(made), 2, desk=here.desk)
    assert proposals(asked, here.desk.calendar.known())["screening"] is not None
    start = SECOND.replace(hour=11)
    with pytest.raises(Refused) as refused:
        repair(Repair(access=opens(made), position=2, start=start), desk=here.desk)
    assert refused.value.code == "screening_required"
    answers = Answers(version=2, all_clear=True)
    repair(Repair(access=opens(made), position=2, start=start, screening=answers), desk=here.desk)
    assert second(here, made).screening == answers


def test_a_move_for_the_clinics_sake_is_refused_where_the_clinic_can_keep_the_time() -> None:
    here = office(a_clinic())
    made = second(here, series(here))
    access = GuestAccess(booking_id=made.id, token=manage_token(made.id, made.generation, here.desk.manage_key))
    here.clock.at = SECOND - timedelta(hours=9)  # too late to move it free of charge
    with pytest.raises(Refused) as refused:
        reschedule(access, To(start=SECOND.replace(hour=11), displaced=True), desk=here.desk)
    assert refused.value.code == "session_stands"
