"""Whether an e-mail in a text's place is needed: by what is known of the text."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from notifications.domain.receipt import Fate, stands
from notifications.domain.relevance import Defer, Send, Skip, Verdict, Wait
from notifications.domain.values import Reason, State

# Why a text was spared that an e-mail can still carry.
_TEXT_ONLY = frozenset(
    {
        Reason.NO_ADDRESS,
        Reason.NUMBER_SILENCED,
        Reason.CHANNEL_NOT_CONFIGURED,
        Reason.QUIET_HOURS,
        Reason.RULE_OFF,
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Text:
    """The text whose place an e-mail may take: what we did about it, and what its provider says."""

    state: State
    reason: Reason | None
    due_at: datetime
    sent_at: datetime | None
    fate: Fate | None


def in_its_place(text: Text | None, *, after: timedelta, now: datetime) -> Verdict:
    """What to do with the e-mail, which is otherwise true and of use.

    A text that its provider took is given `after` to arrive. Then only one of which the provider tells, and does not
    tell that it arrived, counts as undelivered: some providers never tell.
    """
    if text is None:
        return Send()
    state, reason = stands(text.state, text.reason, text.fate)
    verdict: Verdict = Send()  # for one that failed, or of which nobody knows
    match state:
        case State.DELIVERED:
            verdict = Skip(Reason.BY_TEXT)
        case State.SKIPPED if reason is not None and reason not in _TEXT_ONLY:
            verdict = Skip(reason)
        case State.SENDING:
            verdict = Wait()
        case State.DUE:
            verdict = _from(text.due_at + after, now)
        case State.SENT:
            verdict = _from((text.sent_at or now) + after, now)
            if verdict == Send() and text.fate is None:
                verdict = Skip(Reason.BY_TEXT)
    return verdict


def _from(moment: datetime, now: datetime) -> Verdict:
    return Send() if now >= moment else Defer(moment)
