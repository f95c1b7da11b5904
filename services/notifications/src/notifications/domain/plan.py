"""From a change of a booking to the messages it owes."""

from collections.abc import Iterator
from dataclasses import replace

from notifications.domain.agenda import days_of
from notifications.domain.rules import QUIET_HOURS, RULES, Rule
from notifications.domain.values import FIRST_REVISION, Change, Channel, Happening, Key, Owed, Reason, Recipient


def owed_by(change: Change, rules: tuple[Rule, ...] = RULES) -> tuple[Owed, ...]:
    """Every message that this change owes, in the order of the rules.

    The same change always gives the same messages, so that planning twice adds nothing.
    """
    return tuple(
        message
        for rule in rules
        if change.happening in rule.owed_by and rule.concerns(change.modality)
        if rule.of_series != "whole" or change.series_id is not None
        for message in (_of_days(rule, change) if rule.of_day else _of_booking(rule, change))
    )


def _of_booking(rule: Rule, change: Change) -> Iterator[Owed]:
    for channel in change.channels if rule.recipient is Recipient.GUEST else Channel:
        if channel in rule.carried_by:
            yield _on(rule, change, channel)


def _of_days(rule: Rule, change: Change) -> Iterator[Owed]:
    for day, that in days_of(change):
        for message in _of_booking(rule, that):
            yield replace(message, start=day.since, practitioner_id=day.practitioner_id)


def _on(rule: Rule, change: Change, channel: Channel) -> Owed:
    message = _message(rule, change, channel)
    if rule.of_series == "gathered" and change.series_id is not None:
        return replace(message, skipped=Reason.TOLD_WITH_SERIES)
    if rule.off:
        return replace(message, skipped=message.skipped or Reason.RULE_OFF)
    if channel in rule.channels:
        return message
    if channel is not Channel.EMAIL or rule.fallback_after is None:
        return replace(message, skipped=message.skipped or Reason.RULE_OFF)
    if Channel.SMS not in change.channels:
        return message  # no text can reach them: there is nothing to wait for
    text = _message(rule, change, Channel.SMS)
    return replace(message, due_at=text.due_at + rule.fallback_after, instead_after=rule.fallback_after)


def _message(rule: Rule, change: Change, channel: Channel) -> Owed:
    # Whoever has just heard of the time need not be reminded of it.
    heard_at = change.happened_at if change.happening is Happening.RESCHEDULED else change.made_at
    wanted = max(rule.due.of(change), heard_at) if rule.even_late else rule.due.of(change)
    due = wanted
    quiet = QUIET_HOURS.get(channel)
    if rule.reminder and quiet is not None:
        zone = change.recipient_zone if rule.recipient is Recipient.GUEST else change.zone
        due = quiet.decent(wanted, zone=zone, limit=rule.useful_until.of(change))
    late = rule.reminder and not rule.even_late and heard_at >= min(wanted, due)
    return Owed(
        key=_key(rule, change, channel),
        location_id=change.location_id,
        due_at=due,
        useful_until=rule.useful_until.of(change),
        start=change.start,
        skipped=Reason.MADE_INSIDE_WINDOW if late else None,
        modality=change.modality,
    )


def _key(rule: Rule, change: Change, channel: Channel) -> Key:
    about, revision = change.booking_id, change.revision
    if rule.of_series == "whole" and change.series_id is not None:
        about, revision = change.series_id, FIRST_REVISION
    return Key(booking_id=about, revision=revision, rule=rule.name, channel=channel, recipient=rule.recipient)
