"""What only the real PostgreSQL can show of bookings: races, lost connections, locks."""

import threading
from dataclasses import dataclass
from datetime import timedelta

import psycopg2
import pytest
from booking.adapters.catalog_copy import load
from booking.adapters.postgres_bookings import OutcomeUnknown
from booking.adapters.tables import outbox
from booking.application.ports import Taken, Transaction
from booking.domain.booking import Booking
from booking.domain.events import BOOKED, BookingEvent
from sqlalchemy import Engine, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from services.booking.tests.booking_data import NOON, NOW, a_booking, adding, claims_of, real
from services.booking.tests.clinic_data import ANA, BEA, PARIS, ROOM_1, entities


@dataclass
class Outcomes:
    """What came of rivals in threads."""

    made: int = 0
    taken: int = 0
    other: int = 0


def _race(engine: Engine, rivals: list[tuple[Booking, tuple[str, ...]]]) -> Outcomes:
    bookings, outcomes, lock = real(engine), Outcomes(), threading.Lock()
    ready = threading.Barrier(len(rivals))

    def run(booking: Booking, resources: tuple[str, ...]) -> None:
        ready.wait()
        try:
            bookings.transact(adding(booking, *resources))
            name = "made"
        except Taken:
            name = "taken"
        except Exception:  # noqa: BLE001 - counted, and asserted to be none
            name = "other"
        with lock:
            setattr(outcomes, name, getattr(outcomes, name) + 1)

    threads = [threading.Thread(target=run, args=rival) for rival in rivals]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def test_the_second_of_many_racing_bookings_is_refused(engine: Engine) -> None:
    """Starts five minutes apart, resources in differing order, a couple against singles."""
    rivals = [
        (a_booking(start=NOON + timedelta(minutes=5 * n)), ((ANA, ROOM_1), (ROOM_1, BEA), (BEA, ROOM_1, ANA))[n % 3])
        for n in range(12)
    ]
    outcomes = _race(engine, rivals)
    assert (outcomes.made, outcomes.taken, outcomes.other) == (1, 11, 0)


def test_without_the_constraint_the_race_is_lost(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE allocations DROP CONSTRAINT allocations_no_overlap"))
    outcomes = _race(engine, [(a_booking(), (ANA, ROOM_1)) for _ in range(6)])
    assert outcomes.made == 6


@pytest.mark.parametrize(
    "during",
    ["empty", "[2026-01-01,)", "(,2026-01-01)", "[2026-01-01,2026-01-02]", "[2026-01-01,infinity)"],
)
def test_the_database_itself_refuses_ranges_that_are_not_finite_and_half_open(engine: Engine, during: str) -> None:
    made = real(engine).transact(adding(a_booking()))
    with engine.connect() as connection, pytest.raises(IntegrityError):
        connection.execute(
            text(
                "INSERT INTO allocations (booking_id, resource_id, during, active)"
                " VALUES (:booking, :resource, CAST(:during AS tstzrange), true)"
            ),
            {"booking": made.id, "resource": BEA, "during": during},
        )


def test_an_event_is_written_in_the_same_transaction_and_wakes_the_relay_after_it(engine: Engine) -> None:
    woken: list[int] = []

    def wake() -> None:
        with engine.connect() as connection:
            woken.append(len(connection.execute(select(outbox)).all()))

    made = real(engine, wake).transact(adding(a_booking()))
    assert woken == [1]
    with engine.connect() as connection:
        row = connection.execute(select(outbox)).mappings().one()
    assert row["name"] == BOOKED
    assert row["body"]["data"]["booking_id"] == made.id
    assert "ana" not in str(row["body"]["data"]).lower().replace(ANA, "")


def test_a_sacrificed_transaction_is_repeated(engine: Engine) -> None:
    tries: list[int] = []

    def work(transaction: Transaction) -> str:
        connection = transaction._connection  # type: ignore[attr-defined]
        tries.append(1)
        if len(tries) < 3:
            connection.execute(text("DO $$ BEGIN RAISE 'sacrificed' USING ERRCODE = '40P01'; END $$"))
        return "done"

    assert real(engine).transact(work) == "done"
    assert len(tries) == 3


def _end_connection(engine: Engine, pid: int) -> None:
    with engine.connect() as connection:
        connection.execute(text("SELECT pg_terminate_backend(:pid)"), {"pid": pid})


def _end_those_in_the_pool(engine: Engine) -> None:
    other = psycopg2.connect(engine.url.set(drivername="postgresql").render_as_string(hide_password=False))
    other.autocommit = True
    other.cursor().execute(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
        " WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    other.close()


def _pid(transaction: Transaction) -> int:
    connection = transaction._connection  # type: ignore[attr-defined]
    return int(connection.execute(text("SELECT pg_backend_pid()")).scalar_one())


def test_a_connection_lost_before_the_commit_is_replaced_once(engine: Engine) -> None:
    tries: list[int] = []

    def work(transaction: Transaction) -> None:
        pid = _pid(transaction)
        tries.append(1)
        if len(tries) == 1:
            _end_connection(engine, pid)
        adding(a_booking())(transaction)

    real(engine).transact(work)
    assert len(tries) == 2


def test_a_connection_lost_during_the_commit_is_a_fault_of_unknown_outcome(engine: Engine) -> None:
    def work(transaction: Transaction) -> None:
        _end_connection(engine, _pid(transaction))

    with pytest.raises(OutcomeUnknown):
        real(engine).transact(work)


def test_a_booking_survives_a_connection_that_died_in_the_pool(engine: Engine) -> None:
    bookings = real(engine)
    bookings.transact(adding(a_booking()))
    _end_those_in_the_pool(engine)
    made = bookings.transact(adding(a_booking(start=NOON + timedelta(hours=3))))
    assert bookings.find([made.id]) == {made.id: made}


def test_a_booking_whose_connection_is_lost_during_the_commit_is_of_unknown_outcome(engine: Engine) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "CREATE FUNCTION cut() RETURNS trigger LANGUAGE plpgsql AS"
                " $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
            )
        )
        connection.execute(
            text(
                "CREATE CONSTRAINT TRIGGER cut AFTER INSERT ON bookings DEFERRABLE INITIALLY DEFERRED"
                " FOR EACH ROW EXECUTE FUNCTION cut()"
            )
        )
    with pytest.raises(OutcomeUnknown):
        real(engine).transact(adding(a_booking()))


