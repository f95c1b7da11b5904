"""The service's calls over real PostgreSQL and Redis: what goes in and comes out, as JSON."""

import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.adapters.catalog_copy import load
from booking.outside import Outside, outside
from booking.service import BookingService
from booking.settings import BookingSettings
from booking.views.values import money
from runtime.clock import FixedClock
from servers.postgres import Postgres
from sqlalchemy import text

from services.booking.tests.clinic_data import ANA, DEEP, PARIS, SCREENING, SWEDISH, THERAPY, an_id, entities

GUEST = {"name": "Ana Moreau", "email": "ana@example.com", "phone": "01 99 00 12 34"}
KEY = {"scope": "guest", "key": "k1", "body_hash": "abc"}


@pytest.fixture
def here(booking_url: str, redis_url: str) -> Iterator[Outside]:
    made = outside(
        BookingSettings(
            booking_database_url=booking_url, redis_url=redis_url, amqp_url="embedded://", secret_key="s" * 32
        )
    )
    yield made
    made.close()


@pytest.fixture
def service(here: Outside) -> BookingService:
    with here.engine.begin() as connection:
        load(connection, entities(), now=datetime.now(UTC))
    made = BookingService()
    made.outside = here
    return made


def ok(answer: dict[str, Any]) -> dict[str, Any]:
    json.dumps(answer)
    assert "ok" in answer, answer
    return dict(answer["ok"])


def refused(answer: dict[str, Any]) -> dict[str, Any]:
    json.dumps(answer)
    assert "refused" in answer, answer
    return dict(answer["refused"])


def tomorrow(hours: int = 0) -> str:
    midnight = (datetime.now(ZoneInfo("Europe/Paris")) + timedelta(days=1)).replace(
        hour=0, minute=0, second=0, microsecond=0
    )
    return (midnight + timedelta(hours=hours)).isoformat()


def a_slot(service: BookingService, **options: Any) -> dict[str, Any]:
    asked = {"location_id": PARIS, "service_id": SWEDISH, "since": tomorrow(), "until": tomorrow(24), **options}
    return dict(ok(service.availability(**asked))["slots"][0])


def a_hold(service: BookingService, service_id: str = SWEDISH, **options: Any) -> dict[str, Any]:
    slot = a_slot(service, service_id=service_id)
    return ok(service.hold(location_id=PARIS, service_id=service_id, start=slot["start"], **options))


def test_a_slot_is_found_held_booked_seen_cancelled_and_reinstated(service: BookingService, here: Outside) -> None:
    slot = a_slot(service)
    hold = ok(
        service.hold(location_id=PARIS, service_id=SWEDISH, start=slot["start"], duration_minutes=60, idempotency=KEY)
    )
    assert hold["exclusive"]
    assert hold["practitioner_ids"] == [ANA]
    assert (hold["start"], hold["end"]) == (slot["start"], slot["end"])
    described = ok(service.describe_hold(hold_id=hold["id"], token=hold["token"]))
    assert (described["state"], described["booking_id"]) == ("held", None)
    longer = ok(service.extend_hold(hold_id=hold["id"], token=hold["token"]))
    booked = ok(
        service.book(
            hold_id=hold["id"],
            hold_token=longer["token"],
            guest=GUEST,
            idempotency={"scope": "book", "key": "b", "body_hash": "x"},
        )
    )
    view, token = booked["booking"], booked["manage_token"]
    assert view["guest"]["phone"] == "+33199001234"
    assert view["start"] == slot["start"]
    assert view["price"] == {"amount": "80.00", "currency": "EUR"}
    assert view["fee"] == {"amount": "40.00", "currency": "EUR"}
    again = ok(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST))
    assert again == {**booked, "replayed": True}
    assert ok(service.describe_hold(hold_id=hold["id"], token=hold["token"]))["booking_id"] == view["id"]
    assert ok(service.booking(booking_id=view["id"], manage_token=token))["booking"] == view
    facts = ok(service.message_facts(booking_ids=[view["id"], an_id("none")]))["bookings"]
    assert list(facts) == [view["id"]]
    assert facts[view["id"]]["manage_token"] == token
    start = datetime.fromisoformat(view["start"])
    day = {"id": an_id("day"), "practitioner_id": view["practitioners"][0]["id"], "location_id": PARIS}
    around = {"since": (start - timedelta(hours=1)).isoformat(), "until": (start + timedelta(hours=1)).isoformat()}
    told = ok(service.practitioner_days(days=[{**day, **around}]))["days"]
    assert [each["booking_id"] for each in told[day["id"]]["entries"]] == [view["id"]]
    assert refused(service.practitioner_days(days=[day]))["code"] == "invalid_request"
    gone = ok(service.cancel(booking_id=view["id"], manage_token=token, accept_fee=True, if_revision=1))["booking"]
    assert (gone["state"], gone["revision"]) == ("cancelled", 2)
    back = ok(service.undo_cancel(booking_id=view["id"], manage_token=token))["booking"]
    assert (back["state"], back["revision"], back["undo_until"]) == ("confirmed", 3, None)


