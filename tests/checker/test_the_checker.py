"""A checker that finds nothing must be known to find something."""

from datetime import UTC, datetime, timedelta

from tests.checker.overlaps import Claim, overlapping

NINE = datetime(2030, 1, 7, 9, tzinfo=UTC)


def claim(begin: int, end: int, *, resource: str = "ana", booking: str = "a booking") -> Claim:
    return Claim(
        resource=resource,
        begin=NINE + timedelta(minutes=begin),
        end=NINE + timedelta(minutes=end),
        booking=booking,
    )


def test_ranges_that_touch_do_not_overlap() -> None:
    assert overlapping([claim(60, 120), claim(0, 60)]) == []


def test_ranges_that_share_a_minute_overlap() -> None:
    assert overlapping([claim(60, 120), claim(0, 61)]) == [(claim(0, 61), claim(60, 120))]


def test_a_range_overlaps_each_one_that_it_contains() -> None:
    assert len(overlapping([claim(0, 300), claim(30, 60), claim(90, 120)])) == 2


def test_two_resources_may_be_busy_at_once() -> None:
    assert overlapping([claim(0, 60), claim(0, 60, resource="room 1")]) == []
