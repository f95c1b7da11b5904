"""Reminders arrive when the clock reaches them, each once on each channel."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tests.outside.client import Api, Slot
from tests.outside.messages import about, kinds, sent_about
from tests.outside.platform import Platform

CONFIRMED = [("confirmation", "email"), ("confirmation", "sms")]
DAY_BEFORE = [("first_reminder", "email"), ("first_reminder", "sms")]
HOURS_BEFORE = [("second_reminder", "email"), ("second_reminder", "sms")]


def in_the_afternoon(api: Api, *, location: str) -> Slot:
    """Return a slot three days ahead whose reminder times lie outside of the quiet hours."""
    zone = ZoneInfo(api.location(location)["zone"])
    found = api.slots(location=location, after=timedelta(days=3))
    return next(slot for slot in found if 12 <= slot.start.astimezone(zone).hour < 18)


@pytest.mark.parametrize("location", ["Paris", "Montr"])
def test_reminders_come_24_and_2_hours_before_each_once_on_each_channel(
    platform: Platform, api: Api, location: str
) -> None:
    booking = api.booked(in_the_afternoon(api, location=location))
    start = datetime.fromisoformat(booking["start"])
    sent_about(api, booking, count=2)

    api.forward(start - timedelta(hours=24, minutes=5) - api.now())
    assert kinds(about(api, booking)) == CONFIRMED
    api.forward(timedelta(minutes=6))
    assert kinds(sent_about(api, booking, count=4)) == CONFIRMED + DAY_BEFORE
    api.forward(start - timedelta(hours=1, minutes=59) - api.now())
    assert kinds(sent_about(api, booking, count=6)) == sorted(CONFIRMED + DAY_BEFORE + HOURS_BEFORE)

    # Past the start a later guest's confirmation shows that the sender has been round again.
    api.forward(start + timedelta(minutes=5) - api.now())
    sent_about(api, api.booked(), count=2)
    assert len(about(api, booking)) == 6


def test_a_booking_made_inside_the_reminders_window_is_only_confirmed(platform: Platform, api: Api) -> None:
    booking = api.booked(api.a_slot(after=timedelta(hours=3), span=timedelta(hours=20)))
    assert kinds(sent_about(api, booking, count=2)) == CONFIRMED
    api.forward(datetime.fromisoformat(booking["start"]) - timedelta(hours=2, minutes=30) - api.now())
    sent_about(api, api.booked(api.a_slot(after=timedelta(days=3))), count=2)
    assert kinds(about(api, booking)) == CONFIRMED
