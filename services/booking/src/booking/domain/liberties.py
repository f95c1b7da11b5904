"""What staff may do that guests may not: other hours, less notice, shorter buffers. Treatments never overlap."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from .choice import assignment
from .clinic import Clinic, Practitioner, Room
from .errors import Problem, Refused
from .hours import licensed, working
from .ids import ResourceId
from .ranges import Instant, covers
from .wish import Unit, Wish, bookable_between
from .zones import local_day

STARTED_AT_MOST = 15 * 60
"""Seconds for which a walk-in may have been here already when it is written down."""
LONGEST = 1440
NOTICE, HORIZON, HOURS, BUFFERS = "notice", "horizon", "hours", "buffers"


@dataclass(frozen=True, slots=True, kw_only=True)
class Liberties:
    """How staff want it: who is not at work may serve, too; buffers in minutes (None: the service's own)."""

    outside_hours: bool = False
    set_up_minutes: int | None = None
    clean_up_minutes: int | None = None


def taken_with(asked: Wish, wanted: Liberties, *, minutes: int | None = None) -> Wish:
    """Return the wish with these buffers and this length, or refuse what is no shortening or no length."""
    service = asked.service
    set_up = service.set_up_minutes if wanted.set_up_minutes is None else wanted.set_up_minutes
    clean_up = service.clean_up_minutes if wanted.clean_up_minutes is None else wanted.clean_up_minutes
    problems = [
        Problem(field=name, problem=f"must be from 0 to {own}, the service's own")
        for name, given, own in (
            ("set_up_minutes", set_up, service.set_up_minutes),
            ("clean_up_minutes", clean_up, service.clean_up_minutes),
        )
        if not 0 <= given <= own
    ]
    if minutes is not None and not 1 <= minutes <= LONGEST:
        problems.append(Problem(field="duration_minutes", problem=f"must be from 1 to {LONGEST}"))
    if problems:
        raise Refused("invalid_request", "This cannot be arranged like that.", fields=problems)
    shorter = replace(service, set_up_minutes=set_up, clean_up_minutes=clean_up)
    longest = asked if minutes is None else asked.lasting(minutes)
    return replace(longest, service=shorter)


def able_at(clinic: Clinic, asked: Wish, start: Instant, *, outside_hours: bool) -> list[list[ResourceId]]:
    """Return, for each unit that the wish needs, who may serve it then, bookings aside. A licence is no liberty."""
    return [
        [each.id for each in unit.able if _may(clinic, asked, unit, each, start, outside_hours=outside_hours)]
        for unit in asked.units(clinic)
    ]


def may_serve(units: Sequence[Sequence[ResourceId]], resource_ids: Sequence[ResourceId]) -> bool:
    """Say whether exactly these resources meet all units."""
    chosen = set(resource_ids)
    return len(chosen) == len(units) and assignment([[r for r in unit if r in chosen] for unit in units]) is not None


def bends(asked: Wish, wanted: Liberties, start: Instant, now: Instant) -> list[str]:
    """Return which of the guests' rules this bends."""
    earliest, end = bookable_between(asked, now)
    bent = {
        NOTICE: start < earliest,
        HORIZON: start >= end,
        HOURS: wanted.outside_hours,
        BUFFERS: wanted.set_up_minutes is not None or wanted.clean_up_minutes is not None,
    }
    return [name for name, is_so in bent.items() if is_so]


def check_reason(reason: str | None, bent: Sequence[str]) -> None:
    """Refuse to bend rules for no reason."""
    if bent and not reason:
        raise Refused("reason_required", "Say why the guests' rules do not hold here.", bends=list(bent))


def check_not_long_ago(start: Instant, now: Instant) -> None:
    """Refuse a start that is past, but for someone who has just come in."""
    if start < now - STARTED_AT_MOST:
        raise Refused("in_the_past", "This time has passed.")


def _may(
    clinic: Clinic, asked: Wish, unit: Unit, who: Practitioner | Room, start: Instant, *, outside_hours: bool
) -> bool:
    if not isinstance(who, Practitioner):
        return True  # those who serve work only while the house is open
    treatment, location = (start, start + unit.minutes * 60), asked.location
    day = local_day(start, location.zone)
    hours = [treatment] if outside_hours else working(clinic, who, location, day - 1, day + 1)
    return covers(licensed(who, location, hours) if unit.licensed else hours, treatment)
