"""Free times, as a week of days and one day's mornings, afternoons and evenings, in the branch's zone."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from gateway.web.languages import Language
from gateway.web.presenters.choice import Choice

DAYS_SHOWN = 7
_AFTERNOON, _EVENING = time(12), time(17)


@dataclass(frozen=True, slots=True, kw_only=True)
class Time:
    """One free start: `value` goes back to us, `name` is what a screen reader says."""

    value: str
    clock: str
    offset: str | None
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """A morning, an afternoon or an evening."""

    heading: str
    times: Sequence[Time]


@dataclass(frozen=True, slots=True, kw_only=True)
class Day:
    """One day of the week shown; `address` is None when nothing is free."""

    key: str
    weekday: str
    number: str
    name: str
    free: int
    address: str | None
    chosen: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """The days shown and the chosen day's free times."""

    title: str
    days: Sequence[Day]
    earlier: str | None
    later: str | None
    day_name: str | None
    parts: Sequence[Part]
    first_free: Day | None


def midnight(day: date, zone: str) -> datetime:
    """The instant at which `day` begins in `zone`."""
    return datetime.combine(day, time(), ZoneInfo(zone))


def first_day(choice: Choice, *, today: date) -> date:
    """The first day to show: today, or the week asked for, or the one that holds the day asked for."""
    if choice.week is not None:
        return max(choice.week, today)
    if choice.day is None or choice.day < today:
        return today
    return today + timedelta(days=(choice.day - today).days // DAYS_SHOWN * DAYS_SHOWN)


def times_of(
    slots: Sequence[Mapping[str, Any]],
    *,
    choice: Choice,
    zone: str,
    first: date,
    today: date,
    last: date,
    names: Mapping[str, str],
    language: Language,
) -> Times:
    """The week from `first` on, with the day that is asked for, or else the first that has a free time."""
    starts = [(datetime.fromisoformat(slot["start"]).astimezone(ZoneInfo(zone)), slot) for slot in slots]
    free = Counter(start.date() for start, _ in starts)
    shown = [first + timedelta(days=ahead) for ahead in range(DAYS_SHOWN)]
    chosen = choice.day if choice.day in shown else next((day for day in shown if free[day]), None)
    week = first if first != today else None
    earlier = max(first - timedelta(days=DAYS_SHOWN), today)
    return Times(
        title=_span(shown[0], shown[-1], language),
        days=[
            Day(
                key=day.isoformat(),
                weekday=language.weekday(day),
                number=str(day.day),
                name=language.full_day(day, near=today),
                free=free[day],
                address=choice.address("when", day=day, week=week) if free[day] else None,
                chosen=day == chosen,
            )
            for day in shown
        ],
        earlier=choice.address("when", week=earlier, day=None) if first > today else None,
        later=choice.address("when", week=shown[-1] + timedelta(days=1), day=None) if shown[-1] < last else None,
        day_name=language.full_day(chosen, near=today) if chosen else None,
        parts=parts_of(
            [(start, slot) for start, slot in starts if start.date() == chosen],
            today=today,
            names=names,
            language=language,
        ),
        first_free=None,
    )


def said_of(times: Times | None, language: Language) -> str:
    """What a screen reader hears of the times when the page changed in place; nothing where there are none to show."""
    if times is None:
        return ""
    if times.day_name is None:
        return language.text("Nothing is free on these days")
    free = sum(len(part.times) for part in times.parts)
    return f"{times.day_name}: " + language.several("%(count)d free time", "%(count)d free times", free)


def first_free_day(
    slots: Sequence[Mapping[str, Any]], *, choice: Choice, zone: str, today: date, language: Language
) -> Day | None:
    """The first day that has a free time, to offer when the days shown have none."""
    if not slots:
        return None
    day = min(datetime.fromisoformat(slot["start"]).astimezone(ZoneInfo(zone)) for slot in slots).date()
    return Day(
        key=day.isoformat(),
        weekday=language.weekday(day),
        number=str(day.day),
        name=language.full_day(day, near=today),
        free=1,
        address=choice.address("when", day=day, week=day),
        chosen=False,
    )


def alternatives_of(
    slots: Sequence[Mapping[str, Any]],
    *,
    zone: str,
    today: date,
    names: Mapping[str, str],
    language: Language,
) -> Sequence[Part]:
    """Nearby free times, grouped by day, the day as heading."""
    starts = [(datetime.fromisoformat(slot["start"]).astimezone(ZoneInfo(zone)), slot) for slot in slots]
    days = sorted({start.date() for start, _ in starts})
    return [
        Part(
            heading=language.full_day(day, near=today),
            times=_times(
                [pair for pair in starts if pair[0].date() == day],
                today=today,
                names=names,
                language=language,
            ),
        )
        for day in days
    ]


def parts_of(
    starts: Sequence[tuple[datetime, Mapping[str, Any]]],
    *,
    today: date,
    names: Mapping[str, str],
    language: Language,
) -> Sequence[Part]:
    """One day's times by part of the day; parts without a time are left out."""
    headings = (language.text("Morning"), language.text("Afternoon"), language.text("Evening"))
    parts = []
    for number, heading in enumerate(headings):
        inside = [pair for pair in starts if _part(pair[0]) == number]
        if inside:
            parts.append(Part(heading=heading, times=_times(inside, today=today, names=names, language=language)))
    return parts


def offset_name(at: datetime) -> str:
    """ "UTC+1", "UTC−4:30": how far `at`'s zone is from UTC then."""
    minutes = int((at.utcoffset() or timedelta()).total_seconds()) // 60
    hours, rest = divmod(abs(minutes), 60)
    sign = "−" if minutes < 0 else "+"
    return f"UTC{sign}{hours}" + (f":{rest:02}" if rest else "")


def _times(
    starts: Sequence[tuple[datetime, Mapping[str, Any]]],
    *,
    today: date,
    names: Mapping[str, str],
    language: Language,
) -> list[Time]:
    # Where the clock is put back, one wall time comes twice: only then does the offset matter to people.
    seen = Counter(start.replace(tzinfo=None, fold=0) for start, _ in starts)
    times = []
    for start, slot in sorted(starts, key=lambda pair: pair[0].timestamp()):
        clock = language.clock(start)
        offset = offset_name(start) if seen[start.replace(tzinfo=None, fold=0)] > 1 else None
        who = language.any_of([names[who] for who in slot["practitioner_ids"] if who in names])
        said = f"{clock} ({offset})" if offset else clock
        day = language.full_day(start.date(), near=today)
        times.append(
            Time(
                value=slot["start"],
                clock=clock,
                offset=offset,
                name=language.text("%(day)s, %(time)s, with %(who)s", day=day, time=said, who=who)
                if who
                else f"{day}, {said}",
            )
        )
    return times


def _part(start: datetime) -> int:
    if start.time() < _AFTERNOON:
        return 0
    return 1 if start.time() < _EVENING else 2


def _span(first: date, last: date, language: Language) -> str:
    """ "1 – 7 December", "28 November – 4 December"."""
    if (first.year, first.month) == (last.year, last.month) and language.spelling.day_and_month.startswith("d "):
        return f"{first.day} – {language.day_and_month(last)}"
    return f"{language.day_and_month(first)} – {language.day_and_month(last)}"
