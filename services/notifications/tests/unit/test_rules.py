"""Which messages a change owes, and when: a table of bookings, and properties that hold for all of them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.plan import owed_by
from notifications.domain.rules import BY_NAME, QUIET_HOURS, RULES
from notifications.domain.values import Change, Channel, Happening, Owed, Reason

from services.notifications.tests.made import MADE_AT, START, at, cancelled, change, reinstated, rescheduled


def owed(which: Change, rule: str, channel: Channel = Channel.EMAIL) -> Owed:
    (found,) = [m for m in owed_by(which) if (m.key.rule, m.key.channel) == (rule, channel)]
    return found


def test_a_booking_owes_a_confirmation_and_two_reminders_on_each_channel() -> None:
    assert [(m.key.rule, m.key.channel) for m in owed_by(change())] == [
        (rule, channel)
        for rule in ("confirmation", "first_reminder", "second_reminder")
        for channel in (Channel.EMAIL, Channel.SMS)
    ]


def test_only_the_channels_that_reach_the_guest_are_used() -> None:
    assert {m.key.channel for m in owed_by(change(channels=(Channel.SMS,)))} == {Channel.SMS}
    assert owed_by(change(channels=())) == ()


@pytest.mark.parametrize("made_at", ["2026-11-23 10:15", "2026-11-23 22:30", "2026-11-24 03:00"])
def test_a_confirmation_is_due_at_once_at_any_hour_and_channel(made_at: str) -> None:
    for channel in Channel:
        assert owed(change(made_at=at(made_at)), "confirmation", channel).due_at == at(made_at)


@pytest.mark.parametrize(
    ("cutoff_hours", "hours_before"),
    [(0, 24), (6, 24), (12, 24), (13, 25), (24, 36), (48, 60)],
)
def test_the_first_reminder_leaves_half_a_day_to_cancel_free(cutoff_hours: int, hours_before: int) -> None:
    message = owed(change(free_until=START - timedelta(hours=cutoff_hours)), "first_reminder")
    assert message.due_at == START - timedelta(hours=hours_before)


def test_the_second_reminder_comes_two_hours_before() -> None:
    assert owed(change(), "second_reminder").due_at == START - timedelta(hours=2)


@pytest.mark.parametrize("minute", [0, 30])
def test_hours_before_are_elapsed_when_the_clock_changes_in_between(minute: int) -> None:
    start = datetime(2027, 3, 28, 12, minute, tzinfo=ZoneInfo("Europe/Paris")).astimezone(UTC)
    message = owed(change(start=start, made_at=start - timedelta(days=9)), "first_reminder")
    assert start - message.due_at == timedelta(hours=24)
    assert message.due_at.astimezone(ZoneInfo("Europe/Paris")).hour == 11  # the night had 23 hours


@pytest.mark.parametrize(
    ("start", "due", "zone"),
    [
        ("2026-12-01 09:30", "2026-12-01 07:30", "Europe/Paris"),  # 08:30 there: decent
        ("2026-12-01 09:00", "2026-12-01 07:00", "Europe/Paris"),  # 08:00: quiet has just ended
        ("2026-12-01 08:30", "2026-12-01 07:00", "Europe/Paris"),  # 07:30 waits until 08:00
        ("2026-12-01 07:00", "2026-11-30 19:30", "Europe/Paris"),  # 06:00 would wait until the start itself
        ("2026-12-01 06:00", "2026-11-30 19:30", "Europe/Paris"),  # 05:00 would wait past the start
        ("2026-12-01 21:30", "2026-12-01 19:30", "Europe/Paris"),  # 20:30
        ("2026-12-01 22:00", "2026-12-01 19:30", "Europe/Paris"),  # 21:00: quiet begins, 08:00 is too late
        ("2026-12-01 09:30", "2026-12-01 01:30", "America/Toronto"),  # 02:30 there would wait past the start
        ("2026-12-01 16:00", "2026-12-01 14:00", "America/Toronto"),  # 09:00 there: decent
        ("2026-12-01 14:30", "2026-12-01 13:00", "America/Toronto"),  # 07:30 there waits until 08:00 there
        ("2026-12-01 09:30", "2026-12-01 07:30", "Pacific/Auckland"),  # 20:30 there: decent
    ],
)
def test_a_text_message_keeps_out_of_the_recipients_night(start: str, due: str, zone: str) -> None:
    message = owed(change(start=at(start), recipient_zone=zone), "second_reminder", Channel.SMS)
    assert message.due_at == at(due)


def test_an_email_may_arrive_at_night() -> None:
    message = owed(change(start=at("2026-12-01 06:00")), "second_reminder", Channel.EMAIL)
    assert message.due_at == at("2026-12-01 04:00")


@pytest.mark.parametrize(
    ("hours_ahead", "first", "second"),
    [
        (25, None, None),
        (24, Reason.MADE_INSIDE_WINDOW, None),
        (23, Reason.MADE_INSIDE_WINDOW, None),
        (3, Reason.MADE_INSIDE_WINDOW, None),
        (2, Reason.MADE_INSIDE_WINDOW, Reason.MADE_INSIDE_WINDOW),
        (1, Reason.MADE_INSIDE_WINDOW, Reason.MADE_INSIDE_WINDOW),
    ],
)
def test_a_booking_made_inside_a_reminders_window_gets_no_such_reminder(
    hours_ahead: int, first: Reason | None, second: Reason | None
) -> None:
    made = change(made_at=START - timedelta(hours=hours_ahead))
    assert owed(made, "first_reminder").skipped == first
    assert owed(made, "second_reminder").skipped == second
    assert owed(made, "confirmation").skipped is None


def test_a_reminder_that_had_to_move_before_the_booking_is_not_owed() -> None:
    start = at("2026-12-01 06:30")  # 07:30 in Paris: the text message would go the evening before
    made = change(start=start, made_at=at("2026-11-30 22:00"))
    assert owed(made, "second_reminder", Channel.SMS).skipped is Reason.MADE_INSIDE_WINDOW
    assert owed(made, "second_reminder", Channel.EMAIL).skipped is None


def test_a_cancellation_is_told_when_it_can_no_longer_be_undone() -> None:
    happened_at = at("2026-11-24 22:00")  # 23:00 in Paris: someone acted, so it goes at once
    messages = owed_by(cancelled(happened_at=happened_at))
    assert {m.key.rule for m in messages} == {"cancellation"}
    assert {m.due_at for m in messages} == {happened_at + timedelta(minutes=3)}


def test_a_cancellation_that_nobody_can_undo_is_told_at_once() -> None:
    which = cancelled(undo_until=None)
    assert owed(which, "cancellation").due_at == which.happened_at


def test_an_undone_cancellation_owes_what_a_booking_owes_at_its_new_revision() -> None:
    before, after = owed_by(change()), owed_by(reinstated())
    assert {(m.key.rule, m.key.channel) for m in before} == {(m.key.rule, m.key.channel) for m in after}
    assert {m.key.revision for m in after} == {3}


def test_an_undo_inside_a_reminders_window_still_owes_the_reminder_that_fell_into_the_gap() -> None:
    which = reinstated(happened_at=START - timedelta(hours=23, minutes=59), made_at=MADE_AT)
    message = owed(which, "first_reminder")
    assert (message.skipped, message.due_at) == (None, START - timedelta(hours=24))


def test_a_move_is_told_at_once_and_its_reminders_count_from_the_new_time() -> None:
    which = rescheduled(happened_at=at("2026-11-24 22:00"))  # 23:00 in Paris: someone acted, so it goes at once
    assert {m.key.rule for m in owed_by(which)} == {"change", "first_reminder", "second_reminder"}
    assert owed(which, "change", Channel.SMS).due_at == which.happened_at
    assert owed(which, "first_reminder").due_at == START + timedelta(hours=24)


def test_that_other_people_come_is_told_at_once_with_a_calendar_file_of_the_new_revision() -> None:
    which = replace(rescheduled(), happening=Happening.PARTY_CHANGED)
    assert {m.key.rule for m in owed_by(which)} == {"party_change", "first_reminder", "second_reminder"}
    assert owed(which, "party_change").due_at == which.happened_at
    assert owed(which, "party_change").key.revision == which.revision
    assert BY_NAME["party_change"].calendar == "PUBLISH"


def test_whoever_moves_it_inside_a_reminders_window_is_only_told_of_the_move() -> None:
    which = rescheduled(happened_at=START - timedelta(hours=5), start=START)
    assert owed(which, "first_reminder").skipped is Reason.MADE_INSIDE_WINDOW
    assert owed(which, "second_reminder").skipped is None


def test_rules_have_names_of_their_own() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert {name for rule in RULES for name in rule.unsaid_by | rule.said_by} <= {rule.name for rule in RULES}


zones = st.sampled_from(
    ["Europe/Paris", "America/Toronto", "Pacific/Auckland", "Asia/Kolkata", "Australia/Lord_Howe", "UTC"]
)


@given(
    start=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2030, 1, 1)),  # noqa: DTZ001
    ahead=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=90)),
    cutoff=st.integers(min_value=0, max_value=72),
    zone=zones,
)
def test_whatever_the_booking_a_reminder_is_due_after_it_was_made_and_before_it_starts(
    start: datetime, ahead: timedelta, cutoff: int, zone: str
) -> None:
    start = start.replace(tzinfo=UTC)
    which = change(
        start=start,
        made_at=start - ahead,
        free_until=start - timedelta(hours=cutoff),
        recipient_zone=zone,
    )
    for message in owed_by(which):
        if message.key.rule == "confirmation" or message.skipped:
            continue
        assert which.made_at < message.due_at < message.useful_until <= start
        quiet = QUIET_HOURS.get(message.key.channel)
        assert quiet is None or not quiet.hold(message.due_at, zone)


@given(ahead=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=90)), zone=zones)
def test_planning_twice_plans_the_same(ahead: timedelta, zone: str) -> None:
    which = change(made_at=START - ahead, recipient_zone=zone)
    assert owed_by(which) == owed_by(which)
    assert len({m.key for m in owed_by(which)}) == len(owed_by(which))
