"""A change of the clinic against confirms, moves and undos in flight, on a real PostgreSQL.

Whichever comes first: a booking that the change leaves without what it needs is refused, served by someone else, or
listed. Never none of these.
"""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from booking.adapters import catalog_copy, catalog_events, postgres_bookings
from booking.adapters.catalog_changes import CatalogChanges
from booking.adapters.catalog_copy import ClinicMemory
from booking.adapters.postgres_bookings import PostgresBookings
from booking.adapters.postgres_calendar import PostgresCalendar
from booking.adapters.postgres_displacements import PostgresDisplacements
from booking.application.access import GuestAccess
from booking.application.book import Book, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import hold
from booking.application.ports import Desk
from booking.application.reschedule import To, reschedule
from booking.domain.booking import Booking, manage_token
from booking.domain.clinic import Entity
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.wish import Sought
from messaging.envelope import Event
from sqlalchemy import Engine, text

from services.booking.tests import clinic_data as data
from services.booking.tests.booking_data import NOON
from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, SWEDISH, Told, clinic
from services.booking.tests.fakes import office

NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
DAY_OFF = data.schedule(ANA, version=2, time_off=[{"from": "2026-12-01T00:00:00Z", "to": "2026-12-02T00:00:00Z"}])


def a_desk(engine: Engine) -> Desk:
    memory = ClinicMemory()
    return replace(
        office(clinic()).desk,
        calendar=PostgresCalendar(engine, memory),
        bookings=PostgresBookings(engine, memory, wake=lambda: None),
        displacements=PostgresDisplacements(engine),
    )


def booked(desk: Desk, *, by: str | None = ANA, start: datetime = NOON) -> Booking:
    sought = Sought(location_id=PARIS, service_id=SWEDISH, duration_minutes=60, practitioner_id=by)  # type: ignore[arg-type]
    held = hold(sought, start=start, desk=desk)
    contact = Contact(name="Ana Moreau", email="ana@example.com")
    return book(Book(hold_id=held.hold.id, hold_token=held.token, contact=contact), desk=desk).booking


def an_event(told: Told) -> Event:
    return Event(
        id=uuid4(),
        name=told["name"],
        occurred_at=NOW,
        correlation_id="c",
        causation_id=None,
        aggregate_id=uuid4(),
        version=told["data"]["version"],
        data=told["data"],
    )


def change(engine: Engine, *told: Told) -> None:
    changes = CatalogChanges(ClinicMemory(), now=lambda: NOW)
    for each in told:
        with engine.begin() as connection:
            changes.apply(connection, an_event(each))


@contextmanager
def change_in_flight(engine: Engine, told: Told) -> Iterator[None]:
    """Within: the change is written and not committed."""
    with engine.begin() as connection:
        CatalogChanges(ClinicMemory(), now=lambda: NOW).apply(connection, an_event(told))
        yield


def listed(engine: Engine) -> dict[str, list[str]]:
    found = PostgresDisplacements(engine).listed(NOW, limit=100)
    return {each.booking.id: sorted(str(one.reason) for one in each.misfits) for each in found}


def told_of(engine: Engine) -> list[str]:
    with engine.connect() as connection:
        query = "SELECT body->'data'->>'booking_id' FROM outbox WHERE name = 'booking.displaced.v1' ORDER BY 1"
        return list(connection.execute(text(query)).scalars())


def wait_until_someone_waits_for_a_lock(engine: Engine) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    give_up = datetime.now(UTC) + timedelta(seconds=10)
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        while not connection.execute(text(waiting)).scalar_one():
            assert datetime.now(UTC) < give_up, "nobody came to wait"


@contextmanager
def held_before_commit(
    monkeypatch: pytest.MonkeyPatch, engine: Engine, work: Callable[[], Any]
) -> Iterator[Future[Any]]:
    """Within: everything that the work writes is written, and not committed."""
    written, go = threading.Event(), threading.Event()

    def stop(name: str) -> None:
        if name == "booking.before_commit":
            written.set()
            assert go.wait(10)

    monkeypatch.setattr(postgres_bookings.failpoints, "hit", stop)
    with ThreadPoolExecutor(2) as pool:
        future = pool.submit(work)
        assert written.wait(10)
        yield future
        wait_until_someone_waits_for_a_lock(engine)
        go.set()
        future.result(10)