def test_a_guest_who_comes_is_checked_in_and_that_can_be_taken_back_by_staff(
    service: BookingService, here: Outside
) -> None:
    hold = a_hold(service)
    made = ok(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST))["booking"]
    early = refused(service.check_in(booking_id=made["id"], actor="admin"))
    assert (early["code"], early["extra"]["earliest"][:11]) == ("not_yet", made["start"][:11])
    service.outside = replace(here, desk=replace(here.desk, clock=FixedClock(datetime.fromisoformat(made["start"]))))
    there = ok(service.check_in(booking_id=made["id"], actor="admin", if_revision=1))["booking"]
    assert (there["state"], there["revision"]) == ("checked_in", 2)
    assert refused(service.revert(booking_id=made["id"], actor="admin"))["code"] == "invalid_request"
    back = ok(service.revert(booking_id=made["id"], actor="admin", reason="Another guest"))["booking"]
    assert (back["state"], back["revision"]) == ("confirmed", 3)
    assert ok(service.no_show(booking_id=made["id"], actor="admin"))["booking"]["state"] == "no_show"
    assert refused(service.complete(booking_id=an_id("none"), actor="admin"))["code"] == "unknown_booking"


def test_staff_book_and_rearrange_for_a_guest(service: BookingService) -> None:
    wanted = {"location_id": PARIS, "service_id": SWEDISH, "start": tomorrow(11), "actor": "admin", "guest": GUEST}
    made = ok(service.book_as_staff(**wanted, practitioner_id=ANA, idempotency=KEY))
    assert (made["replayed"], made["booking"]["practitioners"][0]["id"]) == (False, ANA)
    again = ok(service.book_as_staff(**wanted, practitioner_id=ANA, idempotency=KEY))
    assert (again["replayed"], again["booking"]) == (True, made["booking"])
    there = refused(service.book_as_staff(**wanted, practitioner_id=ANA))
    assert there["code"] == "in_the_way"
    assert made["booking"]["id"] in {each["id"] for each in there["extra"]["in_the_way"]}
    late = refused(service.book_as_staff(**{**wanted, "start": tomorrow(20)}, outside_hours=True))
    assert (late["code"], late["extra"]) == ("reason_required", {"bends": ["hours"]})
    about = {"booking_id": made["booking"]["id"], "actor": "admin", "reason": "Called"}
    longer = ok(service.rearrange(**about, duration_minutes=75, set_up_minutes=0))["booking"]
    assert (longer["duration_minutes"], longer["revision"]) == (75, 2)
    assert refused(service.rearrange(**{**about, "reason": None}))["code"] == "invalid_request"


def test_a_repeated_hold_is_the_same_and_another_body_is_refused(service: BookingService) -> None:
    first = a_hold(service, idempotency=KEY)
    asked = {"location_id": PARIS, "service_id": SWEDISH, "start": first["start"]}
    assert ok(service.hold(**asked, idempotency=KEY)) == {**first, "replayed": True}
    other = refused(service.hold(**asked, idempotency={**KEY, "body_hash": "other"}))
    assert other["code"] == "idempotency_key_reused"


def test_one_sees_the_slot_that_one_holds_oneself(service: BookingService) -> None:
    hold = a_hold(service, practitioner_id=ANA)
    others = a_slot(service, practitioner_id=ANA)
    assert others["start"] != hold["start"]
    mine = a_slot(service, practitioner_id=ANA, hold={"id": hold["id"], "token": hold["token"]})
    assert mine["start"] == hold["start"]


