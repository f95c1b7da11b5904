"""What a guest has chosen so far. All of it stands in the address, so that links and Back just work."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any
from urllib.parse import urlencode

_EXTRA = re.compile(r"[a-z][a-z0-9_]{0,59}")
_MOST_EXTRAS = 20
_LANGUAGE = re.compile(r"[a-z]{2,3}")
GENDERS = ("female", "male")
"""Those that can be wished for on the page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Choice:
    """Branch, service, length, what is had with it, who treats or what they should be, and the days looked at."""

    location: str | None = None
    service: str | None = None
    minutes: int | None = None
    extras: tuple[str, ...] = ()
    practitioner: str | None = None
    second: str | None = None
    """By whom the second of two guests is treated; `practitioner` is the first one's then."""
    minutes2: int | None = None
    """How long the second of two guests is treated; None: as long as the first, and with the same."""
    extras2: tuple[str, ...] = ()
    """What the second has with it, if `minutes2` says that they have their own."""
    gender: str | None = None
    gender2: str | None = None
    """What whoever treats the second of two should be; `gender` is the first one's then."""
    spoken: str | None = None
    """A language that whoever treats should speak."""
    day: date | None = None
    week: date | None = None
    page: str = "/"
    """Which page the addresses lead to."""

    @property
    def preferences(self) -> dict[str, Any] | None:
        """What is wished of whoever treats, as booking is asked for it; None where nothing is."""
        return wishes(self.gender, self.spoken)

    def said(self) -> dict[str, str]:
        """What was chosen, by the names that the address has for it."""
        return {
            field.name: ",".join(value) if isinstance(value, tuple) else str(value)
            for field in fields(self)
            if field.name != "page" and (value := getattr(self, field.name)) not in {None, ()}
        }

    def address(self, fragment: str = "", **changes: Any) -> str:
        """The page's address for this choice with `changes` made."""
        query = replace(self, **changes).said()
        return self.page + (f"?{urlencode(query)}" if query else "") + (f"#{fragment}" if fragment else "")


def wishes(gender: str | None, spoken: str | None) -> dict[str, Any] | None:
    """What is wished of whoever treats a guest, as booking is asked for it; None where nothing is."""
    wished = {**({"gender": gender} if gender else {}), **({"languages": [spoken]} if spoken else {})}
    return wished or None


def read_choice(query: Mapping[str, str]) -> Choice:
    """The choice in a query string or a form; what cannot be read counts as not chosen."""
    practitioner, second = query.get("practitioner") or None, query.get("second") or None
    minutes2 = minutes_in(query.get("minutes2", ""))
    return Choice(
        location=query.get("location") or None,
        service=query.get("service") or None,
        minutes=minutes_in(query.get("minutes", "")),
        extras=_extras(query.get("extras", "")),
        practitioner=practitioner,
        # Nobody treats two at once.
        second=second if second != practitioner else None,
        minutes2=minutes2,
        extras2=_extras(query.get("extras2", "")) if minutes2 is not None else (),
        gender=gender if (gender := query.get("gender", "")) in GENDERS else None,
        gender2=gender2 if (gender2 := query.get("gender2", "")) in GENDERS else None,
        spoken=spoken if _LANGUAGE.fullmatch(spoken := query.get("spoken", "")) else None,
        day=day_in(query.get("day", "")),
        week=day_in(query.get("week", "")),
    )


def minutes_in(text: str) -> int | None:
    """The minutes that a text says, None where it says none."""
    return int(text) if text.isascii() and text.isdigit() and len(text) <= 4 else None


def _extras(text: str) -> tuple[str, ...]:
    named = [each for each in text.split(",") if _EXTRA.fullmatch(each)]
    return tuple(dict.fromkeys(named[:_MOST_EXTRAS]))


def day_in(text: str) -> date | None:
    """The day that a text says, None where it says none."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if 2000 <= day.year <= 2200 else None
