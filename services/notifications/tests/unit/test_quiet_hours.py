"""Nights in every zone, and the two in a year that are longer or shorter."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.quiet_hours import QuietHours

from services.notifications.tests.made import at

NIGHT = QuietHours(begin=time(21), end=time(8))
FAR = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    ("moment", "zone", "decent"),
    [
        ("2026-12-01 19:59", "Europe/Paris", "2026-12-01 19:59"),  # 20:59
        ("2026-12-01 20:00", "Europe/Paris", "2026-12-02 07:00"),  # 21:00 waits until 08:00
        ("2026-12-01 23:30", "Europe/Paris", "2026-12-02 07:00"),  # past midnight, the same night
        ("2026-12-02 07:00", "Europe/Paris", "2026-12-02 07:00"),
        ("2027-03-27 21:00", "Europe/Paris", "2027-03-28 06:00"),  # the night that loses an hour
        ("2026-10-24 21:00", "Europe/Paris", "2026-10-25 07:00"),  # the night that gains one
        ("2026-11-01 03:00", "America/Toronto", "2026-11-01 13:00"),
        ("2027-03-14 04:00", "America/Toronto", "2027-03-14 12:00"),
        ("2026-12-01 16:00", "Asia/Kolkata", "2026-12-02 02:30"),
    ],
)
def test_a_moment_in_the_night_waits_for_the_morning(moment: str, zone: str, decent: str) -> None:
    assert NIGHT.decent(at(moment), zone=zone, limit=FAR) == at(decent)


@pytest.mark.parametrize(
    ("moment", "limit", "decent"),
    [
        ("2026-12-01 22:00", "2026-12-02 07:01", "2026-12-02 07:00"),
        ("2026-12-01 22:00", "2026-12-02 07:00", "2026-12-01 19:30"),
        ("2026-12-02 05:00", "2026-12-02 06:00", "2026-12-01 19:30"),
        ("2027-03-28 05:00", "2027-03-28 05:30", "2027-03-27 19:30"),
    ],
)
def test_if_the_morning_is_too_late_the_evening_before_has_to_do(moment: str, limit: str, decent: str) -> None:
    assert NIGHT.decent(at(moment), zone="Europe/Paris", limit=at(limit)) == at(decent)


def test_hours_that_do_not_run_over_midnight_are_refused() -> None:
    with pytest.raises(ValueError, match="midnight"):
        QuietHours(begin=time(13), end=time(15))


@given(
    moment=st.datetimes(min_value=datetime(2026, 1, 1), max_value=datetime(2035, 1, 1)),  # noqa: DTZ001
    wait=st.timedeltas(min_value=timedelta(minutes=1), max_value=timedelta(days=3)),
    zone=st.sampled_from(["Europe/Paris", "America/Toronto", "Australia/Lord_Howe", "Asia/Kathmandu"]),
)
def test_what_is_decent_is_never_in_the_night_and_never_past_the_limit(
    moment: datetime, wait: timedelta, zone: str
) -> None:
    moment = moment.replace(tzinfo=UTC)
    decent = NIGHT.decent(moment, zone=zone, limit=moment + wait)
    assert not NIGHT.hold(decent, zone)
    assert decent < moment + wait
    assert abs(decent - moment) < timedelta(hours=13)
    assert decent == moment or NIGHT.hold(moment, zone)
    assert decent.astimezone(ZoneInfo(zone)).time() >= time(8)
