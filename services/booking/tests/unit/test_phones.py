"""Numbers as guests type them, at home and from abroad."""

import pytest
from booking.adapters.phones import parse_phone
from hypothesis import given
from hypothesis import strategies as st


@pytest.mark.parametrize(
    ("typed", "region", "number"),
    [
        ("01 99 00 12 34", "FR", "+33199001234"),  # a landline: it takes calls, and its provider refuses texts
        ("06.39.98.12.34", "FR", "+33639981234"),
        ("+33 (0)1 99 00 12 34", "FR", "+33199001234"),
        ("514-555-0110", "CA", "+15145550110"),
        ("+1 (514) 555-0110", "FR", "+15145550110"),  # a guest from abroad
        ("0044 20 7946 0018", "FR", "+442079460018"),
        ("011 44 20 7946 0018", "CA", "+442079460018"),
        ("٠١ ٩٩ ٠٠ ١٢ ٣٤", "FR", "+33199001234"),
        ("+33199001234", "", "+33199001234"),
    ],
)
def test_a_number_is_read_by_the_branch_s_region_unless_it_says_its_own(typed: str, region: str, number: str) -> None:
    assert parse_phone(typed, region) == number


@pytest.mark.parametrize(
    ("typed", "region"),
    [
        ("", "FR"),
        ("call me", "FR"),
        ("12", "FR"),
        ("+33", "FR"),
        ("01 99 00 12", "FR"),
        ("01 99 00 12 34 56 78", "FR"),
        ("+999 199 001 234", "FR"),
        ("01 99 00 12 34 ext. 5", "FR"),  # nobody can text an extension
        ("01 99 00 12 34", ""),
        ("1" * 10_000, "FR"),
    ],
)
def test_what_is_no_number_is_said_to_be_none(typed: str, region: str) -> None:
    assert parse_phone(typed, region) is None


@given(st.text(max_size=60), st.sampled_from(["FR", "CA", "ES", "", "XX"]))
def test_whatever_is_typed_is_a_number_in_full_or_none(typed: str, region: str) -> None:
    number = parse_phone(typed, region)
    assert number is None or (number.startswith("+") and number[1:].isdigit() and number[1:].isascii())
