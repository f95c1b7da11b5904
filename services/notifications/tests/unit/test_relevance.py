"""The last look before a message goes out."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
from notifications.domain.relevance import Defer, Send, Skip, Told, Verdict, Wait, judge
from notifications.domain.values import Channel, Reason, State

from services.notifications.tests.made import START, at, facts, key

NOW = START - timedelta(hours=24)


def verdict(rule: str = "confirmation", *, now: datetime = NOW, **case: Any) -> Verdict:
    return judge(
        key(rule, case.get("channel", Channel.EMAIL), case.get("revision", 1)),
        start=START,
        useful_until=case.get("useful_until", START),
        facts=case.get("facts", facts()),
        told=case.get("told", []),
        now=now,
    )


def told(rule: str, revision: int, state: State = State.SENT, start: datetime = START) -> Told:
    return Told(rule=rule, revision=revision, start=start, state=state)


def test_what_still_holds_is_sent() -> None:
    assert verdict() == Send()


@pytest.mark.parametrize("rule", ["confirmation", "first_reminder", "second_reminder"])
@pytest.mark.parametrize("state", ["cancelled", "no_show", "completed"])
def test_nobody_is_told_of_an_appointment_that_no_longer_stands(rule: str, state: str) -> None:
    assert verdict(rule, facts=facts(state=state)) == Skip(Reason.BOOKING_NOT_CONFIRMED)
    assert verdict(rule, facts=facts(state=state, revision=2)) == Skip(Reason.BOOKING_NOT_CONFIRMED)


def test_nobody_is_told_of_a_cancellation_that_was_undone() -> None:
    known = facts(state="confirmed", revision=3)
    assert verdict("cancellation", revision=2, facts=known) == Skip(Reason.BOOKING_NOT_CANCELLED)


@pytest.mark.parametrize("rule", ["first_reminder", "second_reminder"])
def test_of_a_visit_only_the_first_part_that_stands_is_reminded_of(rule: str) -> None:
    assert verdict(rule, facts=facts(follows=True)) == Skip(Reason.TOLD_WITH_SERIES)
    assert verdict(rule, facts=facts(follows=False)) == Send()
    assert verdict("change", facts=facts(follows=True)) == Send()


def test_a_newer_revision_voids_what_an_older_one_owed() -> None:
    assert verdict("first_reminder", facts=facts(revision=3)) == Skip(Reason.SUPERSEDED)


def test_a_booking_that_has_not_caught_up_is_asked_again() -> None:
    assert verdict(revision=3, facts=facts(revision=1)) == Wait()


def test_a_booking_that_nobody_knows_gets_no_message() -> None:
    assert verdict(facts=None) == Skip(Reason.BOOKING_UNKNOWN)


def test_a_message_past_its_use_is_not_sent() -> None:
    assert verdict("second_reminder", now=START + timedelta(seconds=1)) == Skip(Reason.TOO_LATE)
    assert verdict("second_reminder", now=START) == Send()


def test_a_guest_without_an_address_on_the_channel_gets_nothing_there() -> None:
    without = facts(guest=replace(facts().guest, email=None, phone=""))
    for channel in Channel:
        assert verdict(channel=channel, facts=without) == Skip(Reason.NO_ADDRESS)


def test_after_an_undo_the_guest_who_read_of_no_cancellation_is_not_told_twice() -> None:
    case: dict[str, Any] = {"revision": 3, "facts": facts(revision=3)}
    assert verdict(**case, told=[told("confirmation", 1)]) == Skip(Reason.ALREADY_TOLD)
    assert verdict(**case, told=[told("confirmation", 1, State.UNCERTAIN)]) == Skip(Reason.ALREADY_TOLD)
    assert verdict(**case, told=[]) == Send()
    assert verdict(**case, told=[told("confirmation", 1), told("cancellation", 2)]) == Send()


def test_a_second_cancellation_is_told_only_after_a_new_confirmation() -> None:
    case: dict[str, Any] = {"revision": 4, "facts": facts(revision=4, state="cancelled")}
    once = [told("confirmation", 1), told("cancellation", 2)]
    assert verdict("cancellation", **case, told=once) == Skip(Reason.ALREADY_TOLD)
    assert verdict("cancellation", **case, told=[*once, told("confirmation", 3)]) == Send()


def test_a_reminder_of_the_same_time_is_not_repeated_and_of_another_time_is() -> None:
    case: dict[str, Any] = {"revision": 3, "facts": facts(revision=3)}
    assert verdict("first_reminder", **case, told=[told("first_reminder", 1)]) == Skip(Reason.ALREADY_TOLD)
    moved = told("first_reminder", 1, start=START - timedelta(hours=1))
    assert verdict("first_reminder", **case, told=[moved]) == Send()


def test_while_an_earlier_message_is_on_its_way_nobody_knows_what_the_guest_was_told() -> None:
    on_its_way = [told("confirmation", 1, State.SENDING)]
    assert verdict(revision=3, facts=facts(revision=3), told=on_its_way) == Wait()


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-11-30 19:30", Send()),
        ("2026-11-30 22:00", Defer(at("2026-12-01 07:00"))),  # a sender that was down must not ring at 23:00
        ("2026-12-01 06:59", Defer(at("2026-12-01 07:00"))),
        ("2026-12-01 07:00", Send()),
    ],
)
def test_a_late_reminder_still_waits_for_the_morning(now: str, expected: Verdict) -> None:
    assert verdict("second_reminder", channel=Channel.SMS, now=at(now)) == expected


def test_a_late_reminder_with_no_decent_hour_left_is_skipped() -> None:
    case: dict[str, Any] = {
        "channel": Channel.SMS,
        "useful_until": at("2026-12-01 06:30"),
        "now": at("2026-12-01 05:00"),
    }
    assert verdict("second_reminder", **case) == Skip(Reason.QUIET_HOURS)
    assert verdict("confirmation", **case) == Send()  # someone has just asked for it
