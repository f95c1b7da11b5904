"""Look for free times: the week that is shown, and further ahead if it has none."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import Any

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice
from gateway.web.presenters.times import DAYS_SHOWN, Times, first_day, first_free_day, midnight, times_of

# How far one look ahead for "the first free day" reaches; availability answers for 62 days at most.
_LOOK_AHEAD = timedelta(days=60)

Slots = Sequence[Mapping[str, Any]]
Ask = Callable[[datetime, datetime], Awaitable[Slots]]
"""Asks for the slots that start in `[since, until)`."""


async def times_ahead(
    ask: Ask,
    *,
    choice: Choice,
    zone: str,
    today: date,
    horizon_days: int,
    names: Mapping[str, str],
    language: Language,
    look_ahead: timedelta = _LOOK_AHEAD,
) -> Times:
    """Return the week that `choice` wants to see, and if nothing is free in it the first day after it that is.

    That one is looked for as far as `look_ahead` after the week.
    """
    last = today + timedelta(days=horizon_days)
    first = min(first_day(choice, today=today), last)
    ahead = first + timedelta(days=DAYS_SHOWN)
    slots = await _between(ask, first, ahead, zone)
    times = times_of(
        slots,
        choice=choice,
        zone=zone,
        first=first,
        today=today,
        last=last,
        names=names,
        language=language,
    )
    if slots:
        return times
    later = await _between(ask, ahead, min(ahead + look_ahead, last + timedelta(days=1)), zone)
    return replace(times, first_free=first_free_day(later, choice=choice, zone=zone, today=today, language=language))


async def _between(ask: Ask, since: date, until: date, zone: str) -> Slots:
    return await ask(midnight(since, zone), midnight(until, zone)) if since < until else []
