"""A location's rules through the service's calls, on the real database: what is saved, stopped, resumed and planned."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from messaging.inbox import Inbox
from messaging.outbox import Waker
from notifications.adapters.postgres_ledger import PostgresLedger
from notifications.adapters.postgres_terms import PostgresTerms
from notifications.adapters.tables import inbox as inbox_rows
from notifications.application.plan_messages import plan_messages
from notifications.domain.receipt import Fate
from notifications.domain.terms import standing
from notifications.domain.values import BookingId, Change, Channel, LocationId, Reason, State
from notifications.service import NotificationsService
from runtime.clock import FixedClock
from sqlalchemy import Engine, text

from services.notifications.tests.adapters.conftest import Kept
from services.notifications.tests.adapters.outside import outside_on
from services.notifications.tests.made import BOOKING, LOCATION, MADE_AT, START, at, change

ELSEWHERE = LocationId("00000000-0000-4000-8000-000000000001")
OTHER = BookingId("f4b0f6c4-1d3c-4a51-9d0e-6f2d1b8a7c55")
OFF = {"enabled": False}


@pytest.fixture
def clock() -> FixedClock:
    return FixedClock(MADE_AT)


@pytest.fixture
def service(engine: Engine, database_url: str, clock: FixedClock) -> Any:  # nameko's decorators leave it untyped
    service = NotificationsService()
    waker = Waker(database_url, channel="test")
    service.outside = outside_on(engine, inbox=Inbox(engine, inbox_rows, clock), waker=waker, clock=clock)
    yield service
    waker.close()


@pytest.fixture
def kept(kept_in_postgres: Kept, engine: Engine) -> Kept:
    """The ledger, whose planner goes by the rules of the location."""

    def hear(which: Change) -> None:
        with engine.begin() as connection:
            rules = standing(PostgresTerms(connection, which.location_id).standing(), which.modality)
            plan_messages(which, ledger=PostgresLedger(connection), correlation_id="c", now=MADE_AT, rules=rules)

    return replace(kept_in_postgres, hear=hear)


def save(service: Any, terms: dict[str, Any] | None, **differences: Any) -> dict[str, Any]:
    plain = {"location_id": LOCATION, "rule": "second_reminder", "by": "desk"}
    answer: dict[str, Any] = service.save_rule(**{**plain, "terms": terms, **differences})
    return answer


def rule(service: Any, name: str = "second_reminder", location: str = LOCATION, **asked: str) -> dict[str, Any]:
    (found,) = [one for one in service.rules(location_id=location, **asked)["ok"]["items"] if one["rule"] == name]
    return dict(found)


def stands(kept: Kept, name: str = "second_reminder", booking: BookingId = BOOKING) -> set[tuple[Channel, State, Any]]:
    return {(e.key.channel, e.state, e.reason) for e in kept.entries(booking) if e.key.rule == name}


def test_every_version_of_a_rule_is_kept_with_who_and_when(service: Any, clock: FixedClock) -> None:
    assert (rule(service)["version"], rule(service)["enabled"], rule(service)["saved_by"]) == (0, True, None)
    assert save(service, OFF) == {"ok": {"version": 1}}
    clock.advance(timedelta(hours=1))
    assert save(service, None, by="owner") == {"ok": {"version": 2}}
    assert save(service, OFF, rule="change") == {"ok": {"version": 1}}
    versions = service.rule_versions(location_id=LOCATION, rule="second_reminder")["ok"]["items"]
    assert [(one["version"], one["saved_by"], one["saved_at"]) for one in versions] == [
        (2, "owner", "2026-11-23T11:15:00Z"),
        (1, "desk", "2026-11-23T10:15:00Z"),
    ]
    assert (versions[0]["terms"], versions[1]["terms"]["enabled"]) == (None, False)
    now = rule(service)
    assert (now["version"], now["enabled"], now["changed"], now["saved_by"]) == (2, True, False, "owner")


def test_terms_come_back_as_they_were_saved(service: Any) -> None:
    terms = {
        "enabled": True,
        "channels": ["sms"],
        "events": ["booked", "rescheduled"],
        "due": [
            {"anchor": "start", "minutes": -180, "days": 0, "clock": None},
            {"anchor": "free_until", "minutes": -30, "days": 0, "clock": None},
        ],
        "fallback_minutes": 15,
    }
    assert "ok" in save(service, terms)
    (version,) = service.rule_versions(location_id=LOCATION)["ok"]["items"]
    assert version["terms"] == terms
    shown = rule(service)
    assert {name: shown[name] for name in terms} == terms


def test_what_is_left_out_is_as_by_default(service: Any) -> None:
    default = rule(service)
    save(service, {})
    shown = rule(service)
    for name in ("enabled", "channels", "events", "due", "fallback_minutes"):
        assert shown[name] == default[name], name


def test_a_reminder_that_is_switched_off_at_one_location_stops_there_alone(service: Any, kept: Kept) -> None:
    kept.hear(change())
    kept.hear(change(booking_id=OTHER, location_id=ELSEWHERE))
    save(service, OFF)
    off = {(channel, State.SKIPPED, Reason.RULE_OFF) for channel in Channel}
    due = {(channel, State.DUE, None) for channel in Channel}
    assert stands(kept) == off
    assert stands(kept, "first_reminder") == due
    assert stands(kept, booking=OTHER) == due
    later = BookingId("c1f6a0b2-93d4-4d0e-9a67-0b7e5d2f8e43")
    kept.hear(change(booking_id=later))
    assert stands(kept, booking=later) == off


def test_what_is_switched_on_again_is_owed_unless_its_time_has_passed(
    service: Any, kept: Kept, clock: FixedClock
) -> None:
    kept.hear(change())
    save(service, OFF)
    save(service, OFF, rule="first_reminder")
    clock.at = START - timedelta(hours=3)
    save(service, None)
    save(service, None, rule="first_reminder")
    assert {state for _, state, _ in stands(kept)} == {State.DUE}
    assert {reason for _, _, reason in stands(kept, "first_reminder")} == {Reason.RULE_OFF}


def test_an_e_mail_that_stands_by_for_a_text_stops_with_its_rule_and_not_with_its_channel(
    service: Any, kept: Kept
) -> None:
    save(service, {"channels": ["sms"]})
    kept.hear(change())
    save(service, {"channels": ["sms"], "fallback_minutes": 0})
    assert stands(kept) == {(channel, State.DUE, None) for channel in Channel}
    save(service, OFF)
    assert stands(kept) == {(channel, State.SKIPPED, Reason.RULE_OFF) for channel in Channel}


def test_another_time_applies_to_bookings_made_or_changed_afterwards(service: Any, kept: Kept) -> None:
    kept.hear(change())
    save(service, {"due": [{"anchor": "start", "minutes": -180}]})
    kept.hear(change(booking_id=OTHER))

    def due(booking: BookingId) -> set[timedelta]:
        return {START - e.due_at for e in kept.entries(booking) if e.key.rule == "second_reminder"}

    assert (due(BOOKING) & due(OTHER), timedelta(hours=2) in due(BOOKING)) == (set(), True)


@pytest.mark.anyio
@pytest.mark.parametrize("fate", [Fate.UNDELIVERED, Fate.DELIVERED])
async def test_a_receipt_decides_about_the_e_mail_in_a_texts_place(service: Any, kept: Kept, fate: Fate) -> None:
    save(service, {"channels": ["sms"]}, rule="confirmation")
    kept.hear(change())
    (text,) = await kept.due.claim(Channel.SMS, now=MADE_AT, limit=10)
    await kept.due.hand_over(text)
    await kept.due.settle(text, State.SENT, now=MADE_AT, provider_id="SM7")
    key = f"{BOOKING}:1:confirmation:sms"
    service.receive_receipt(provider="twilio", provider_id="SM7", key=key, fate=fate.value)
    assert await kept.due.claim(Channel.EMAIL, now=MADE_AT + timedelta(minutes=9), limit=10) == []
    (mail,) = await kept.due.claim(Channel.EMAIL, now=MADE_AT + timedelta(minutes=10), limit=10)
    assert mail.instead_after == timedelta(minutes=10)
    texts = await kept.due.texts([mail])
    assert (texts[mail.key].state, texts[mail.key].fate, texts[mail.key].sent_at) == (State.SENT, fate, MADE_AT)
    assert service.calls()["ok"]["items"] == []


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"rule": "birthday"}, "rule"),
        ({"location_id": "paris"}, "location_id"),
        ({"terms": {"events": ["boked"]}}, "terms.events.0"),
        ({"terms": {"due": [{"anchor": "lunch", "minutes": 1}]}}, "terms.due.0.anchor"),
        ({"terms": {"channels": ["fax"]}}, "terms.channels.0"),
        ({"terms": {"due": []}}, "terms.due"),
    ],
)
def test_terms_that_cannot_be_read_are_refused_with_their_place(
    service: Any, wrong: dict[str, Any], field: str
) -> None:
    refused = service.save_rule(
        **{"location_id": LOCATION, "rule": "second_reminder", "by": "desk", "terms": OFF, **wrong}
    )["refused"]
    assert (refused["code"], [one["field"] for one in refused["fields"]]) == ("invalid_request", [field])


def test_terms_that_could_never_work_are_refused_and_nothing_changes(service: Any, kept: Kept) -> None:
    kept.hear(change())
    refused = save(service, {"enabled": False, "due": [{"anchor": "start", "minutes": 5}]})["refused"]
    assert (refused["code"], [one["field"] for one in refused["fields"]]) == ("rule_invalid", ["due"])
    assert rule(service)["version"] == 0
    assert {state for _, state, _ in stands(kept)} == {State.DUE}


def test_one_modality_is_switched_off_and_on_by_itself(service: Any, kept: Kept) -> None:
    kept.hear(change())
    kept.hear(change(booking_id=OTHER, modality="physical_therapy"))
    assert save(service, OFF, modality="massage") == {"ok": {"version": 1}}
    off, due = (State.SKIPPED, Reason.RULE_OFF), (State.DUE, None)
    assert {how[1:] for how in stands(kept)} == {off}
    assert {how[1:] for how in stands(kept, booking=OTHER)} == {due}
    assert [rule(service, modality=each)["enabled"] for each in ("massage", "physical_therapy")] == [False, True]
    assert (rule(service)["enabled"], rule(service, modality="massage")["modality"]) == (True, "massage")

    assert save(service, OFF) == {"ok": {"version": 1}}  # for all others: a count of its own
    assert {how[1:] for how in stands(kept, booking=OTHER)} == {off}
    assert save(service, {"enabled": True}, modality="massage") == {"ok": {"version": 2}}
    assert {how[1:] for how in stands(kept)} == {due}
    assert save(service, None, modality="massage") == {"ok": {"version": 3}}  # as for all others again
    assert {how[1:] for how in stands(kept)} == {off}
    said = [(one["modality"], one["version"]) for one in service.rule_versions(location_id=LOCATION)["ok"]["items"]]
    assert said == [("massage", 3), ("massage", 2), (None, 1), ("massage", 1)]


def test_code_that_knows_of_no_modalities_passes_over_their_terms(service: Any, engine: Engine) -> None:
    save(service, OFF, modality="massage")
    with engine.connect() as connection:
        names = connection.execute(text("SELECT rule FROM rule_terms")).scalars().all()
    assert names == ["second_reminder@massage"]  # which is no rule's name


def test_a_time_by_the_branchs_clock_is_kept_and_planned(service: Any, kept: Kept) -> None:
    day_before = {"anchor": "start", "minutes": 0, "days": -1, "clock": "18:00"}
    assert save(service, {"due": [day_before]}) == {"ok": {"version": 1}}
    assert rule(service)["due"] == [day_before]
    kept.hear(change())
    due = {e.due_at for e in kept.entries(BOOKING) if e.key.rule == "second_reminder"}
    assert due == {at("2026-11-30 17:00")}


@pytest.mark.parametrize("wrong", [{"modality": "reiki"}, {"terms": {"due": [{"anchor": "start", "clock": "25:00"}]}}])
def test_what_is_no_modality_and_no_time_of_day_is_refused(service: Any, wrong: dict[str, Any]) -> None:
    asked = {"terms": OFF, **wrong}
    assert save(service, **asked)["refused"]["code"] == "invalid_request"