def test_a_taken_slot_is_refused_with_alternatives_in_the_branchs_zone(service: BookingService) -> None:
    hold = a_hold(service, practitioner_id=ANA)
    asked = {"location_id": PARIS, "service_id": SWEDISH, "start": hold["start"], "practitioner_id": ANA}
    refusal = refused(service.hold(**asked))
    assert refusal["code"] == "slot_taken"
    assert len(refusal["extra"]["alternatives"]) == 5
    assert refusal["extra"]["alternatives"][0]["start"][-6:] == hold["start"][-6:]


def test_a_service_with_safety_questions_books_only_when_they_are_answered_with_no(service: BookingService) -> None:
    hold = a_hold(service, service_id=DEEP)
    assert hold["screening"] == SCREENING
    asked = {"hold_id": hold["id"], "hold_token": hold["token"], "guest": GUEST}
    missing = refused(service.book(**asked))
    assert (missing["code"], missing["extra"]["screening"]) == ("screening_required", SCREENING)
    assert refused(service.book(**asked, screening={"version": 2, "all_clear": True}))["code"] == "screening_required"
    yes = refused(service.book(**asked, screening={"version": 3, "all_clear": False}))
    assert (yes["code"], yes["extra"]["phone"]) == ("clearance_needed", hold["phone"])
    ok(service.book(**asked, screening={"version": 3, "all_clear": True}))


@pytest.mark.parametrize(
    ("guest", "code"),
    [
        ({"name": "Ana"}, "contact_required"),
        ({"name": "Ana", "email": "ana at example"}, "email_invalid"),
        ({"name": "Ana", "email": "a@b.com\r\nBcc: x@y.com"}, "email_invalid"),
        ({"name": "Ana", "phone": "call me"}, "phone_invalid"),
        ({"name": "Ana", "phone": "12"}, "phone_invalid"),
        ({"name": " ", "email": "ana@example.com"}, "invalid_request"),
        ({"name": "Ana\x00", "email": "ana@example.com"}, "invalid_request"),
        ({"name": "Ana", "email": "ana@example.com", "notes": "pain"}, "invalid_request"),
        ({"name": "Ana", "email": "ana@example.com", "zone": "Europe"}, "invalid_request"),
    ],
)
def test_a_guest_who_cannot_be_written_to_is_refused(service: BookingService, guest: dict[str, str], code: str) -> None:
    hold = a_hold(service)
    assert refused(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=guest))["code"] == code


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"location_id": an_id("nowhere")}, "unknown_location"),
        ({"service_id": an_id("nothing")}, "unknown_service"),
        ({"practitioner_id": an_id("nobody")}, "unknown_practitioner"),
        ({"service_id": THERAPY}, "by_phone_only"),
        ({"duration_minutes": 61}, "duration_not_offered"),
        ({"until": tomorrow(-1)}, "range_inverted"),
        ({"until": tomorrow(24 * 63)}, "range_too_wide"),
        ({"since": "2026-12-01T10:00:00"}, "invalid_request"),
        ({"since": "soon"}, "invalid_request"),
        ({"location_id": "paris"}, "invalid_request"),
        ({"colour": "blue"}, "invalid_request"),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_and_where(
    service: BookingService, changes: dict[str, Any], code: str
) -> None:
    asked = {"location_id": PARIS, "service_id": SWEDISH, "since": tomorrow(), "until": tomorrow(24), **changes}
    refusal = refused(service.availability(**asked))
    assert refusal["code"] == code
    if code == "invalid_request":
        assert [each["field"] for each in refusal["fields"]] == list(changes)


def test_a_wrong_token_is_refused_alike_whether_or_not_the_booking_exists(service: BookingService) -> None:
    hold = a_hold(service)
    made = ok(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST))["booking"]
    answers = [
        refused(call(booking_id=which, manage_token="wrong"))
        for which in (made["id"], an_id("none"))
        for call in (service.booking, service.cancel, service.undo_cancel)
    ]
    assert {answer["code"] for answer in answers} == {"token_invalid"}
    assert len({answer["detail"] for answer in answers}) == 1
    forged = hold["token"][:-4] + "AAAA"
    assert refused(service.book(hold_id=hold["id"], hold_token=forged, guest=GUEST))["code"] == "hold_token_invalid"


def test_health_names_each_part_and_redis_is_no_reason_to_be_unready(service: BookingService, here: Outside) -> None:
    health = ok(service.health())
    assert health["ready"]
    assert {each["name"]: each["ok"] for each in health["parts"]} == {
        "database": True,
        "redis": True,
        "read_model": True,
        "booking-relay": False,
    }


