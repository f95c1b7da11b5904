"""What late cancellations and missed appointments cost, who is let off, and who books on request from then on."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from booking.application.access import StaffAccess
from booking.application.attend import miss, revert, waive_fee
from booking.application.book import Book, book
from booking.application.cancel import cancel, cancel_as_staff, undo_cancel
from booking.application.hold import hold
from booking.domain.audit import BOOKING
from booking.domain.booking import Booking
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.patience import Patience

from services.booking.tests.clinic_data import PHONE, SWEDISH, clinic, service
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_moving import TEN, WITH_ANYONE, access, made
from services.booking.tests.unit.test_the_day_itself import at, refusal, staff

DEAR = service(SWEDISH, cancellation={"free_until_hours": 12, "fee_percent": 50, "no_show_fee_percent": 100})
FREE = service(SWEDISH, cancellation={"free_until_hours": 0, "fee_percent": 0, "no_show_fee_percent": 0})


def owed(booking: Booking) -> tuple[str, Decimal, bool] | None:
    fee = booking.owed
    return (fee.cause, fee.amount.amount, fee.waived_at is not None) if fee is not None else None


def kept(here: Office, booking: Booking) -> Booking:
    return here.bookings.find([booking.id])[booking.id]


def missed(here: Office, booking: Booking, **how: Any) -> Booking:
    return miss(staff(booking), desk=at(here, booking.start).desk, **how)


def test_not_coming_costs_what_the_service_said_when_it_was_booked() -> None:
    here = office(clinic(DEAR))
    booking = made(here)
    here.bookings.clinic = clinic(FREE)
    assert owed(missed(here, booking)) == owed(kept(here, booking)) == ("no_show", Decimal("80.00"), False)


def test_without_a_price_of_its_own_not_coming_costs_what_cancelling_late_does() -> None:
    here = office(clinic())
    assert owed(missed(here, made(here))) == ("no_show", Decimal("40.00"), False)


def test_a_service_without_fees_is_owed_nothing() -> None:
    here = office(clinic(FREE))
    assert owed(missed(here, made(here))) is None


def test_a_no_show_that_is_taken_back_owes_nothing() -> None:
    here = office(clinic(DEAR))
    booking = missed(here, made(here))
    assert owed(revert(staff(booking, "Was late"), desk=here.desk)) is owed(kept(here, booking)) is None


def test_a_guest_is_let_off_at_once_or_later_and_it_is_written_down_why() -> None:
    here = office(clinic(DEAR))
    assert owed(missed(here, made(here), waive=True)) == ("no_show", Decimal("80.00"), True)
    booking = missed(here, made(here, WITH_ANYONE, TEN + timedelta(days=1)))
    after = waive_fee(staff(booking, "Ill, and called"), desk=here.desk)
    assert owed(after) == owed(kept(here, booking)) == ("no_show", Decimal("80.00"), True)
    assert (after.revision, after.state) == (booking.revision, "no_show")
    assert waive_fee(staff(booking, "Once more"), desk=here.desk) == after
    notes = [(each.action, each.reason) for each in here.bookings.notes(BOOKING, booking.id)]
    assert notes == [("no_show", None), ("waive_fee", "Ill, and called")]


def test_where_nothing_is_owed_nothing_is_waived() -> None:
    here = office(clinic())
    assert refusal(waive_fee, staff(made(here), "Why not"), here=here).code == "no_fee"


def test_a_late_cancellation_owes_the_fee_that_the_guest_accepted_until_it_is_undone() -> None:
    here = office(clinic())
    booking = made(here)
    at(here, TEN - timedelta(hours=2))
    gone = cancel(access(here, booking), accept_fee=True, desk=here.desk)
    assert owed(gone) == owed(kept(here, booking)) == ("late_cancellation", Decimal("40.00"), False)
    undo_cancel(access(here, booking), desk=here.desk)
    assert owed(kept(here, booking)) is None


@pytest.mark.parametrize(
    ("fee", "moment", "expected"),
    [
        ("none", TEN - timedelta(hours=1), None),
        ("owed", TEN - timedelta(hours=1), ("late_cancellation", Decimal("40.00"), False)),
        ("owed", TEN + timedelta(hours=1), ("late_cancellation", Decimal("40.00"), False)),
        ("waived", TEN - timedelta(hours=1), ("late_cancellation", Decimal("40.00"), True)),
        ("owed", TEN - timedelta(hours=13), None),
    ],
)
def test_staff_cancel_whenever_it_is_and_say_what_of_the_fee(fee: str, moment: datetime, expected: object) -> None:
    here = office(clinic())
    booking = made(here)
    gone = cancel_as_staff(staff(booking, "Called in"), fee=fee, desk=at(here, moment).desk)
    assert (gone.state, owed(gone)) == ("cancelled", expected)
    assert not any(each.active for each in here.bookings.truth.allocations)


def test_staff_take_a_cancellation_of_theirs_back() -> None:
    here = office(clinic())
    booking = made(here)
    cancel_as_staff(staff(booking, "Wrong one"), fee="none", desk=here.desk)
    back = undo_cancel(StaffAccess(booking_id=booking.id, actor=staff(booking).actor), desk=here.desk)
    assert back.state == "confirmed"


def test_what_is_over_or_under_way_is_not_cancelled_by_staff_either() -> None:
    here = office(clinic())
    booking = missed(here, made(here))
    with pytest.raises(Refused, match="last step"):
        cancel_as_staff(staff(booking, "Why not"), fee="none", desk=here.desk)


def again(here: Office, days: int = 7, **contact: Any) -> Booking:
    held = hold(WITH_ANYONE, start=TEN + timedelta(days=days), desk=here.desk)
    who = Contact(**{"name": "Ana", "email": "ana@example.com", **contact})
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=who), desk=here.desk).booking


def test_who_has_missed_two_appointments_books_on_request_by_whatever_name() -> None:
    here = office(clinic())
    missed(here, again(here, 1, phone="+33 1 99 00 12 34"))
    second = missed(here, again(here, 2, email=None, phone="01 99 00 12 34"))
    again(here, 3, email="someone@else.example")
    for who in ({"phone": "+33199001234", "email": None}, {"phone": "0199001234", "email": "new@example.com"}):
        with pytest.raises(Refused) as refused:
            again(here, **who)  # type: ignore[arg-type]
        assert (refused.value.code, refused.value.extra) == ("on_request_only", {"phone": PHONE})
    assert not here.holds.taken(list(here.bookings.clinic.practitioners), (0, 2**40))
    revert(staff(second, "Was here after all"), desk=here.desk)
    again(here, phone="+33199001234", email=None)


def test_an_e_mail_address_is_the_same_in_capitals() -> None:
    here = office(clinic())
    missed(here, again(here, 1))
    missed(here, again(here, 2))
    with pytest.raises(Refused, match="on_request_only"):
        again(here, email="ANA@Example.com")


def test_what_was_missed_long_ago_no_longer_counts_and_a_house_may_forgive_all() -> None:
    here = office(clinic())
    missed(here, again(here, 1))
    missed(here, again(here, 2))
    here.clock.advance(days=181)
    again(here, 190)
    here = office(clinic(), patience=Patience(times=0))
    missed(here, again(here, 1))
    missed(here, again(here, 2))
    again(here, 3)


def test_a_repeated_confirm_of_a_booking_that_was_made_before_is_still_answered() -> None:
    here = office(clinic())
    held = hold(WITH_ANYONE, start=TEN, desk=here.desk)
    command = Book(hold_id=held.hold.id, hold_token=held.token, contact=Contact(name="Ana", email="ana@example.com"))
    first = book(command, desk=here.desk).booking
    missed(here, again(here, 1))
    missed(here, again(here, 2))
    here.holds.flush()
    assert replace(book(command, desk=here.desk).booking) == first
