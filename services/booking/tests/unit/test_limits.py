"""The hours of a day end where the hands would have had enough."""

from booking.domain.clinic import DailyHours, Shift
from booking.domain.ids import LocationId
from booking.domain.limits import within_a_day_of
from hypothesis import given
from hypothesis import strategies as st

HERE = LocationId("here")
MONDAY_OF_AN_EVEN_WEEK, MONDAY_OF_AN_ODD_WEEK = 20_779, 20_786


def a_shift(start: int, end: int, *, weekday: int = 0, breaks: tuple[tuple[int, int], ...] = (), **more: int) -> Shift:
    hours = DailyHours(weekday=weekday, start=start, end=end)
    return Shift(location_id=HERE, hours=hours, breaks=breaks, **more)  # type: ignore[arg-type]


def ends(limit: int | None, *shifts: Shift) -> list[int]:
    return [each.hours.end for each in within_a_day_of(limit, shifts)]


def test_without_a_limit_nothing_is_cut() -> None:
    assert ends(None, a_shift(540, 1020)) == [1020]


def test_a_shift_ends_when_the_limit_is_reached_breaks_not_counted() -> None:
    assert ends(300, a_shift(540, 1020, breaks=((720, 780),))) == [540 + 300 + 60]
    assert ends(180, a_shift(540, 1020, breaks=((720, 780),))) == [720]
    assert ends(480, a_shift(540, 1020, breaks=((720, 780),))) == [1020]


def test_two_shifts_of_a_day_share_the_limit_and_other_days_do_not() -> None:
    assert ends(300, a_shift(540, 780), a_shift(840, 1080), a_shift(540, 780, weekday=1)) == [780, 780, 900]
    assert ends(240, a_shift(540, 780), a_shift(840, 1080)) == [780]


def test_shifts_that_never_fall_on_one_day_do_not_share_it() -> None:
    summer, winter = a_shift(540, 780, last_day=20_000), a_shift(600, 840, first_day=20_001)
    assert ends(240, summer, winter) == [780, 840]
    even = a_shift(540, 780, every_weeks=2, counted_from=MONDAY_OF_AN_EVEN_WEEK)
    odd = a_shift(600, 840, every_weeks=2, counted_from=MONDAY_OF_AN_ODD_WEEK)
    assert ends(240, even, odd) == [780, 840]


def test_every_second_week_is_every_second_week() -> None:
    even = a_shift(540, 780, every_weeks=2, counted_from=MONDAY_OF_AN_EVEN_WEEK)
    weeks = [even.applies_on(MONDAY_OF_AN_EVEN_WEEK + 7 * week) for week in range(-2, 3)]
    assert weeks == [True, False, True, False, True]
    assert even.applies_on(MONDAY_OF_AN_EVEN_WEEK + 6)
    assert not even.applies_on(MONDAY_OF_AN_EVEN_WEEK + 13)


@given(
    limit=st.integers(15, 900),
    spans=st.lists(st.tuples(st.integers(0, 1200), st.integers(1, 600)), min_size=1, max_size=4),
)
def test_no_day_ever_has_more_than_the_limit(limit: int, spans: list[tuple[int, int]]) -> None:
    kept = within_a_day_of(limit, [a_shift(start, start + length) for start, length in spans])
    assert sum(each.hours.end - each.hours.start for each in kept) <= limit
