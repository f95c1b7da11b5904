"""What a location has otherwise than a rule's default, and what could never work."""

from dataclasses import replace
from datetime import timedelta

import pytest
from notifications.domain.moments import At
from notifications.domain.plan import owed_by
from notifications.domain.rules import BY_NAME, RULES
from notifications.domain.terms import Scope, Terms, faults, standing
from notifications.domain.values import Channel, Happening, Owed, Reason

from services.notifications.tests.made import MADE_AT, START, change, rescheduled

HOUR = timedelta(hours=1)
TEXT_ONLY = Terms(channels=frozenset({Channel.SMS}), fallback_after=timedelta(minutes=10))


def planned(rule: str, terms: Terms, channel: Channel = Channel.EMAIL, **case: object) -> Owed:
    owed = owed_by(change(**case), standing({Scope(rule): terms}))
    (found,) = [message for message in owed if (message.key.rule, message.key.channel) == (rule, channel)]
    return found


def test_without_terms_every_rule_stands_as_by_default() -> None:
    assert standing({}) == RULES


def test_the_key_of_a_message_is_the_same_under_any_terms() -> None:
    terms = {Scope(rule.name): Terms(enabled=False, channels=frozenset({Channel.SMS})) for rule in RULES}
    for which in (change(), rescheduled()):
        assert [m.key for m in owed_by(which, standing(terms))] == [m.key for m in owed_by(which)]


@pytest.mark.parametrize("channel", Channel)
def test_what_is_switched_off_is_written_down_as_skipped(channel: Channel) -> None:
    message = planned("second_reminder", Terms(enabled=False), channel)
    assert (message.skipped, message.due_at) == (Reason.RULE_OFF, START - 2 * HOUR)


def test_a_channel_that_is_not_used_is_written_down_as_skipped() -> None:
    terms = Terms(channels=frozenset({Channel.EMAIL}))
    assert planned("second_reminder", terms, Channel.SMS).skipped is Reason.RULE_OFF
    assert planned("second_reminder", terms, Channel.EMAIL).skipped is None


def test_another_time_is_planned_and_the_earliest_of_several() -> None:
    assert planned("second_reminder", Terms(due=(At("start", -3 * HOUR),))).due_at == START - 3 * HOUR
    terms = Terms(due=(At("start", -3 * HOUR), At("free_until", -HOUR)))
    assert planned("second_reminder", terms).due_at == START - 13 * HOUR


def test_a_booking_made_inside_another_window_is_not_reminded_in_it() -> None:
    terms = Terms(due=(At("start", -50 * HOUR),))
    late = planned("first_reminder", terms, made_at=START - 49 * HOUR, happened_at=START - 49 * HOUR)
    assert late.skipped is Reason.MADE_INSIDE_WINDOW
    assert planned("first_reminder", terms, made_at=START - 51 * HOUR).skipped is None


def test_a_text_at_another_time_keeps_out_of_the_night_too() -> None:
    message = planned("second_reminder", Terms(due=(At("start", -5 * HOUR),)), Channel.SMS)  # 05:30 in Paris
    assert message.due_at == START - timedelta(hours=2, minutes=30)  # 08:00


def test_an_event_that_no_longer_owes_a_message_owes_none() -> None:
    rules = standing({Scope("first_reminder"): Terms(events=frozenset({Happening.BOOKED}))})
    assert "first_reminder" in {m.key.rule for m in owed_by(change(), rules)}
    assert "first_reminder" not in {m.key.rule for m in owed_by(rescheduled(), rules)}


def test_where_only_texts_go_out_an_e_mail_stands_by_for_one_that_does_not_arrive() -> None:
    text, mail = (planned("second_reminder", TEXT_ONLY, channel) for channel in (Channel.SMS, Channel.EMAIL))
    assert (text.instead_after, text.skipped) == (None, None)
    assert (mail.instead_after, mail.skipped) == (timedelta(minutes=10), None)
    assert mail.due_at == text.due_at + timedelta(minutes=10)