def test_a_booking_whose_confirm_was_in_flight_before_the_change_is_listed(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk = a_desk(engine)
    with ThreadPoolExecutor(1) as pool:
        with held_before_commit(monkeypatch, engine, lambda: booked(desk)) as confirm:
            changing = pool.submit(change, engine, DAY_OFF)
        changing.result(10)
    made = confirm.result()
    assert made.practitioner_ids == (ANA,)
    assert listed(engine) == {made.id: ["time_off"]}
    assert told_of(engine) == [made.id]


@pytest.mark.parametrize("by", [ANA, None])
def test_a_confirm_that_comes_after_the_change_is_refused_or_served_by_another(engine: Engine, by: str | None) -> None:
    desk = a_desk(engine)
    with ThreadPoolExecutor(1) as pool:
        with change_in_flight(engine, DAY_OFF):
            confirm = pool.submit(booked, desk, by=by)
            wait_until_someone_waits_for_a_lock(engine)
        if by is ANA:
            with pytest.raises(Refused, match="slot_taken"):
                confirm.result(10)
        else:
            assert confirm.result(10).practitioner_ids == (BEA,)
    assert (listed(engine), told_of(engine)) == ({}, [])


def test_however_confirms_and_a_change_race_nobody_is_left_with_a_therapist_who_is_off(engine: Engine) -> None:
    desk = a_desk(engine)
    ready = threading.Barrier(9)

    def confirm(hour: int) -> Booking | None:
        ready.wait()
        try:
            return booked(desk, start=NOON + timedelta(hours=hour))
        except Refused:
            return None

    def off() -> None:
        ready.wait()
        change(engine, DAY_OFF)

    with ThreadPoolExecutor(9) as pool:
        changing = pool.submit(off)
        made = [each for each in pool.map(confirm, range(-3, 5)) if each is not None]
        changing.result(10)
    assert {each.id for each in made} == set(listed(engine)) == set(told_of(engine))


def test_a_booking_that_is_being_moved_away_is_not_listed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    desk = a_desk(engine)
    made = booked(desk)
    access = GuestAccess(booking_id=made.id, token=manage_token(made.id, made.generation, desk.manage_key))
    to = To(start=NOON, practitioner_id=BEA)
    with ThreadPoolExecutor(1) as pool:
        with held_before_commit(monkeypatch, engine, lambda: reschedule(access, to, desk=desk)):
            changing = pool.submit(change, engine, DAY_OFF)
        changing.result(10)
    assert (listed(engine), told_of(engine)) == ({}, [])


def test_what_is_moved_is_listed_no_more_and_what_is_cancelled_only_if_that_is_undone(engine: Engine) -> None:
    desk = a_desk(engine)
    moved, undone = booked(desk), booked(desk, start=NOON + timedelta(hours=2))
    ours = {
        each.id: GuestAccess(booking_id=each.id, token=manage_token(each.id, each.generation, desk.manage_key))
        for each in (moved, undone)
    }
    cancel(ours[undone.id], accept_fee=False, desk=desk)
    change(engine, DAY_OFF)
    assert set(listed(engine)) == {moved.id}
    reschedule(ours[moved.id], To(start=NOON + timedelta(days=1)), desk=desk)
    assert listed(engine) == {}
    undo_cancel(ours[undone.id], desk=desk)
    assert set(listed(engine)) == {undone.id}


def test_a_change_that_is_taken_back_strikes_them_off_and_repeating_it_tells_nothing_twice(engine: Engine) -> None:
    desk = a_desk(engine)
    made = booked(desk)
    change(engine, DAY_OFF)
    change(engine, DAY_OFF, {**DAY_OFF, "data": {**DAY_OFF["data"], "version": 3}})
    assert told_of(engine) == [made.id]
    change(engine, data.room(ROOM_1, version=2, deleted=True))
    assert listed(engine) == {made.id: ["resource_withdrawn", "time_off"]}
    change(engine, data.schedule(ANA, version=4), data.room(ROOM_1, version=3))
    assert listed(engine) == {}
    assert told_of(engine) == [made.id, made.id]
    assert desk.bookings.find([made.id])[made.id] == made, "no booking is ever changed by it"


def test_the_snapshot_of_a_rebuild_displaces_too(engine: Engine) -> None:
    made = booked(a_desk(engine))
    gone = [each for each in data.entities() if each["data"].get("resource_id") != ROOM_1]
    with engine.begin() as connection:
        changes = CatalogChanges(ClinicMemory(), now=lambda: NOW)
        assert changes.load(connection, gone, loaded_at=NOW, replace=True)
    assert listed(engine) == {made.id: ["resource_withdrawn"]}


def test_a_change_reads_itself_and_not_the_changes_before_it_again(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    changes = CatalogChanges(ClinicMemory(), now=lambda: NOW)
    read: list[str] = []

    def noted(kind: str, told: Told) -> Entity:
        read.append(kind)
        return catalog_events.read(kind, told)

    def become(version: int) -> None:
        with engine.begin() as connection:
            changes.apply(connection, an_event(data.schedule(ANA, version=version)))

    become(2)  # reads the whole clinic, and itself
    monkeypatch.setattr(catalog_copy, "read", noted)
    for version in (3, 4, 5, 6):
        become(version)
    # Each is read once as its own change; and once by the next, as what others may have changed meanwhile.
    assert read == ["schedule"] * (4 + 4)


def test_a_change_that_is_rolled_back_leaves_nothing_behind(engine: Engine) -> None:
    memory = ClinicMemory()
    desk = replace(a_desk(engine), calendar=PostgresCalendar(engine, memory))
    booked(desk)
    with engine.connect() as connection:
        CatalogChanges(memory, now=lambda: NOW).apply(connection, an_event(DAY_OFF))
        connection.rollback()
    assert listed(engine) == {}
    assert booked(desk, start=NOON + timedelta(hours=2)).practitioner_ids == (ANA,)
