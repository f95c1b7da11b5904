"""What a guest wishes of a series. All of it stands in the address, as every choice of a guest does."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any

from gateway.web.languages import Language, _
from gateway.web.presenters.choice import Choice, read_choice

FEWEST, MOST, LONGEST = 2, 30, 366
"""Sessions in a series, and the days ahead within which they lie, as booking has it."""
IN_TURN, ONE_AFTER_ANOTHER = "in_turn", "one_after_another"

EVERY: Mapping[str, tuple[int, str]] = {
    "1": (1, _("Every week")),
    "2": (2, _("Every two weeks")),
    "3": (3, _("Every three weeks")),
    "4": (4, _("Every four weeks")),
}
"""By what the address says: the weeks between two sessions."""
ABOUT: Mapping[str, tuple[int, int, str]] = {
    "near": (0, 60, _("That weekday, within an hour of it")),
    "day": (0, 720, _("That weekday, at any time")),
    "around": (1, 720, _("A day earlier or later will do, too")),
}
"""By what the address says: by how many days and minutes a session may miss its time."""
ORDERS: Mapping[str, str] = {
    ONE_AFTER_ANOTHER: _("First all of the one, then all of the other"),
    IN_TURN: _("In turn, one of each"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Rhythm(Choice):
    """A choice, how often, and the first time. `also` is a second treatment in the same rhythm; `begin` comes once,
    before the others: an evaluation.

    Numbers are kept as they were typed, so that what cannot be read can be shown again.
    """

    page: str = "/series"
    sessions: str | None = None
    every: str | None = None
    about: str | None = None
    begin: str | None = None
    also: str | None = None
    also_sessions: str | None = None
    order: str | None = None
    slot: str | None = None

    @property
    def weeks(self) -> int:
        """The weeks between two sessions."""
        return EVERY.get(self.every or "", EVERY["1"])[0]

    @property
    def total(self) -> int:
        """How many sessions in all; 0 where a number cannot be read."""
        numbers = [_number(self.sessions), _number(self.also_sessions) if self.also else 0]
        return 0 if None in numbers else sum(each or 0 for each in numbers) + bool(self.begin)

    def wish(self, *, starting: datetime) -> dict[str, Any]:
        """The series as booking is asked for it."""
        days, minutes, _words = ABOUT.get(self.about or "", ABOUT["near"])
        parts = [_part(self.service, self.minutes, self.practitioner, _number(self.sessions))]
        if self.begin:
            parts.insert(0, _part(self.begin, None, None, 1))
        if self.also:
            parts.append(_part(self.also, None, None, _number(self.also_sessions)))
        if self.preferences:  # of whoever it is, in every session: a name takes the place of a wish
            parts = [{**part, "preferences": self.preferences} for part in parts]
        return {
            "location_id": self.location,
            "parts": parts,
            "cadence": {"every": self.weeks, "unit": "weeks", "within_days": days, "within_minutes": minutes},
            "starting": starting,
            "order": self.order if self.order in ORDERS else ONE_AFTER_ANOTHER,
        }

    def reaches_too_far(self, starting: datetime, now: datetime) -> bool:
        """Whether the last session would lie further ahead than any series may."""
        return starting + timedelta(weeks=self.weeks * (self.total - 1)) > now + timedelta(days=LONGEST)

    def carried(self) -> list[tuple[str, str]]:
        """The hidden fields of a form that keep all of it."""
        return [
            (field.name, str(value))
            for field in fields(self)
            if field.name not in {"page", "day", "week", "extras"}
            and (value := getattr(self, field.name)) not in {None, ()}
        ]


def read_rhythm(query: Mapping[str, str]) -> Rhythm:
    """The wish in a query string or a form; what cannot be read counts as not said."""
    choice = read_choice(query)

    def said(name: str) -> str | None:
        return query.get(name, "")[:100] or None

    return Rhythm(
        location=choice.location,
        service=choice.service,
        minutes=choice.minutes,
        practitioner=choice.practitioner,
        gender=choice.gender,
        spoken=choice.spoken,
        day=choice.day,
        week=choice.week,
        sessions=said("sessions"),
        begin=said("begin"),
        also=said("also"),
        also_sessions=said("also_sessions"),
        slot=said("slot"),
        every=query.get("every") if query.get("every") in EVERY else None,
        about=query.get("about") if query.get("about") in ABOUT else None,
        order=query.get("order") if query.get("order") in ORDERS else None,
    )


def wrong_numbers(rhythm: Rhythm, language: Language) -> list[tuple[str, str]]:
    """Each number that will not do: its field, and what to say under it."""
    named = [("sessions", rhythm.sessions)] + ([("also_sessions", rhythm.also_sessions)] if rhythm.also else [])
    least = 1 if rhythm.also or rhythm.begin else FEWEST
    text = language.text("Choose a number from %(least)d to %(most)d.", least=least, most=MOST)
    wrong = [(field, text) for field, said in named if not least <= (_number(said) or 0) <= MOST]
    if not wrong and not FEWEST <= rhythm.total <= MOST:
        both = language.text("A series has at most %(most)d sessions in all.", most=MOST)
        wrong.append((named[-1][0], both))
    return wrong


def _part(service: str | None, minutes: int | None, practitioner: str | None, sessions: int | None) -> dict[str, Any]:
    return {
        "service_id": service,
        "duration_minutes": minutes,
        "practitioner_id": practitioner,
        "sessions": sessions,
    }


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= 4 else None
