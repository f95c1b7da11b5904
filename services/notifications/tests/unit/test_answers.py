"""What guests answer, in three languages, politely, in capitals, and at length."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from notifications.domain.answers import LONGEST, Said, Understood, understood
from notifications.domain.gsm7 import segments
from notifications.domain.replies import LANGUAGES, reply_to


@pytest.mark.parametrize(
    ("text", "said", "language"),
    [
        ("STOP", Said.STOP, None),
        (" stop. ", Said.STOP, None),
        ("Stop please!", Said.STOP, None),
        ("STOP svp", Said.STOP, None),
        ("UNSUBSCRIBE", Said.STOP, "en"),
        ("Cancel", Said.STOP, "en"),
        ("ARRÊT", Said.STOP, "fr"),
        ("arret s'il vous plaît", Said.STOP, "fr"),
        ("Désabonner", Said.STOP, "fr"),
        ("BAJA", Said.STOP, "es"),
        ("no más", Said.STOP, "es"),
        ("parar por favor", Said.STOP, "es"),
        ("START", Said.START, None),
        ("Reprendre", Said.START, "fr"),
        ("reanudar", Said.START, "es"),
        ("HELP", Said.HELP, "en"),
        ("Aide ?", Said.HELP, "fr"),
        ("AYUDA", Said.HELP, "es"),
        ("C", Said.CONFIRM, None),
        ("c", Said.CONFIRM, None),
        ("(C)", Said.CONFIRM, None),
        ("Yes, thanks", Said.CONFIRM, "en"),
        ("Oui merci", Said.CONFIRM, "fr"),
        ("D'accord", Said.CONFIRM, "fr"),
        ("Sí", Said.CONFIRM, "es"),
        ("Confirmo, gracias", Said.CONFIRM, "es"),
    ],
)
def test_a_word_that_counts_is_understood_however_it_is_spelled(text: str, said: Said, language: str | None) -> None:
    assert understood(text) == Understood(said, language)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "?",
        "Can I stop by at five?",
        "Please don't stop the reminders",
        "I can't come, my back hurts",
        "ANNULER",  # wants an appointment cancelled, perhaps: a person reads it
        "cancelar",
        "👍",
        "C" * 3,
        "stop" * 262_144,
        "STOP " * 40,
    ],
)
def test_everything_else_is_left_to_a_person(text: str) -> None:
    assert understood(text).said is Said.OTHER


@given(st.text(max_size=2 * LONGEST))
def test_no_text_is_too_strange_to_be_read(text: str) -> None:
    assert understood(text).said in Said


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("said", [Said.STOP, Said.START, Said.HELP, Said.CONFIRM])
@pytest.mark.parametrize("found", [True, False])
def test_every_reply_is_one_cheap_part(said: Said, language: str, found: bool) -> None:
    reply = reply_to(said, language=language, site="book.labelle-paris.example", found=found)
    assert reply is not None
    assert (segments(reply).alphabet, segments(reply).count) == ("GSM-7", 1)


def test_a_language_that_is_not_ours_reads_english_and_what_nobody_understood_gets_no_reply() -> None:
    assert reply_to(Said.STOP, language="de", site="x") == reply_to(Said.STOP, language="en", site="x")
    assert reply_to(Said.OTHER, language="en", site="x") is None
