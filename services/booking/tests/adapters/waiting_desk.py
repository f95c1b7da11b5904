"""A desk over real PostgreSQL and Redis, at a clinic's clock that the test moves, and ways to wait at it.

Run as a program it makes one pass over the waitlist, so that a test can kill it.
"""

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from booking.adapters.catalog_copy import load
from booking.adapters.tables import waitlist_turn
from booking.application.access import GuestAccess
from booking.application.book import Book, book
from booking.application.cancel import cancel
from booking.application.hold import hold
from booking.application.join_waitlist import Join, join
from booking.application.offer_times import Pass, offer_times
from booking.application.ports import Desk
from booking.application.waiting import Waiter
from booking.domain.booking import Booking, manage_token
from booking.domain.guest import Contact
from booking.domain.preference import Preference
from booking.domain.waitlist import Wanted
from booking.domain.wish import Sought
from booking.outside import Outside, outside
from booking.settings import BookingSettings
from sqlalchemy import update

from services.booking.tests.clinic_data import ANA, PARIS, SWEDISH, entities, schedule, shift
from services.booking.tests.fake_holds import HandClock

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))  # a Tuesday, 25 hours ahead
IN_FRENCH = Preference(languages=("fr",))
WITH_ANA = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA, preference=IN_FRENCH)
THAT_HOUR = Wanted(since=TEN, until=TEN + timedelta(minutes=15))


def opened(booking_url: str, redis_url: str) -> Outside:
    """Return the outside of a process."""
    return outside(
        BookingSettings(
            booking_database_url=booking_url,
            redis_url=redis_url,
            redis_seconds=3,  # what is tested is not how a busy machine's Redis is given up
            amqp_url="embedded://",
            secret_key="s" * 32,
        )
    )


def one_treatment_a_week(here: Outside, *, now: datetime) -> None:
    """Load a clinic at which Ana gives one treatment a week: Tuesdays at ten."""
    told = [schedule(ANA, version=2, weekly=[shift(1, "10:00", "11:00")])]
    with here.engine.begin() as connection:
        load(connection, [*entities(), *told], now=now)


def at(here: Outside, clock: HandClock) -> Desk:
    """Return its desk, at a clinic's clock that the test moves."""
    return replace(here.desk, clock=clock)


def booked(desk: Desk, name: str = "First") -> Booking:
    """Book that hour."""
    held = hold(WITH_ANA, start=TEN, desk=desk)
    contact = Contact(name=name, email="first@example.com")
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=contact), desk=desk).booking


def access(booking: Booking, desk: Desk) -> GuestAccess:
    """Return what opens the booking."""
    return GuestAccess(booking_id=booking.id, token=manage_token(booking.id, booking.generation, desk.manage_key))


def cancelled(booking: Booking, desk: Desk) -> None:
    """Cancel it."""
    cancel(access(booking, desk), accept_fee=True, desk=desk)


def waits(desk: Desk, name: str, **changes: Any) -> Waiter:
    """Let somebody wait for that hour."""
    contact = Contact(name=name, email=f"{name.lower()}@example.com")
    made = join(Join(**{"sought": WITH_ANA, "wanted": THAT_HOUR, "contact": contact, **changes}), desk=desk)
    return Waiter(entry_id=made.entry.id, token=made.token)


def swept(here: Outside, desk: Desk) -> Pass:
    """Make one pass, whoever's turn it is."""
    with here.engine.begin() as connection:
        connection.execute(update(waitlist_turn).values(until=datetime(2000, 1, 1, tzinfo=UTC)))
    return offer_times(desk=desk)


if __name__ == "__main__":
    opened_here = opened(sys.argv[1], sys.argv[2])
    swept(opened_here, at(opened_here, HandClock(datetime.fromisoformat(sys.argv[3]))))
