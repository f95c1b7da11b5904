"""One suite for the port `Diaries`, on the fake and on a real PostgreSQL."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta

import pytest
from booking.adapters.postgres_diaries import PostgresDiaries
from booking.application.diary_ports import Diaries
from booking.application.ports import Bookings, Transaction
from booking.domain.booking import CANCELLED, Booking
from booking.domain.zones import instant

from services.booking.tests.booking_data import NOON, NOW, a_booking, adding, real
from services.booking.tests.clinic_data import ANA, BEA, ROOM_2, clinic
from services.booking.tests.fakes import FakeBookings, FakeDiaries

DAY = (instant(NOON - timedelta(hours=12)), instant(NOON + timedelta(hours=12)))


@dataclass
class Kept:
    bookings: Bookings
    diaries: Diaries


@pytest.fixture(params=["fake", "real"])
def kept(request: pytest.FixtureRequest) -> Kept:
    if request.param == "fake":
        fake = FakeBookings(clinic())
        return Kept(fake, FakeDiaries(fake))
    engine = request.getfixturevalue("engine")
    return Kept(real(engine), PostgresDiaries(engine))


def test_a_diary_has_the_practitioner_s_bookings_by_start_and_nobody_else_s(kept: Kept) -> None:
    later = kept.bookings.transact(adding(a_booking(start=NOON + timedelta(hours=3))))
    sooner = kept.bookings.transact(adding(a_booking()))
    kept.bookings.transact(adding(a_booking(practitioner_ids=(BEA,)), BEA, ROOM_2))
    assert kept.diaries.booked(ANA, DAY) == [sooner, later]


def test_a_diary_ends_where_it_was_asked_to(kept: Kept) -> None:
    kept.bookings.transact(adding(a_booking(start=NOON + timedelta(days=2))))
    assert kept.diaries.booked(ANA, DAY) == []


def test_what_was_cancelled_is_gone_from_the_diary(kept: Kept) -> None:
    made = kept.bookings.transact(adding(a_booking()))
    kept.bookings.transact(_cancelling(made))
    assert kept.diaries.booked(ANA, DAY) == []


def test_each_revocation_starts_a_generation_of_that_practitioner_alone(kept: Kept) -> None:
    assert kept.diaries.generation(ANA) == 1
    kept.diaries.revoke(ANA)
    kept.diaries.revoke(ANA)
    assert (kept.diaries.generation(ANA), kept.diaries.generation(BEA)) == (3, 1)


def _cancelling(made: Booking) -> Callable[[Transaction], None]:
    def work(transaction: Transaction) -> None:
        transaction.change(replace(made, state=CANCELLED, cancelled_at=NOW))
        transaction.free(made.id)

    return work