def test_a_guest_without_a_number_gets_the_e_mail_at_once() -> None:
    mail = planned("confirmation", TEXT_ONLY, channels=(Channel.EMAIL,))
    assert (mail.due_at, mail.instead_after, mail.skipped) == (MADE_AT, None, None)


def test_without_a_fallback_no_e_mail_stands_by() -> None:
    terms = Terms(channels=frozenset({Channel.SMS}))
    assert planned("confirmation", terms).skipped is Reason.RULE_OFF


@pytest.mark.parametrize(
    ("rule", "terms", "fields"),
    [
        ("second_reminder", Terms(channels=frozenset()), ["channels"]),
        ("second_reminder", Terms(events=frozenset()), ["events"]),
        ("second_reminder", Terms(events=frozenset({Happening.CANCELLED})), ["events"]),
        ("cancellation", Terms(events=frozenset({Happening.BOOKED})), ["events"]),
        ("second_reminder", Terms(due=(At("start", HOUR),)), ["due"]),
        ("second_reminder", Terms(due=(At("start"),)), ["due"]),
        ("first_reminder", Terms(due=(At("start", -HOUR),)), ["due"]),
        ("first_reminder", Terms(due=(At("start", -timedelta(days=61)),)), ["due.0"]),
        ("first_reminder", Terms(due=(At("start", -3 * HOUR), At("happened_at", HOUR))), ["due.1"]),
        ("confirmation", Terms(due=(At("start", -HOUR),)), ["due"]),
        ("waitlist_offer", Terms(due=(At("start", -HOUR),)), ["due"]),
        ("second_reminder", Terms(fallback_after=timedelta(hours=25)), ["fallback_minutes"]),
        ("second_reminder", Terms(fallback_after=2 * HOUR), ["fallback_minutes"]),
        ("confirmation", Terms(channels=frozenset({Channel.EMAIL}), fallback_after=HOUR), ["fallback_minutes"]),
        ("confirmation", Terms(channels=frozenset(), due=(At("start"),)), ["channels", "due"]),
    ],
)
def test_what_could_never_work_is_told_field_by_field(rule: str, terms: Terms, fields: list[str]) -> None:
    assert [fault.field for fault in faults(BY_NAME[rule], terms)] == fields


def test_every_default_works_by_the_same_judgement() -> None:
    for rule in RULES:
        terms = Terms(channels=rule.channels, events=rule.owed_by, fallback_after=rule.fallback_after)
        assert faults(rule, terms) == [], rule.name


def owes(rule: str, terms: dict[Scope, Terms], modality: str | None) -> set[Reason | None]:
    owed = owed_by(change(modality=modality), standing(terms, modality))
    return {message.skipped for message in owed if message.key.rule == rule}


def test_what_is_said_of_a_modality_goes_before_what_is_said_of_all() -> None:
    off, on = Terms(enabled=False), Terms()
    terms = {Scope("second_reminder"): off, Scope("second_reminder", "massage"): on}
    assert owes("second_reminder", terms, "massage") == {None}
    assert owes("second_reminder", terms, "physical_therapy") == {Reason.RULE_OFF}
    assert owes("second_reminder", terms, None) == {Reason.RULE_OFF}


def test_a_branch_may_have_a_rule_of_one_modality_for_the_other_too() -> None:
    assert owes("preparation", {Scope("preparation"): Terms()}, "massage") == set()
    assert owes("preparation", {Scope("preparation", "massage"): Terms()}, "massage") == {None}


def test_a_channel_that_a_rule_has_no_words_for_is_refused() -> None:
    rule = replace(BY_NAME["aftercare"], silent_on=frozenset())
    (fault,) = faults(rule, Terms(channels=frozenset(Channel)))
    assert (fault.field, fault.problem) == ("channels", "sms: this message has no words for it; it has: email")


def test_a_time_by_the_clock_that_is_too_far_away_is_refused() -> None:
    (fault,) = faults(BY_NAME["preparation"], Terms(due=(At("start", days=-61),)))
    assert fault.field == "due.0"
