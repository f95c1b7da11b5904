"""When a location is open and when a practitioner works there, as instants.

A guest may be on the table during the practitioner's hours, within the location's opening hours, outside breaks and
time off. Set-up and clean-up may reach beyond them: hours say when guests are seen, buffers how long resources are
claimed.
"""

from .clinic import Clinic, DailyHours, Location, Practitioner, Schedule
from .ranges import Range, difference, intersection, merged
from .zones import DAY, local_midnight, wall_ranges, weekday


def opening(clinic: Clinic, location: Location, first_day: int, last_day: int) -> list[Range]:
    """Return when the location is open, by the hours that begin on these local days (both included)."""
    return merged(span for day in range(first_day, last_day + 1) for span in _open_on(clinic, location, day))


def working(clinic: Clinic, who: Practitioner, location: Location, first_day: int, last_day: int) -> list[Range]:
    """Return when a practitioner sees guests at a location, by the shifts that begin on these days (both included)."""
    return merged(span for day in range(first_day, last_day + 1) for span in _works_on(clinic, who, location, day))


def rostered(
    schedule: Schedule, location: Location, first_day: int, last_day: int, *, despite_breaks: bool = False
) -> list[Range]:
    """Return the shifts that begin on these days (both included), less their breaks or `despite_breaks`."""
    days = range(first_day, last_day + 1)
    return merged(span for day in days for span in _rostered_on(schedule, location, day, despite_breaks=despite_breaks))


def licensed(who: Practitioner, location: Location, spans: list[Range]) -> list[Range]:
    """Return what of `spans` the practitioner may spend on what asks for a licence: it ends with the last they hold."""
    last_day = who.licensed_until(location)
    if last_day is None or not spans:
        return []
    expiry = local_midnight(last_day + 1, location.zone)
    return intersection(spans, [(min(spans[0][0], expiry - 1), expiry)])


def _open_on(clinic: Clinic, location: Location, day: int) -> tuple[Range, ...]:
    def derive() -> tuple[Range, ...]:
        if any(first <= day <= last for first, last in location.closures):
            return ()
        return tuple(
            merged(
                span
                for hours in location.opening_hours
                if hours.weekday == weekday(day)
                for span in _instants(hours, day, location.zone)
            )
        )

    return clinic.remembered(("open", location.id, day), derive)


def _works_on(clinic: Clinic, who: Practitioner, location: Location, day: int) -> tuple[Range, ...]:
    def derive() -> tuple[Range, ...]:
        schedule = clinic.schedules.get(who.id)
        if schedule is None:
            return ()
        open_then = opening(clinic, location, day - 1, day + 1)
        seen = merged(_rostered_on(schedule, location, day))
        return tuple(difference(intersection(seen, open_then), schedule.time_off))

    return clinic.remembered(("works", who.id, location.id, day), derive)


def _rostered_on(schedule: Schedule, location: Location, day: int, *, despite_breaks: bool = False) -> list[Range]:
    found: list[Range] = []
    for shift in schedule.shifts:
        if shift.location_id != location.id or shift.hours.weekday != weekday(day) or not shift.applies_on(day):
            continue
        breaks = merged(
            span
            for start, end in (() if despite_breaks else shift.breaks)
            for span in wall_ranges(day * DAY + start * 60, day * DAY + end * 60, location.zone)
        )
        found += difference(_instants(shift.hours, day, location.zone), breaks)
    return found


def _instants(hours: DailyHours, day: int, zone: str) -> list[Range]:
    return wall_ranges(day * DAY + hours.start * 60, day * DAY + hours.end * 60, zone)
