"""The page speaks each of its languages whole."""

import re
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.pofile import read_po

from gateway.web import languages

PAGES = Path(languages.__file__).parent
SAID_BY = {"_": None, "text": None, "several": (1, 2), "ngettext": (1, 2)}
OTHERS = [tag for tag in languages.tags() if tag != "en"]

Words = str | tuple[str, ...]


@cache
def words() -> frozenset[Words]:
    """Return all that the code and the templates say to guests; the demonstration's own pages stay in English."""
    found = extract_from_dir(
        PAGES, method_map=[("**.py", "python"), ("**/templates/*.html", "jinja2")], keywords=SAID_BY
    )
    return frozenset(message if isinstance(message, str) else tuple(message[:2]) for _, _, message, *_ in found)


@cache
def catalog(tag: str) -> dict[Words, Words]:
    """Return a language's words by the English ones."""
    with (PAGES / "locale" / tag / "page.po").open("rb") as source:
        return {
            (each.id if isinstance(each.id, str) else tuple(each.id)): (
                each.string if isinstance(each.string, str) else tuple(each.string)
            )
            for each in read_po(source, locale=tag)
            if each.id and not each.fuzzy
        }


def test_it_reads_english_french_and_spanish() -> None:
    assert languages.tags() == ["en", "es", "fr"]


@pytest.mark.parametrize("tag", OTHERS)
def test_nothing_is_left_in_english_and_nothing_is_translated_that_is_no_longer_said(tag: str) -> None:
    said = {one for one in words() if isinstance(one, tuple) or re.search(r"[A-Za-z]{2}", one)}
    lacking = {one for one in said if not all(_parts(catalog(tag).get(one, "")))}
    assert lacking == set(), f"add these to locale/{tag}/page.po"
    assert set(catalog(tag)) - words() == set(), f"take these out of locale/{tag}/page.po"


@pytest.mark.parametrize("tag", OTHERS)
def test_every_translation_names_the_values_that_the_english_words_do(tag: str) -> None:
    for english, translated in catalog(tag).items():
        wanted = _values(_parts(english)[-1])
        assert _values(_parts(translated)[-1]) == wanted, english
        assert set(_values(_parts(translated)[0])) <= set(wanted), english


def _parts(words_: Words) -> tuple[str, ...]:
    return (words_,) if isinstance(words_, str) else words_


def _values(text: str) -> list[str]:
    return sorted(re.findall(r"%\(\w+\)[sd]|%%", text))