def test_without_a_loaded_catalog_it_is_not_ready_and_says_so(here: Outside) -> None:
    service = BookingService()
    service.outside = here
    assert not ok(service.health())["ready"]
    asked = {"location_id": PARIS, "service_id": SWEDISH, "since": tomorrow(), "until": tomorrow(24)}
    assert refused(service.availability(**asked))["code"] == "not_ready"


def an_event(event_id: str, name: str, data: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": an_id(event_id),
        "name": name,
        "occurred_at": "2026-11-23T08:00:00Z",
        "correlation_id": "test-correlation",
        "causation_id": None,
        "aggregate_id": PARIS,
        "version": 2,
        "data": data,
    }


def test_an_event_from_the_catalog_is_taken_in_once(service: BookingService, here: Outside) -> None:
    changed = next(each for each in entities() if each["name"] == "catalog.location_changed.v1")
    event = an_event("event", changed["name"], {**changed["data"], "version": 2, "deleted": True})
    service.catalog_changed(event)
    service.catalog_changed(event)
    asked = {"location_id": PARIS, "service_id": SWEDISH, "since": tomorrow(), "until": tomorrow(24)}
    assert refused(service.availability(**asked))["code"] == "unknown_location"
    service.catalog_changed({**event, "id": an_id("poison"), "data": {"version": 3}})
    assert [each.name for each in here.inbox.parked()] == [changed["name"]]


def test_tidying_forgets_old_keys_and_events_and_nothing_younger(service: BookingService, here: Outside) -> None:
    made = [
        ok(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST, idempotency={**KEY, "key": key}))
        for key in ("old", "young")
        for hold in [a_hold(service)]
    ]
    changed = next(each for each in entities() if each["name"] == "catalog.location_changed.v1")
    for name in ("old", "young", "old and parked"):
        data = {"version": 3} if name == "old and parked" else changed["data"]
        service.catalog_changed(an_event(name, changed["name"], data))
    with here.engine.begin() as connection:
        connection.execute(
            text("UPDATE inbox SET received_at = now() - interval '31 days' WHERE id <> :young"),
            {"young": an_id("young")},
        )
        connection.execute(text("UPDATE idempotency SET made_at = now() - interval '49 hours' WHERE key = 'old'"))
    service.tidy()
    with here.engine.begin() as connection:
        kept = {str(one) for one in connection.execute(text("SELECT id FROM inbox")).scalars()}
        keys = connection.execute(text("SELECT key FROM idempotency")).scalars().all()
    assert kept == {an_id("young"), an_id("old and parked")}
    assert keys == ["young"]
    assert len({each["booking"]["id"] for each in made}) == 2


def test_money_keeps_its_decimals() -> None:
    from decimal import Decimal

    from booking.domain.money import Money

    assert money(Money(amount=Decimal("35.50"), currency="EUR").percent(50))["amount"] == "17.75"


def _shut(server: Postgres, url: str) -> str:
    """Let nobody into the database any more, and put out who is in; return its name."""
    name = url.partition("?")[0].rpartition("/")[2]
    server.execute(
        """ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS false;
        SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = :'name';""",
        name=name,
    )
    return name


def test_with_the_database_away_nothing_is_done_and_the_answer_says_so(
    service: BookingService, here: Outside, booking_url: str, postgres_server: Postgres
) -> None:
    hold = a_hold(service)
    slot = a_slot(service)
    booked = ok(service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST))
    theirs = {"booking_id": booked["booking"]["id"], "manage_token": booked["manage_token"]}
    name = _shut(postgres_server, booking_url)
    asked = {"location_id": PARIS, "service_id": SWEDISH}
    try:
        answers = [
            service.availability(**asked, since=tomorrow(), until=tomorrow(24)),
            service.hold(**asked, start=slot["start"]),
            service.book(hold_id=hold["id"], hold_token=hold["token"], guest=GUEST),
            service.booking(**theirs),
            service.cancel(**theirs, accept_fee=True),
        ]
    finally:
        postgres_server.execute('ALTER DATABASE :"name" WITH ALLOW_CONNECTIONS true;', name=name)
    assert [refused(answer)["code"] for answer in answers] == ["unavailable"] * 5
    assert ok(service.booking(**theirs))["booking"]["state"] == "confirmed"
