"""What a session of physical therapy still lacks, by rules that are data. Nothing else is decided here."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import NewType
from zoneinfo import ZoneInfo

from .booking import Booking
from .documents import AUTHORIZATION, CLEARANCE, REFERRAL, VERIFIED, Document, best_for
from .errors import Refused
from .ids import BookingId
from .need_rules import EVALUATION, KINDS, NEVER, REFUSE, SELF_PAY, Rule, Rules

NeedId = NewType("NeedId", str)

OPEN, MET, WAIVED, RELEASED = "open", "met", "waived", "released"
"""Lacking; there; let off by staff (or paid by the guest); the time was given up for it."""
FOLLOWS_IN_A_SERIES = frozenset({REFERRAL, AUTHORIZATION})
"""What a later session of a series may still lack when it is booked, whatever the rule says of a session by itself."""
BY_DOCUMENT, AS_SELF_PAY, BY_RELEASE = "verified", SELF_PAY, "release"
"""How staff resolve a need that stays open."""
_REFUSALS = {
    EVALUATION: "evaluation_required",
    REFERRAL: "referral_required",
    AUTHORIZATION: "authorization_required",
    CLEARANCE: "clearance_needed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """An appointment as the rules see it. `day` is the location's local day."""

    booking_id: BookingId
    region: str
    payer: str
    evaluation: bool
    start: datetime
    day: date
    minutes: int
    all_clear: bool = True


def session_of(booking: Booking, *, region: str, payer: str, evaluation: bool) -> Session:
    """Return a booking as the rules see it."""
    return Session(
        booking_id=booking.id,
        region=region,
        payer=payer,
        evaluation=evaluation,
        start=booking.start,
        day=booking.start.astimezone(ZoneInfo(booking.zone)).date(),
        minutes=booking.minutes,
        all_clear=booking.screening is None or booking.screening.all_clear,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Earlier:
    """Another session of the same patient that stands or took place."""

    booking_id: BookingId
    evaluation: bool
    start: datetime
    attended: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What a rule says about a session: it is met (by a document, if one) or open until due."""

    kind: str
    rule_id: str
    wanted: datetime
    """When it should be there."""
    start: datetime
    state: str
    document: Document | None = None
    version: int = 0

    def due(self, opened_at: datetime) -> datetime:
        """Return when it is due if it is asked for since then: where that is too late already, at the start."""
        return self.wanted if self.wanted > opened_at else max(self.start, opened_at)


@dataclass(frozen=True, slots=True, kw_only=True)
class Need:
    """A judgement that was written down for a booking, and what staff said about it."""

    id: NeedId
    booking_id: BookingId
    kind: str
    rule_id: str
    version: int
    due: datetime
    state: str
    opened_at: datetime
    resolved_at: datetime | None = None
    warned_at: datetime | None = None

    def is_overdue(self, now: datetime) -> bool:
        """Say whether staff must decide."""
        return self.state == OPEN and self.due <= now


def needs_for(
    session: Session,
    documents: Sequence[Document],
    history: Sequence[Earlier],
    rules: Rules,
    *,
    kept_open: Collection[str] = (),
) -> tuple[Judged, ...]:
    """Return what the session needs, met or open, or refuse where a rule says so, but for the kinds `kept_open`.

    An open need is no refusal: the session keeps its time until the need is due, and until staff decide after that.
    """
    judged = judged_for(session, documents, history, rules)
    for each in judged:
        rule = _rule(each.kind, session, rules)
        refused = each.state == OPEN and rule.without == REFUSE and each.kind not in kept_open
        if refused and not _promised(each, session, history, rules):
            raise Refused(_REFUSALS[each.kind], rule.reason["en"], rule=rule.id, reason=rule.reason)
    return judged


def judged_for(
    session: Session, documents: Sequence[Document], history: Sequence[Earlier], rules: Rules
) -> tuple[Judged, ...]:
    """Return the same and refuse nothing: of sessions that were accepted before."""
    episode = _episode(session, history, rules)
    judged = [_judge(_rule(kind, session, rules), session, documents, episode) for kind in KINDS]
    return tuple(replace(each, version=rules.version) for each in judged if each is not None)


def again(need: Need, judged: Judged, *, now: datetime) -> Need:
    """Return the need as it stands after another look; what staff let off or released stays so."""
    if need.state in {WAIVED, RELEASED}:
        return need
    reopened = need.state == MET and judged.state == OPEN
    opened_at = now if reopened else need.opened_at
    due = judged.due(opened_at)
    return replace(
        need,
        rule_id=judged.rule_id,
        version=judged.version,
        due=due,
        state=judged.state,
        opened_at=opened_at,
        resolved_at=None if judged.state == OPEN else (need.resolved_at or now),
        warned_at=need.warned_at if need.due == due and not reopened else None,
    )


def _rule(kind: str, session: Session, rules: Rules) -> Rule:
    return rules.rule(kind, region=session.region, payer=session.payer, evaluation=session.evaluation)


def _judge(rule: Rule, session: Session, documents: Sequence[Document], episode: Sequence[Earlier]) -> Judged | None:
    if rule.without == NEVER or (rule.kind == CLEARANCE and session.all_clear):
        return None
    first = min((each.start for each in episode), default=session.start)
    if rule.kind != EVALUATION and rule.is_free(visits=len(episode), days=(session.start - first).days):
        return None
    if rule.kind == EVALUATION:
        met, document = any(each.evaluation and each.attended for each in episode), None
    else:
        document = best_for(documents, kind=rule.kind, day=session.day, minutes=session.minutes)
        met = document is not None and document.state == VERIFIED
    return Judged(
        kind=rule.kind,
        rule_id=rule.id,
        wanted=session.start - rule.due_before,
        start=session.start,
        state=MET if met else OPEN,
        document=document,
    )


def _promised(judged: Judged, session: Session, history: Sequence[Earlier], rules: Rules) -> bool:
    """Whether it will be there in time as things stand: a document not yet verified, an evaluation that is booked."""
    if judged.kind == EVALUATION:
        return any(each.evaluation for each in _episode(session, history, rules))
    return judged.document is not None


def _episode(session: Session, history: Sequence[Earlier], rules: Rules) -> list[Earlier]:
    """Return the sessions before this one since the evaluation that opened its episode; all of them if none did."""
    if session.evaluation:
        return []  # it opens one itself
    since = session.start - rules.episode
    before = sorted(
        (each for each in history if since <= each.start < session.start and each.booking_id != session.booking_id),
        key=lambda each: each.start,
    )
    opened = [number for number, each in enumerate(before) if each.evaluation]
    return before[opened[-1] :] if opened else before