def test_a_booking_is_judged_anew_when_the_clinic_has_changed_since_it_was_last_looked_at(engine: Engine) -> None:
    bookings = real(engine)
    with engine.begin() as connection:
        moved = [each for each in entities() if each["data"].get("location_id") == PARIS][:1]
        moved[0]["data"] |= {"name": "La Belle Rive", "version": 2}
        load(connection, moved, now=NOW)
    seen: list[str] = []

    def work(transaction: Transaction) -> None:
        seen.append(transaction.lock_catalog([PARIS, ANA]).locations[PARIS].name)
        transaction.add(made := a_booking(), claims_of(made), None)
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=made))

    bookings.transact(work)
    assert seen == ["La Belle Paris", "La Belle Rive"]
    with engine.connect() as connection:
        assert len(connection.execute(select(outbox)).all()) == 1


def test_what_the_clinic_in_memory_forbids_is_asked_of_the_newest(engine: Engine) -> None:
    """As when a therapist has been added a moment ago: what is refused by old rules is not refused yet."""
    judged: list[str] = []

    def work(transaction: Transaction) -> str:
        transaction.lock_catalog([PARIS])
        judged.append(type(transaction).__name__)
        if len(judged) == 1:
            raise Taken
        return "served"

    assert real(engine).transact(work) == "served"
    assert judged == ["Gathered", "PostgresTransaction"]


def test_a_reader_survives_a_connection_that_died_in_the_pool(engine: Engine) -> None:
    bookings = real(engine)
    made = bookings.transact(adding(a_booking()))
    _end_those_in_the_pool(engine)
    assert bookings.find([made.id]) == {made.id: made}


def test_waiting_for_a_lock_has_a_limit(engine: Engine) -> None:
    made = real(engine).transact(adding(a_booking()))
    with engine.begin() as connection:
        connection.execute(text("SELECT 1 FROM bookings FOR UPDATE"))
        with pytest.raises(DBAPIError, match="lock timeout"):
            real(engine).transact(lambda transaction: transaction.lock(made.id))


@pytest.mark.parametrize("knows", [True, False])
def test_a_confirm_waits_for_a_change_of_the_catalog_and_then_sees_it(engine: Engine, knows: bool) -> None:
    bookings = real(engine, knows=knows)
    seen: list[str] = []

    def work(transaction: Transaction) -> None:
        seen.append(transaction.lock_catalog([PARIS, ANA]).locations[PARIS].name)
        transaction.add(made := a_booking(), claims_of(made), None)
        transaction.tell(BookingEvent(name=BOOKED, occurred_at=NOW, booking=made))

    with engine.begin() as connection:
        moved = [each for each in entities() if each["data"].get("location_id") == PARIS][:1]
        moved[0]["data"] |= {"name": "La Belle Rive", "version": 2}
        load(connection, moved, now=NOW)
        thread = threading.Thread(target=lambda: bookings.transact(work))
        thread.start()
        thread.join(0.3)
        assert thread.is_alive()
    thread.join(5)
    assert seen[-1] == "La Belle Rive"
