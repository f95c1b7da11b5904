"""Whether a message that is due should still go out, judged on the booking as it stands now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from notifications.domain.facts import Facts
from notifications.domain.rules import BY_NAME, QUIET_HOURS, Rule
from notifications.domain.values import Channel, Key, Reason, State


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An earlier message about the same booking on the same channel: sent, perhaps sent, or on its way."""

    rule: str
    revision: int
    start: datetime
    state: State


@dataclass(frozen=True, slots=True)
class Send:
    """It is still true and of use."""


@dataclass(frozen=True, slots=True)
class Skip:
    """It must not go out any more."""

    reason: Reason


@dataclass(frozen=True, slots=True)
class Wait:
    """It can't be judged yet: an earlier message is on its way, or booking has not caught up."""


@dataclass(frozen=True, slots=True)
class Defer:
    """It should not go out at this hour; `until` is the next decent one."""

    until: datetime


Verdict = Send | Skip | Wait | Defer

_GONE = {
    "confirmed": Reason.BOOKING_NOT_CONFIRMED,
    "cancelled": Reason.BOOKING_NOT_CANCELLED,
    "waiting": Reason.WAITS_NO_LONGER,
    "offered": Reason.OFFER_ENDED,
    "completed": Reason.BOOKING_NOT_COMPLETED,
}


def judge(
    key: Key,
    *,
    start: datetime,
    useful_until: datetime,
    facts: Facts | None,
    told: Collection[Told],
    now: datetime,
    silenced: bool = False,
    bounced: bool = False,
    declined: bool = False,
) -> Verdict:
    """What to do with the message `key`, which speaks of an appointment at `start`.

    `facts` is None when booking knows no such booking; `told` are the earlier messages to the same guest;
    `silenced` says that the guest's number asked for no more texts, `bounced` that their e-mails come back, `declined`
    that they want none of this kind.
    """
    rule = BY_NAME[key.rule]
    if facts is None:
        return Skip(Reason.BOOKING_UNKNOWN)
    if (reason := _stale(rule, key, facts, useful_until, now)) is not None:
        return Skip(reason)
    if facts.revision < key.revision or any(earlier.state == State.SENDING for earlier in told):
        return Wait()
    if _still_holds(rule, start, told):
        return Skip(Reason.ALREADY_TOLD)
    reason = Reason.DECLINED if declined else _unreached(key.channel, facts, silenced=silenced, bounced=bounced)
    if reason is not None:
        return Skip(reason)
    return _at_this_hour(rule, key.channel, facts.guest.zone, useful_until, now)


def _stale(rule: Rule, key: Key, facts: Facts, useful_until: datetime, now: datetime) -> Reason | None:
    if now > useful_until:
        return Reason.TOO_LATE
    if facts.revision < key.revision:
        return None  # booking has not caught up: what it says is not yet about this message
    if facts.state != rule.state:
        return _GONE[rule.state]
    if (reason := _pointless(rule, facts)) is not None:
        return reason
    return Reason.SUPERSEDED if facts.revision > key.revision else None


def _pointless(rule: Rule, facts: Facts) -> Reason | None:
    """Why there is nothing to tell any more, or never was."""
    if (rule.lacking and facts.document_due is None) or (rule.ending and not facts.document_ending):
        return Reason.NOTHING_LACKS
    if rule.displacing and not facts.displaced:
        return Reason.FITS_AGAIN
    if rule.of_day and not facts.appointments:
        return Reason.NOTHING_THAT_DAY
    if rule.once_a_visit and facts.follows:
        return Reason.TOLD_WITH_SERIES
    return Reason.NOTHING_TO_SAY if rule.tells is not None and not getattr(facts, rule.tells) else None


def _unreached(channel: Channel, facts: Facts, *, silenced: bool, bounced: bool) -> Reason | None:
    if facts.guest.address(channel) is None:
        return Reason.NO_ADDRESS
    if channel is Channel.EMAIL:
        return Reason.ADDRESS_BOUNCED if bounced else None
    return Reason.NUMBER_SILENCED if silenced else None


def _at_this_hour(rule: Rule, channel: Channel, zone: str, useful_until: datetime, now: datetime) -> Verdict:
    quiet = QUIET_HOURS.get(channel)
    if not rule.reminder or quiet is None or not quiet.hold(now, zone):
        return Send()
    decent = quiet.decent(now, zone=zone, limit=useful_until)
    return Defer(decent) if decent > now else Skip(Reason.QUIET_HOURS)


def _still_holds(rule: Rule, start: datetime, told: Collection[Told]) -> bool:
    """Whether an earlier message said the same of the same time, and none after it said otherwise."""
    saying = {rule.name, *rule.said_by}
    said = [earlier.revision for earlier in told if earlier.rule in saying and earlier.start == start]
    unsaid = [earlier.revision for earlier in told if earlier.rule in rule.unsaid_by]
    return bool(said) and max(said) > max(unsaid, default=0)
