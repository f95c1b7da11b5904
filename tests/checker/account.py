"""The clients' own account: what they asked for, what they were told, and when."""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

# An attempt that nobody answered may still take effect for as long as its deadline, and a frozen process besides.
STILL_POSSIBLE = 15.0
# What a message says is judged at most this long before it arrives: the answer's freshness, a slow envelope, a freeze.
IN_FLIGHT = 30.0


@dataclass(slots=True, kw_only=True)
class Act:
    """A change that was asked of a booking, in real time. `doubtful_at` is when an attempt of it went unanswered."""

    kind: str  # cancel or undo
    begun: float
    ended: float = 0.0
    outcome: str = "unknown"  # done, refused or unknown
    doubtful_at: float = 0.0


@dataclass(slots=True, kw_only=True)
class Visit:
    """One guest with one wish; nobody else has this address."""

    seed: int
    email: str
    start: datetime
    zone: str
    asked: bool = False
    refused: str = ""
    booking_ids: set[str] = field(default_factory=set)
    booked_at: float = 0.0
    acts: list[Act] = field(default_factory=list)

    def expected(self) -> str | None:
        """Return the state that the guest knows the booking to have; None if nobody can know."""
        if not self.booking_ids:
            return None
        state: str | None = "confirmed"
        doubt = 0.0
        for act in self.acts:
            if act.outcome == "done":
                # An earlier attempt of the opposite may come late and win.
                late = doubt and act.begun < doubt + STILL_POSSIBLE and act.kind == "undo"
                state = None if late else ("cancelled" if act.kind == "cancel" else "confirmed")
            elif act.outcome == "unknown":
                state = None
            doubt = max(doubt, act.doubtful_at)
        return state

    def done(self, kind: str) -> list[Act]:
        """Return the acts of this kind that were acknowledged."""
        return [act for act in self.acts if act.kind == kind and act.outcome == "done"]


@dataclass(slots=True, kw_only=True)
class Account:
    """Everything that the clients of a campaign know so far. `jumps` are (real time, seconds ahead from then on).

    `waits` are the places on the waitlist that were acknowledged, and when.
    """

    visits: list[Visit] = field(default_factory=list)
    surprises: list[str] = field(default_factory=list)
    waits: dict[str, float] = field(default_factory=dict)
    jumps: list[tuple[float, float]] = field(default_factory=list)
    load_ended: float = 0.0

    def clinic_time(self, at: float) -> datetime:
        """Return what the clinic's clock showed at a real time."""
        ahead = 0.0
        if place := bisect_right(self.jumps, (at, float("inf"))):
            ahead = self.jumps[place - 1][1]
        return datetime.fromtimestamp(at, UTC) + timedelta(seconds=ahead)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A message that reached somebody, read back into what its key says."""

    booking_id: str
    revision: int
    rule: str
    channel: str
    at: float
    to: str = ""

    def judged_at(self, account: "Account") -> datetime:
        """Return until when, by the clinic's clock, what it says may have been judged: a jump may lie between."""
        return account.clinic_time(self.at - IN_FLIGHT)


@dataclass(frozen=True, slots=True, order=True)
class Finding:
    """Something that must not be. `kind` is one of the words of the report; `about` names the booking or row."""

    kind: str
    about: str
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.kind}: {self.about} {self.detail}".rstrip()


def messages_of(received: Sequence[tuple[str, str, float, str]]) -> list[Message]:
    """Read (channel, key, at, to): `booking:revision:rule:channel`, or in e-mail the same with dots and a domain.

    What is for staff has behind it for whom: `desk` or `practitioner`.
    """
    found = []
    for channel, key, at, to in received:
        booking_id, revision, rule, named, *_ = key.split("@")[0].split("." if channel == "email" else ":")
        if named != channel:
            raise ValueError(f"{key} came by {channel}")
        found.append(Message(booking_id=booking_id, revision=int(revision), rule=rule, channel=channel, at=at, to=to))
    return found
