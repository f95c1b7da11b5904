"""Series as JSON: as they are planned, and as they stand."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from booking.application.book_several import BookedSeries
from booking.application.plan_series import Plan, Proposed
from booking.application.plan_visit import Visits
from booking.application.repair_series import Proposals
from booking.application.show import ToldOfSeries
from booking.application.show_series import SeenSeries
from booking.domain.availability import Slot
from booking.domain.booking import CANCELLED, CONFIRMED, Booking
from booking.domain.clinic import Clinic
from booking.domain.part import questions
from booking.domain.series import Cadence, Session, services_of
from booking.views.bookings import booking, place, treatment, written_to
from booking.views.values import money, screening, written

Whole = Callable[[Booking], dict[str, Any]]
"""How a session's booking is written: with what it lacks, and its token."""


def plan(found: Plan, clinic: Clinic) -> dict[str, Any]:
    """Return the times that a series would get, and the safety questions that it asks."""
    location = found.sessions[0].asked.location
    return {
        "location": place(location, found.zone),
        "complete": not found.missing,
        "sessions": [_proposed(each, clinic, found.zone) for each in found.sessions],
        "screening": [
            {"service_id": each, "screening": screening(clinic.services[each].screening)}
            for each in services_of([each.session for each in found.sessions])
            if clinic.services[each].screening is not None
        ],
    }


def booked(made: BookedSeries, clinic: Clinic, whole: Whole) -> dict[str, Any]:
    """Return a series that was just booked; a session without a time carries what comes nearest."""
    nearest = {each.session.position: each.alternatives for each in made.proposed}
    view = seen(SeenSeries(series=made.series, bookings=made.bookings), clinic, whole)
    for each in view["sessions"]:
        each["alternatives"] = _slots(nearest.get(each["session"], ()), made.series.zone)
    return view


def seen(found: SeenSeries, clinic: Clinic, whole: Whole) -> dict[str, Any]:
    """Return a series: its sessions in order, each with the booking that fills it."""
    series = found.series
    return {
        "id": series.id,
        "mode": series.mode,
        "location": place(clinic.locations[series.location_id], series.zone),
        "arrangement": series.arrangement,
        "cadence": _cadence(series.cadence) if series.arrangement is None else None,
        "made_at": series.made_at.isoformat(),
        "sessions": [_session(each, found, clinic, whole) for each in series.sessions],
    }


def visits(found: Visits) -> dict[str, Any]:
    """Return the visits of several parts that can be had, and what each part is."""
    people, asked = found.readings[0].clinic.practitioners, found.asked
    return {
        "location_id": asked[0].location.id,
        "zone": found.zone,
        "arrangement": found.arrangement,
        "price": money(found.price),
        "parts": [
            {
                "service_id": each.service.id,
                "duration_minutes": each.minutes,
                "price": money(each.price),
                "screening": screening(questions(each.service, each.guests[0].add_ons)),
            }
            for each in asked
        ],
        "visits": [
            {
                "start": written(placed[0].start, found.zone),
                "end": written(max(each.end for each in placed), found.zone),
                "parts": [
                    {
                        "start": written(each.start, found.zone),
                        "end": written(each.end, found.zone),
                        "practitioner_ids": [who for who in each.resource_ids if who in people],
                    }
                    for each in placed
                ],
            }
            for placed in found.found
        ],
    }


def _cadence(cadence: Cadence) -> dict[str, Any]:
    return {
        "every_days": cadence.every_days,
        "within_days": cadence.within_days,
        "within_minutes": cadence.within_minutes,
        "weekdays": sorted(cadence.weekdays) if cadence.weekdays is not None else None,
    }


def facts(told: ToldOfSeries, clinic: Clinic, now: datetime) -> dict[str, Any] | None:
    """Return a series as the one who writes to its guest needs it: like its first session to come, with all of these.

    It is confirmed as long as one of them is. None if none was ever booked.
    """
    if not told.bookings:
        return None
    coming = [each for each in told.bookings if each.state == CONFIRMED and each.start > now]
    first = (coming or told.bookings)[0]
    return {
        **booking(first, clinic),
        "id": told.series.id,
        "revision": 1,
        "state": CONFIRMED if coming else CANCELLED,
        "guest": written_to(first.guest),
        "channels": list(first.guest.channels),
        "price": None,
        "document_due": None,
        "manage_token": told.token,
        "sessions": [booking(each, clinic) for each in coming],
    }


def proposals(found: Proposals, clinic: Clinic) -> dict[str, Any]:
    """Return the times that would fill a place."""
    zone = found.asked.location.zone
    return {
        **_place(found.session, clinic, zone),
        "duration_minutes": found.asked.minutes,
        "price": money(found.asked.price),
        "proposals": _slots(found.slots, zone),
        "screening": screening(found.asked.service.screening) if found.asks else None,
    }


def _session(session: Session, found: SeenSeries, clinic: Clinic, whole: Whole) -> dict[str, Any]:
    made = found.bookings.get(session.booking_id) if session.booking_id is not None else None
    return {
        **_place(session, clinic, found.series.zone),
        "state": made.state if made is not None else "open",
        "displaced": made is not None and made.id in found.displaced,
        "booking": whole(made) if made is not None else None,
        "alternatives": [],
    }


def _proposed(each: Proposed, clinic: Clinic, zone: str) -> dict[str, Any]:
    return {
        **_place(each.session, clinic, zone),
        "duration_minutes": each.asked.minutes,
        "price": money(each.asked.price),
        "slot": _slots([each.slot], zone)[0] if each.slot is not None else None,
        "alternatives": _slots(each.alternatives, zone),
    }


def _place(session: Session, clinic: Clinic, zone: str) -> dict[str, Any]:
    return {
        "session": session.position,
        "service": treatment(clinic.services[session.sought.service_id]),
        "wanted": written(session.target, zone),
    }


def _slots(slots: Sequence[Slot], zone: str) -> list[dict[str, Any]]:
    return [
        {
            "start": written(each.start, zone),
            "end": written(each.end, zone),
            "practitioner_ids": list(each.practitioner_ids),
        }
        for each in slots
    ]
