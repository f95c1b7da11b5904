"""What the world is told of a series, and what one who writes to its guest learns of it."""

from booking.application.access import GuestAccess
from booking.application.cancel import cancel
from booking.application.show import series_facts
from booking.domain.booking import manage_token
from booking.domain.events import BOOKED
from booking.views.series import facts

from services.booking.tests.fakes import office
from services.booking.tests.unit.test_series import TUESDAY, a_clinic, series, taken


def test_every_session_says_which_series_it_was_booked_with_and_a_single_booking_says_none() -> None:
    here = office(a_clinic())
    made = series(here)
    told = [event for event in here.bookings.told if event.name == BOOKED]
    assert [event.series_id for event in told] == [made.series.id] * 4
    assert len({event.occurred_at for event in told}) == 1
    taken(here, TUESDAY.replace(hour=11, minute=30))
    assert here.bookings.told[-1].series_id is None


def test_who_writes_about_a_series_learns_of_the_sessions_that_stand_and_are_to_come() -> None:
    here = office(a_clinic())
    made = series(here)
    ids = [each.booking_id for each in made.series.sessions]
    second = made.bookings[ids[1]]
    token = manage_token(second.id, second.generation, here.desk.manage_key)
    cancel(GuestAccess(booking_id=second.id, token=token), accept_fee=False, desk=here.desk)
    told = series_facts([made.series.id], desk=here.desk)[made.series.id]
    first = made.bookings[ids[0]]
    for now, coming in ((first.made_at, [ids[0], ids[2], ids[3]]), (first.start, [ids[2], ids[3]])):
        view = facts(told, here.desk.calendar.known(), now)
        assert view is not None
        assert [each["id"] for each in view["sessions"]] == coming
        assert (view["id"], view["revision"], view["state"]) == (made.series.id, 1, "confirmed")
        assert view["start"] == view["sessions"][0]["start"]
        assert view["manage_token"] == made.token
    over = facts(told, here.desk.calendar.known(), made.bookings[ids[3]].start)
    assert over is not None
    assert (over["state"], over["sessions"]) == ("cancelled", [])
