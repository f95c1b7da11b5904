"""Weekly hours, compared with a week that is counted minute by minute."""

from datetime import date, time

from catalog.domain.hours import DAY, WEEK, Span, Validity, WeeklyHours, meet_in_the_week
from hypothesis import given
from hypothesis import strategies as st

quarters = st.integers(0, 95).map(lambda quarter: time(quarter // 4, quarter % 4 * 15))
hours = st.builds(
    WeeklyHours,
    days=st.lists(st.integers(0, 6), min_size=1, max_size=3, unique=True).map(tuple),
    span=st.builds(Span, start=quarters, end=quarters),
)


def minutes(entry: WeeklyHours) -> set[int]:
    """Every minute of the week that belongs to the entry."""
    starts = [day * DAY + entry.span.begins for day in entry.days]
    return {(start + offset) % WEEK for start in starts for offset in range(entry.span.minutes)}


@given(hours, hours)
def test_two_hours_meet_when_they_share_a_minute_of_the_week(one: WeeklyHours, other: WeeklyHours) -> None:
    assert meet_in_the_week(one, other) == bool(minutes(one) & minutes(other))


def test_an_end_at_or_before_the_start_is_past_midnight() -> None:
    assert Span(start=time(22), end=time(2)).minutes == 4 * 60
    assert Span(start=time(9), end=time(0)).minutes == 15 * 60
    assert Span(start=time(0), end=time(0)).minutes == DAY


def test_sunday_night_runs_into_monday() -> None:
    night = WeeklyHours(days=(6,), span=Span(start=time(22), end=time(2)))
    morning = WeeklyHours(days=(0,), span=Span(start=time(1), end=time(9)))
    assert meet_in_the_week(night, morning)


def test_hours_that_only_touch_do_not_meet() -> None:
    early = WeeklyHours(days=(3,), span=Span(start=time(9), end=time(12)))
    late = WeeklyHours(days=(3,), span=Span(start=time(12), end=time(18)))
    assert not meet_in_the_week(early, late)


def test_validities_meet_on_a_shared_day_and_an_open_end_reaches_for_ever() -> None:
    winter = Validity(first=date(2026, 12, 1), last=date(2027, 2, 28))
    assert winter.meets(Validity(first=date(2027, 2, 28)))
    assert winter.meets(Validity())
    assert not winter.meets(Validity(first=date(2027, 3, 1)))
