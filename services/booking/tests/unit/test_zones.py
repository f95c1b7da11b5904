from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from booking.domain.zones import (
    DAY,
    day_number,
    day_range,
    grid,
    instant,
    local,
    local_day,
    utc,
    wall_ranges,
    weekday,
)
from hypothesis import given, settings
from hypothesis import strategies as st

PARIS = "Europe/Paris"
ZONES = st.sampled_from(
    [PARIS, "America/Toronto", "Australia/Lord_Howe", "America/Sao_Paulo", "Asia/Kathmandu", "Africa/Casablanca"]
)


def moments(spans: list[tuple[int, int]], zone: str) -> list[str]:
    return [local(edge, zone).isoformat(timespec="minutes") for span in spans for edge in span]


def wall(day: date, hour: int, minute: int = 0) -> int:
    return day_number(day) * DAY + hour * 3600 + minute * 60


def test_a_day_number_counts_from_the_epoch_and_knows_its_weekday() -> None:
    assert day_number(date(1970, 1, 1)) == 0
    assert weekday(day_number(date(2026, 11, 23))) == 0


def test_hours_lose_what_the_spring_gap_skips() -> None:
    day = date(2027, 3, 28)
    spans = wall_ranges(wall(day, 1), wall(day, 4), PARIS)
    assert moments(spans, PARIS) == ["2027-03-28T01:00+01:00", "2027-03-28T04:00+02:00"]
    assert spans[0][1] - spans[0][0] == 2 * 3600
    assert wall_ranges(wall(day, 2), wall(day, 3), PARIS) == []


def test_hours_contain_both_passages_of_the_autumn_hour() -> None:
    day = date(2026, 10, 25)
    assert moments(wall_ranges(wall(day, 1), wall(day, 2, 30), PARIS), PARIS) == [
        "2026-10-25T01:00+02:00",
        "2026-10-25T02:30+02:00",
        "2026-10-25T02:00+01:00",
        "2026-10-25T02:30+01:00",
    ]
    night = wall_ranges(wall(date(2026, 10, 24), 22), wall(day, 6), PARIS)
    assert len(night) == 1
    assert night[0][1] - night[0][0] == 9 * 3600


def test_the_grid_has_both_passages_and_skips_the_gap() -> None:
    autumn = [
        local(at, PARIS).isoformat(timespec="minutes") for at in grid(day_number(date(2026, 10, 25)), 3600, PARIS)
    ]
    assert autumn[2:4] == ["2026-10-25T02:00+02:00", "2026-10-25T02:00+01:00"]
    spring = [local(at, PARIS).isoformat(timespec="minutes") for at in grid(day_number(date(2027, 3, 28)), 3600, PARIS)]
    assert spring[1:3] == ["2027-03-28T01:00+01:00", "2027-03-28T03:00+02:00"]


def test_a_day_whose_midnight_is_skipped_begins_at_one() -> None:
    start, end = day_range(day_number(date(2018, 11, 4)), "America/Sao_Paulo")
    assert local(start, "America/Sao_Paulo").isoformat() == "2018-11-04T01:00:00-02:00"
    assert end - start == 23 * 3600


def test_a_day_that_never_was_is_empty() -> None:
    start, end = day_range(day_number(date(2011, 12, 30)), "Pacific/Apia")
    assert start == end


def test_an_instant_is_cut_to_whole_seconds() -> None:
    assert utc(instant(datetime(2026, 11, 23, 10, 0, 0, 999_999, tzinfo=UTC))) == datetime(2026, 11, 23, 10, tzinfo=UTC)


@settings(max_examples=60, deadline=None)
@given(
    zone=ZONES,
    day=st.dates(date(2026, 1, 1), date(2028, 12, 31)),
    start=st.integers(0, 1439),
    length=st.integers(1, 1440),
)
def test_an_instant_is_within_hours_if_and_only_if_the_clock_on_the_wall_says_so(
    zone: str, day: date, start: int, length: int
) -> None:
    since, until = wall(day, 0) + start * 60, wall(day, 0) + (start + length) * 60
    spans = wall_ranges(since, until, zone)
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    naive = datetime(1970, 1, 1)  # noqa: DTZ001 - what a clock on the wall shows
    for quarter in range(-4 * 16, 4 * 64):
        moment = midnight + timedelta(minutes=15 * quarter)
        shown = moment.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
        expected = since <= (shown - naive).total_seconds() < until
        assert any(a <= instant(moment) < b for a, b in spans) == expected


@settings(max_examples=60, deadline=None)
@given(zone=ZONES, day=st.dates(date(2026, 1, 1), date(2028, 12, 31)), step=st.sampled_from([5, 15, 25, 60]))
def test_the_grid_of_a_day_is_its_multiples_on_the_wall_in_order(zone: str, day: date, step: int) -> None:
    number = day_number(day)
    start, end = day_range(number, zone)
    expected = [
        at
        for at in range(start, end, 60)
        if (shown := local(at, zone)).date() == day and (shown.hour * 60 + shown.minute) % step == 0
    ]
    assert list(grid(number, step * 60, zone)) == expected
    assert all(local_day(at, zone) == number for at in expected)
