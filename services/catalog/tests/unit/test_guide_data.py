"""The rules, the questions and the comparison as they are delivered."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest
from catalog.adapters.guide_book import comparison_texts, rulebook
from catalog.application.comparison import comparison
from catalog.domain.guide.questions import Word
from catalog.domain.guide.rules import Serves, Trait
from catalog.domain.guide.soundness import problems_of_book
from catalog.domain.languages import LANGUAGES, reading
from catalog.domain.service import Modality

BOOK = rulebook()
FIRST = BOOK.rules[0]


def test_the_rules_as_delivered_are_sound() -> None:
    assert list(problems_of_book(BOOK)) == []


@pytest.mark.parametrize(
    ("broken", "told"),
    [
        (replace(FIRST, reason={"en": "x", "fr": "y"}), "is not written in es"),
        (replace(FIRST, source=""), "names no source"),
        (replace(FIRST, any_of=frozenset(), all_of=frozenset()), "fires on anything"),
        (replace(FIRST, any_of=frozenset({Word("cheast_pain")})), "nobody can answer 'cheast_pain'"),
        (replace(FIRST, outcome=Serves(modality=Modality.MASSAGE)), "does not belong to the step emergency"),
        (
            replace(BOOK.rules[-1], step=BOOK.rules[20].step, outcome=Serves(modality=None, prefers=(Trait("mud"),))),
            "no service is known for 'mud'",
        ),
    ],
)
def test_a_rule_that_means_nothing_is_found(broken: Any, told: str) -> None:
    rules = tuple(broken if rule.id == broken.id else rule for rule in BOOK.rules)
    assert any(told in problem for problem in problems_of_book(replace(BOOK, rules=rules)))


def test_an_answer_that_no_rule_listens_to_is_found() -> None:
    silent = replace(BOOK, rules=tuple(rule for rule in BOOK.rules if rule.id != "safety.pacemaker"))
    assert "no rule listens to 'pacemaker'" in list(problems_of_book(silent))


def test_two_rules_of_one_name_are_found() -> None:
    assert any("a second rule" in problem for problem in problems_of_book(replace(BOOK, rules=(*BOOK.rules, FIRST))))


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_comparison_is_whole_in_every_language(language: str) -> None:
    told = comparison([language], texts=comparison_texts())
    assert (told["language"], told["fallback"]) == (language, False)
    assert [aspect["id"] for aspect in told["aspects"]] == ["goal", "method", "best_for", "results", "referral"]
    assert {aspect["id"]: aspect["general"] for aspect in told["aspects"]}["referral"] is True
    assert all(len(told["best_for"][modality]) == 3 for modality in ("massage", "physical_therapy"))
    assert [massage["id"] for massage in told["massages"]] == ["swedish", "deep_tissue", "pain_relief", "couples"]
    assert all(text for text in leaves(told))


def test_no_text_is_left_in_several_languages_and_none_is_missing() -> None:
    for mapping in mappings(comparison_texts()):
        assert not mapping.keys() & set(LANGUAGES) or set(LANGUAGES) <= mapping.keys()
    told = comparison(["en"], texts=comparison_texts())
    assert not any(mapping.keys() & set(LANGUAGES) for mapping in mappings(told))


@pytest.mark.parametrize(
    ("wanted", "language", "fallback"),
    [
        ([], "en", False),
        (["fr-CA", "en"], "fr", False),
        (["de", "es"], "es", False),
        (["de"], "en", True),
        (["EN-gb"], "en", False),
    ],
)
def test_a_reader_gets_the_first_language_there_is_and_is_told_of_a_fallback(
    wanted: list[str], language: str, fallback: bool
) -> None:
    chosen = reading(wanted)
    assert (chosen.language, chosen.fallback) == (language, fallback)


def mappings(tree: Any) -> Iterator[Mapping[str, Any]]:
    if isinstance(tree, Mapping):
        yield tree
        for inner in tree.values():
            yield from mappings(inner)
    elif isinstance(tree, list):
        for inner in tree:
            yield from mappings(inner)


def leaves(tree: Any) -> Iterator[Any]:
    for mapping in mappings(tree):
        yield from (value for value in mapping.values() if isinstance(value, str))
