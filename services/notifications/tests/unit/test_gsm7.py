"""What a text costs, and what keeps it cheap."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.gsm7 import Segments, segments, simplified


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
        ("a" * 152 + "€" * 5, 2),  # 162 units; the first € does not fit into what is left of the first part
        ("a" * 152 + "€" + "a" * 152, 3),  # by length two parts, but no letter is cut in two
        ("я" * 66 + "🙂" + "я" * 66, 3),
    ],
)
def test_parts_are_counted_as_networks_bill_them(text: str, count: int) -> None:
    assert segments(text).count == count


def test_the_alphabet_is_named_and_one_letter_outside_it_changes_all() -> None:
    assert segments("Camille, 10:30 €") == Segments(alphabet="GSM-7", units=17, count=1)
    assert segments("Camille, 10:30 ł") == Segments(alphabet="UCS-2", units=16, count=1)


@given(st.text(max_size=400))
def test_parts_hold_the_text_and_no_more_than_one_unit_a_part_is_wasted(text: str) -> None:
    found = segments(text)
    single, joined = (160, 153) if found.alphabet == "GSM-7" else (70, 67)
    if found.units <= single:
        assert found.count == min(found.units, 1)
    else:
        assert found.units <= found.count * joined
        assert found.units > (found.count - 1) * (joined - 1)


@given(st.text(max_size=200))
def test_simplifying_settles_at_once(text: str) -> None:
    assert simplified(simplified(text)) == simplified(text)
