"""Two imports of the same hours at once, on a real PostgreSQL: nothing is booked twice, and every row has its fate."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime

from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.postgres_bookings import PostgresBookings
from booking.adapters.postgres_calendar import PostgresCalendar
from booking.application.import_sheet import RowFate, import_rows
from booking.application.ports import Desk
from booking.application.take_over import Fate
from booking.domain.audit import Actor
from booking.domain.sheet import rows
from sqlalchemy import Engine, text

from services.booking.tests.clinic_data import clinic
from services.booking.tests.fakes import office

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
HEAD = "reference,location,service,start,minutes,name,email\n"
OVERLAPPING = """
    SELECT count(*) FROM allocations one JOIN allocations other
    ON one.resource_id = other.resource_id AND one.during && other.during AND one.id < other.id
    WHERE one.active AND other.active
"""


def a_desk(engine: Engine) -> Desk:
    memory = ClinicMemory()
    calendar, bookings = PostgresCalendar(engine, memory), PostgresBookings(engine, memory, wake=lambda: None)
    return replace(office(clinic()).desk, calendar=calendar, bookings=bookings)


def a_file(prefix: str) -> str:
    return HEAD + "".join(
        f"{prefix}-{number},La Belle Paris,Swedish massage,2026-11-24T{10 + number % 6}:00:00+01:00,60,Ana,a@b.eu\n"
        for number in range(18)
    )


def imported(name: str, engine: Engine, *, dry_run: bool = False) -> list[RowFate]:
    return list(import_rows(rows(a_file(name)), desk=a_desk(engine), actor=Actor("admin"), dry_run=dry_run))


def test_two_imports_at_once_book_nothing_twice(engine: Engine) -> None:
    with ThreadPoolExecutor(3) as pool:
        # Two clinics' lists that want the same hours, and the first of them sent twice.
        told = [
            fate for fates in pool.map(lambda name: imported(name, engine), ["one", "other", "one"]) for fate in fates
        ]
    assert len(told) == 54
    with engine.connect() as connection:
        assert connection.execute(text(OVERLAPPING)).scalar_one() == 0
        count = connection.execute(text("SELECT count(*) FROM bookings")).scalar_one()
        events = connection.execute(text("SELECT count(*) FROM outbox")).scalar_one()
        notes = connection.execute(text("SELECT count(*) FROM audit WHERE action = 'book'")).scalar_one()
    assert 0 < count == events == notes <= 6 * 2, "there are two rooms at six starts"
    assert all(each.fate is not Fate.WOULD_BE for each in imported("one", engine, dry_run=True))
