"""What a location may have otherwise than a rule's default: whether, on which news, when, how, and what if it fails."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from notifications.domain.moments import At, Earliest
from notifications.domain.rules import RULES, Rule
from notifications.domain.values import BookingId, Change, Channel, Happening, LocationId

FARTHEST = timedelta(days=60)
LONGEST_FALLBACK = timedelta(hours=24)
_AT_ONCE = frozenset({"happened_at", "undo_until"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How a location wants one rule. None of `events` or `due` is the default's own.

    Of several times in `due` the earliest counts. Without `fallback_after` no e-mail takes a text's place.
    """

    enabled: bool = True
    channels: frozenset[Channel] = frozenset(Channel)
    events: frozenset[Happening] | None = None
    due: tuple[At, ...] | None = None
    fallback_after: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Scope:
    """What terms are for: a rule, wherever it applies or for treatments of one modality alone."""

    rule: str
    modality: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What is wrong with terms: in which field, and what."""

    field: str
    problem: str


def under(rule: Rule, terms: Terms | None) -> Rule:
    """The rule as these terms have it; without terms the default itself."""
    if terms is None:
        return rule
    return replace(
        rule,
        owed_by=rule.owed_by if terms.events is None else terms.events,
        due=rule.due if terms.due is None else Earliest(*terms.due),
        channels=rule.carried_by & terms.channels,
        silent_on=rule.carried_by - terms.channels,
        fallback_after=terms.fallback_after,
        off=not terms.enabled,
    )


def standing(terms: Mapping[Scope, Terms], modality: str | None = None) -> tuple[Rule, ...]:
    """Every rule in its order, as a location has it for treatments of the modality."""
    return tuple(at(rule, terms, modality) for rule in RULES)


def at(rule: Rule, terms: Mapping[Scope, Terms], modality: str | None = None) -> Rule:
    """The rule by what a location says of this modality, which it then concerns; else by what it says of all."""
    # A day has appointments of either modality, and one message.
    own = terms.get(Scope(rule.name, modality)) if modality is not None and not rule.of_day else None
    if own is not None:
        return replace(under(rule, own), modalities=None)
    return under(rule, terms.get(Scope(rule.name)))


def faults(rule: Rule, terms: Terms) -> list[Fault]:
    """Everything that is wrong with these terms for this rule, in the order of the fields."""
    return [*_channels(rule, terms), *_events(rule, terms), *_due(rule, terms), *_fallback(rule, terms)]


def _channels(rule: Rule, terms: Terms) -> Iterable[Fault]:
    if not terms.channels:
        yield Fault(field="channels", problem="names no channel; to send nothing, set enabled to false")
    if never := sorted(terms.channels - rule.carried_by):
        has = ", ".join(sorted(rule.carried_by))
        yield Fault(field="channels", problem=f"{', '.join(never)}: this message has no words for it; it has: {has}")


def _events(rule: Rule, terms: Terms) -> Iterable[Fault]:
    if terms.events is None:
        return
    if not terms.events:
        yield Fault(field="events", problem="names no event; to send nothing, set enabled to false")
    if never := sorted(terms.events - rule.owed_by):
        knows = ", ".join(sorted(rule.owed_by))
        yield Fault(field="events", problem=f"{', '.join(never)}: cannot owe this message; what can: {knows}")


def _due(rule: Rule, terms: Terms) -> Iterable[Fault]:
    if terms.due is None:
        return
    if isinstance(rule.due, At) and rule.due.anchor in _AT_ONCE:
        yield Fault(field="due", problem="this message answers what has just happened and goes at once; leave this out")
        return
    for number, moment in enumerate(terms.due):
        field = f"due.{number}"
        if abs(moment.offset + timedelta(days=moment.days)) > FARTHEST:
            yield Fault(field=field, problem=f"is more than {FARTHEST.days} days away from its anchor")
        elif moment.anchor in _AT_ONCE:
            yield Fault(field=field, problem="a reminder counts from the appointment, not from what a guest did")
    # Judged as a whole: of several times the earliest counts.
    if terms.due and Earliest(*terms.due).of(_SAMPLE) >= rule.useful_until.of(_SAMPLE):
        yield Fault(
            field="due", problem="is when the message is of no use any more: the appointment is too near or past"
        )


def _fallback(rule: Rule, terms: Terms) -> Iterable[Fault]:
    after = terms.fallback_after
    if after is None:
        return
    if not timedelta(minutes=1) <= after <= LONGEST_FALLBACK:
        yield Fault(field="fallback_minutes", problem="must be from 1 minute to 24 hours")
    elif Channel.SMS not in terms.channels:
        yield Fault(field="fallback_minutes", problem="takes the place of a text, and no text is sent")
    elif any(_due(rule, terms)):
        return  # told by that field; nothing can be said of what follows from it
    elif under(rule, terms).due.of(_SAMPLE) + after >= rule.useful_until.of(_SAMPLE):
        yield Fault(field="fallback_minutes", problem="the message is of no use any more by then")


# A plain booking with a far cutoff, on which times are tried.
_START = datetime(2030, 5, 1, 10, tzinfo=UTC)
_SAMPLE = Change(
    happening=Happening.BOOKED,
    booking_id=BookingId(""),
    location_id=LocationId(""),
    revision=1,
    happened_at=_START - timedelta(days=90),
    made_at=_START - timedelta(days=90),
    start=_START,
    end=_START + timedelta(hours=1),
    free_until=_START - timedelta(hours=12),
    undo_until=None,
    recipient_zone="UTC",
    channels=tuple(Channel),
)
