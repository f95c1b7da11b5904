"""Who pays and which referral there is, on every way to book physical therapy: series, waitlist, the desk."""

from dataclasses import replace
from datetime import date, datetime, timedelta

import pytest
from booking.application.accept_offer import Accept, accept
from booking.application.book_as_staff import StaffBook, book_as_staff
from booking.application.book_series import BookSeries, book_series
from booking.application.book_several import BookedSeries
from booking.application.cancel import cancel_as_staff
from booking.application.join_waitlist import Join, join
from booking.application.needs import Papers
from booking.application.offer_times import offer_times
from booking.application.plan_series import Wanted
from booking.application.repair_series import Repair, propose, repair
from booking.application.show_series import SeriesAccess
from booking.application.waiting import Waiter
from booking.domain import waitlist
from booking.domain.audit import Actor
from booking.domain.booking import NO_FEE, Booking
from booking.domain.errors import Refused
from booking.domain.events import NeedEvent
from booking.domain.series import ALL_OR_NOTHING, BEST_EFFORT, ONE_AFTER_ANOTHER, Cadence, Part
from booking.domain.wish import Sought
from booking.domain.zones import utc

from services.booking.tests.clinic_data import PARIS, SWEDISH, clinic, offer, service
from services.booking.tests.fakes import Office, office
from services.booking.tests.therapy_data import DAY, EVALUATION, LISA, TEN, TREATMENT, booked, entities, referral
from services.booking.tests.unit.test_therapy import here_in, needs, staff, the_referral

INSURED = Papers(payer="public_insurance", referral=referral())
THREE_DAYS = Cadence(every_days=3, within_days=1, within_minutes=600)


def sought(service_id: str) -> Sought:
    return Sought(location_id=PARIS, service_id=service_id)  # type: ignore[arg-type]


def course(here: Office, *parts: tuple[str, int], papers: Papers = INSURED, mode: str = ALL_OR_NOTHING) -> BookedSeries:
    wanted = Wanted(
        location_id=PARIS,
        parts=tuple(Part(sought=sought(service_id), sessions=sessions) for service_id, sessions in parts),
        cadence=THREE_DAYS,
        starting=TEN,
        order=ONE_AFTER_ANOTHER,
    )
    command = BookSeries(wanted=wanted, mode=mode, contact=LISA, screening={}, papers=papers)
    return book_series(command, desk=here.desk)


def in_order(made: BookedSeries) -> list[Booking]:
    return sorted(made.bookings.values(), key=lambda each: each.start)


def nothing_is_kept(here: Office) -> bool:
    truth = here.bookings.truth
    return not (truth.bookings or truth.series or truth.charts.documents or truth.allocations)


def test_a_series_that_begins_with_an_evaluation_keeps_what_follows_open() -> None:
    here = here_in()
    first, *later = in_order(course(here, (EVALUATION, 1), (TREATMENT, 3)))
    assert needs(here, first) == {"referral": "open"}
    assert [needs(here, each) for each in later] == [{"evaluation": "open", "referral": "open"}] * 3
    assert [here.bookings.claims(each.id) != [] for each in later] == [True] * 3
    found = the_referral(here, first)
    assert (found.state, found.reserved) == ("stated", 4)


def test_a_series_of_treatments_alone_is_refused_and_nothing_is_kept() -> None:
    here = here_in()
    with pytest.raises(Refused) as refused:
        course(here, (TREATMENT, 3))
    assert (refused.value.code, refused.value.extra["rule"]) == ("evaluation_required", "evaluation.first")
    assert nothing_is_kept(here)


@pytest.mark.parametrize("mode", [ALL_OR_NOTHING, BEST_EFFORT])
def test_a_series_whose_evaluation_comes_last_is_refused(mode: str) -> None:
    here = here_in()
    with pytest.raises(Refused) as refused:
        course(here, (TREATMENT, 2), (EVALUATION, 1), mode=mode)
    assert refused.value.code == "evaluation_required"
    assert nothing_is_kept(here)


def test_a_series_of_treatments_goes_on_from_an_evaluation_of_the_same_episode() -> None:
    here = here_in()
    booked(here, start=TEN - timedelta(hours=20), papers=INSURED)
    made = in_order(course(here, (TREATMENT, 3)))
    assert [needs(here, each)["evaluation"] for each in made] == ["open"] * 3


def test_massages_before_it_do_not_make_a_treatment_the_second_session() -> None:
    here = here_in()
    with pytest.raises(Refused) as refused:
        course(here, (SWEDISH, 2), (TREATMENT, 1))
    assert refused.value.code == "evaluation_required"


def test_the_first_session_is_judged_as_one_by_itself_and_later_ones_are_let_open() -> None:
    here = here_in("XX")  # where a treatment without a referral is refused
    self_paid = Papers()
    first, second, third = in_order(course(here, (EVALUATION, 1), (TREATMENT, 2), papers=self_paid))
    assert needs(here, first) == {"referral": "open"}
    assert [needs(here, each)["referral"] for each in (second, third)] == ["open", "open"]
    with pytest.raises(Refused) as refused:
        booked(here, TREATMENT, TEN + 20 * DAY, papers=self_paid)
    assert refused.value.code == "referral_required"
    fresh = here_in("XX")
    booked(fresh, start=TEN - timedelta(hours=20))
    with pytest.raises(Refused) as refused:
        course(fresh, (TREATMENT, 2), papers=self_paid)
    assert refused.value.code == "referral_required"


