"""The guide on a catalog: what it refuses, and what its answer says."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import pytest
from catalog import answers
from catalog.adapters.guide_book import rulebook
from catalog.application.errors import Refused
from catalog.application.guide import Consult, Consulted, consult
from catalog.application.load import load
from catalog.documents import parse
from catalog.domain.guide.questions import Word
from catalog.domain.identity import LocationId, derived_id
from catalog.domain.languages import Reading

from services.catalog.tests.conftest import CatalogInMemory

NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
PARIS = LocationId(derived_id("location", "paris"))
SWEDISH = str(derived_id("service", "swedish"))
ENGLISH, FRENCH = Reading(language="en", fallback=False), Reading(language="fr", fallback=False)

Ask = Callable[..., Consulted]


@pytest.fixture
def ask(document: dict[str, Any], catalog_in_memory: CatalogInMemory) -> Ask:
    load(parse(document), catalog=catalog_in_memory, now=NOW, correlation_id="c-1")

    def asking(location_id: LocationId = PARIS, **given: str) -> Consulted:
        words = {field: tuple(Word(word) for word in text.split()) for field, text in given.items()}
        command = Consult(location_id=location_id, answers=words)
        return consult(command, catalog=catalog_in_memory, book=rulebook())

    return asking


def said(consulted: Consulted, chosen: Reading = ENGLISH) -> dict[str, Any]:
    return answers.advice(consulted, rulebook(), chosen)


def test_a_branch_that_there_is_not_is_refused(ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        ask(LocationId(uuid4()), needs="stress")
    assert refused.value.code == "unknown_location"


def test_an_unknown_answer_is_named_by_its_place_and_never_repeated(ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        ask(needs="stress sadness", conditions="stress")
    told = answers.refusal(refused.value)
    assert told["code"] == "invalid_request"
    assert [one["field"] for one in told["fields"]] == ["needs[1]", "conditions[0]"]
    assert "sadness" not in str(told)
    assert "sadness" not in str(refused.value)


def test_contradictory_answers_are_refused_at_their_field(ask: Ask) -> None:
    with pytest.raises(Refused) as refused:
        ask(needs="stress", conditions="no_conditions pacemaker")
    told = answers.refusal(refused.value)
    assert told["code"] == "contradictory_answers"
    assert told["fields"][0]["field"] == "conditions"
    assert "pacemaker" not in str(refused.value)


def test_the_answer_names_version_rules_reasons_and_what_can_be_booked(ask: Ask) -> None:
    told = said(ask(needs="stress"))
    assert told["rule_version"] == rulebook().version
    assert told["recommendation"] == "massage"
    [rule] = told["rules"]
    assert (rule["id"], rule["step"]) == ("serve.stress", "serve")
    assert rule["reason"].startswith("A gentle massage")
    assert rule["source"]
    [swedish] = told["bookable"]
    assert swedish == {
        "service_id": SWEDISH,
        "modality": "massage",
        "channel": "online",
        "duration_minutes": 60,
        "suggested": True,
        "rules": ["serve.stress"],
    }
    assert told["emergency_number"] is None


def test_the_same_in_french(ask: Ask) -> None:
    told = said(ask(needs="stress"), FRENCH)
    assert told["language"] == "fr"
    assert "massage doux" in told["rules"][0]["reason"]


def test_an_emergency_names_the_branchs_number_and_nothing_to_book(ask: Ask) -> None:
    told = said(ask(red_flags="chest_pain", needs="stress"))
    assert (told["recommendation"], told["emergency_number"]) == ("emergency", "112")
    assert (told["bookable"], told["call"]) == ([], None)


def test_physical_therapy_and_not_here_names_the_outside_clinics(
    document: dict[str, Any], catalog_in_memory: CatalogInMemory
) -> None:
    note = {"en": "Sports", "fr": "Le sport"}
    document["locations"][0]["outside_clinics"] = [{"name": "Canal", "phone": "+33 1 99 00 30 30", "note": note}]
    load(parse(document), catalog=catalog_in_memory, now=NOW, correlation_id="c-1")
    command = Consult(location_id=PARIS, answers={"needs": (Word("injury"),)})
    consulted = consult(command, catalog=catalog_in_memory, book=rulebook())
    assert said(consulted)["not_here"] is True
    [clinic] = said(consulted)["outside_clinics"]
    assert (clinic["name"], clinic["phone"], clinic["note"]) == ("Canal", "+33199003030", "Sports")
    assert said(consulted, FRENCH)["outside_clinics"][0]["note"] == "Le sport"
    assert said(consulted, Reading(language="es", fallback=False))["outside_clinics"][0]["note"] == "Sports"


def test_the_questions_come_in_order_and_in_the_readers_language() -> None:
    told = answers.guide_questions(rulebook(), FRENCH)
    assert [one["id"] for one in told["questions"]][:2] == ["red_flags", "needs"]
    assert told["questions"][1]["text"] == "Qu'est-ce qui vous amène ?"
    assert {one["field"] for one in told["questions"]} == {"red_flags", "needs", "conditions"}
