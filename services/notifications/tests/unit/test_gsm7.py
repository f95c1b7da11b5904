"""What a text costs, and what keeps it cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.gsm7 import parts, simplified


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("La Belle Montréal: 10:30", "La Belle Montréal: 10:30"),
        ("Zoë, c’est l’heure – à bientôt…", "Zoe, c'est l'heure - à bientot..."),
        ("10:30\u202fAM", "10:30 AM"),
        ("François", "Francois"),
        ("Łódź", "Łódź"),  # Ł is no L with an accent: better long than wrong
        ("Привет", "Привет"),
        ("€95", "€95"),
    ],
)
def test_punctuation_and_accents_give_way_but_never_the_script(text: str, plain: str) -> None:
    assert simplified(text) == plain


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("", 0),
        ("a" * 160, 1),
        ("a" * 161, 2),
        ("a" * 306, 2),
        ("a" * 307, 3),
        ("€" * 80, 1),  # two each
        ("€" * 81, 2),
        ("я" * 70, 1),
        ("я" * 71, 2),
        ("🙂" * 35, 1),  # two each in UCS-2
        ("🙂" * 36, 2),
    ],
)
def test_parts_are_counted_as_networks_bill_them(text: str, count: int) -> None:
    assert parts(text) == count


@given(st.text(max_size=200))
def test_simplifying_settles_at_once(text: str) -> None:
    assert simplified(simplified(text)) == simplified(text)