def test_a_referral_that_ends_before_the_last_session_leaves_that_one_open() -> None:
    here = here_in()
    ends = (TEN + 4 * DAY).date()
    made = in_order(
        course(here, (EVALUATION, 1), (TREATMENT, 2), papers=replace(INSURED, referral=referral(expires_on=ends)))
    )
    charts = here.bookings.truth.charts
    assert [len(charts.visits[each.id][0].draws) for each in made] == [1, 1, 0]


def test_a_series_with_a_referral_from_the_future_is_refused_and_nothing_is_kept() -> None:
    here = here_in()
    with pytest.raises(Refused) as refused:
        course(here, (EVALUATION, 1), (TREATMENT, 1), papers=Papers(referral=referral(issued_on=date(2027, 1, 1))))
    assert [each.field for each in refused.value.fields] == ["referral.issued_on"]
    assert nothing_is_kept(here)


def test_a_place_that_is_filled_again_keeps_who_pays_and_may_lack_what_the_series_may() -> None:
    here = here_in()
    made = course(here, (EVALUATION, 1), (TREATMENT, 2))
    fallen = in_order(made)[2]
    cancel_as_staff(staff(fallen), fee=NO_FEE, desk=here.desk)
    opens = SeriesAccess(series_id=made.series.id, token=made.token)
    [slot, *_] = propose(opens, 3, desk=here.desk).slots
    mended = repair(Repair(access=opens, position=3, start=utc(slot.start)), desk=here.desk)
    filled = mended.bookings[mended.series.session(3).booking_id]  # type: ignore[index]
    assert needs(here, filled) == {"evaluation": "open", "referral": "open"}
    assert here.bookings.truth.charts.visits[filled.id][0].session.payer == "public_insurance"


def waits_and_is_offered(here: Office, service_id: str = EVALUATION) -> Waiter:
    at: datetime = TEN
    wanted = waitlist.Wanted(since=at, until=at + timedelta(hours=1))
    joined = join(Join(sought=sought(service_id), wanted=wanted, contact=LISA), desk=here.desk)
    offer_times(desk=here.desk)
    return Waiter(entry_id=joined.entry.id, token=joined.token)


def test_who_takes_an_offer_says_who_pays_and_what_their_referral_says() -> None:
    here = here_in()
    made = accept(Accept(waiter=waits_and_is_offered(here), papers=INSURED), desk=here.desk).booking
    assert needs(here, made) == {"referral": "open"}
    assert (the_referral(here, made).state, the_referral(here, made).changed_by) == ("stated", "guest")


def test_an_offer_of_a_treatment_without_an_evaluation_is_not_taken_and_stands() -> None:
    here = here_in()
    who = waits_and_is_offered(here, TREATMENT)
    with pytest.raises(Refused) as refused:
        accept(Accept(waiter=who), desk=here.desk)
    assert refused.value.code == "evaluation_required"
    assert here.bookings.truth.bookings == {}
    assert here.desk.waitlist.find(who.entry_id).lease is not None  # type: ignore[union-attr]


def at_the_desk(here: Office, service_id: str = EVALUATION, papers: Papers = INSURED) -> Booking:
    command = StaffBook(sought=sought(service_id), start=TEN, contact=LISA, actor=Actor("admin"), papers=papers)
    return book_as_staff(command, desk=here.desk).booking


def test_staff_write_down_who_pays_and_the_referral_and_are_shown_what_lacks() -> None:
    here = here_in()
    made = at_the_desk(here, TREATMENT)
    assert needs(here, made) == {"evaluation": "open", "referral": "open"}
    assert the_referral(here, made).changed_by == "admin"
    assert {each.need.kind for each in here.bookings.told if isinstance(each, NeedEvent)} == {"evaluation", "referral"}


def test_staff_are_shown_what_is_wrong_with_a_referral_and_nothing_is_kept() -> None:
    here = here_in()
    with pytest.raises(Refused) as refused:
        at_the_desk(here, papers=Papers(referral=referral(allowance=0)))
    assert [each.field for each in refused.value.fields] == ["referral.visits"]
    assert nothing_is_kept(here)


def test_physical_therapy_for_two_is_arranged_by_phone() -> None:
    two = [
        {"kind": "practitioner", "count": 2, "skill": "evaluation"},
        {"kind": "room", "room_kind": "physiotherapy", "capacity": 2, "count": 1},
    ]
    here = office(
        clinic(*entities(), service(EVALUATION, modality="physical_therapy", requirements=two, offers=[offer()]))
    )
    with pytest.raises(Refused) as refused:
        booked(here)
    assert (refused.value.code, "phone" in refused.value.extra) == ("by_phone_only", True)
    assert nothing_is_kept(here)
