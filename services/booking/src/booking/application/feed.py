"""A practitioner's calendar to subscribe to: read it, hand out its address, revoke it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from booking.application.ports import Desk
from booking.domain.booking import Booking
from booking.domain.clinic import Clinic, Practitioner
from booking.domain.feed import check_feed_token, feed_token, wrong_token
from booking.domain.ids import PractitionerId
from booking.domain.zones import instant

PAST = timedelta(days=30)
AHEAD = timedelta(days=400)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """Whose calendar it is, and what stands in it, by start."""

    who: Practitioner
    bookings: Sequence[Booking]
    clinic: Clinic


def feed(practitioner_id: PractitionerId, token: str, *, desk: Desk) -> Feed:
    """Return what stands from 30 days ago to 400 days ahead, or refuse a token that is not good for it."""
    clinic = desk.calendar.known()
    who = clinic.practitioners.get(practitioner_id)
    if who is None or who.deleted:
        raise wrong_token()
    check_feed_token(practitioner_id, desk.diaries.generation(practitioner_id), token, desk.manage_key)
    now = desk.clock.now()
    during = (instant(now - PAST), instant(now + AHEAD))
    return Feed(who=who, bookings=desk.diaries.booked(practitioner_id, during), clinic=clinic)


def feed_link(practitioner_id: PractitionerId, *, desk: Desk) -> str:
    """Return the token of the calendar's address, the same until it is revoked; refuse `unknown_practitioner`."""
    desk.calendar.known().practitioner(practitioner_id)
    return feed_token(practitioner_id, desk.diaries.generation(practitioner_id), desk.manage_key)


def revoke_feed(practitioner_id: PractitionerId, *, desk: Desk) -> None:
    """Make every address handed out so far useless; refuse `unknown_practitioner`."""
    desk.calendar.known().practitioner(practitioner_id)
    desk.diaries.revoke(practitioner_id)
