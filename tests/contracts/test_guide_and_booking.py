"""What the guide holds back cannot be booked on any other way: the service itself asks, and booking refuses a yes."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from booking.adapters import catalog_events
from booking.domain.clinic import Location, Service
from booking.domain.errors import Refused
from booking.domain.screening import Answers, screened
from catalog.adapters.guide_book import rulebook
from catalog.adapters.yaml_documents import read_yaml
from catalog.application.guide import Consult, Consulted, consult
from catalog.application.load import load
from catalog.documents import parse
from catalog.domain.guide.questions import Word
from catalog.domain.guide.treatments import recognised
from catalog.domain.identity import LocationId, ServiceId, derived_id
from catalog.domain.service import Modality

from services.catalog.tests.conftest import CatalogInMemory

CLINIC = Path(__file__).parents[2] / "deploy" / "demo" / "clinic.yaml"
BOOK = rulebook()
WISHES = tuple(sorted(word for rule in BOOK.rules for word in rule.any_of & BOOK.questions.words_of("needs")))
CONDITIONS = sorted(
    word
    for question in BOOK.questions.each
    if question.id == "conditions"
    for word in question.words
    if word != question.none
)
BRANCHES = ("paris", "montreal")


@pytest.fixture(scope="module")
def catalog() -> CatalogInMemory:
    kept = CatalogInMemory()
    command = parse(read_yaml(CLINIC.read_text(encoding="utf-8")).data)
    load(command, catalog=kept, now=datetime(2026, 11, 23, tzinfo=UTC), correlation_id="demo-clinic")
    return kept


def consulted(catalog: CatalogInMemory, branch: str, *conditions: str) -> Consulted:
    """The advice to somebody who wants everything and has these conditions."""
    command = Consult(
        location_id=LocationId(derived_id("location", branch)),
        answers={"needs": WISHES, "conditions": tuple(Word(word) for word in conditions)},
    )
    return consult(command, catalog=catalog, book=BOOK)


@pytest.mark.parametrize("branch", BRANCHES)
@pytest.mark.parametrize("condition", CONDITIONS)
def test_what_the_guide_holds_back_booking_refuses_too(catalog: CatalogInMemory, branch: str, condition: str) -> None:
    said = consulted(catalog, branch, condition)
    for held in said.advice.withheld:
        state = said.services[held.service]
        assert condition in asked_for(state), f"{state['name']} does not ask about {condition}"
        service = catalog_events.read("service", {**state, "version": 1, "deleted": False})
        location = catalog_events.read("location", {**said.location, "version": 1, "deleted": False})
        assert isinstance(service, Service)
        assert isinstance(location, Location)
        for answers, code in (
            (None, "screening_required"),
            (Answers(version=state["screening"]["version"], all_clear=False), "clearance_needed"),
        ):
            with pytest.raises(Refused) as refused:
                screened(service.screening, location, answers)
            assert refused.value.code == code


@pytest.mark.parametrize("branch", BRANCHES)
def test_the_guide_offers_nothing_to_whom_booking_would_refuse_it(catalog: CatalogInMemory, branch: str) -> None:
    for condition in CONDITIONS:
        said = consulted(catalog, branch, condition)
        for offered in said.advice.offered:
            assert condition not in asked_for(said.services[offered.service])


@pytest.mark.parametrize("branch", BRANCHES)
def test_with_no_condition_everything_of_the_branch_is_offered(catalog: CatalogInMemory, branch: str) -> None:
    said = consulted(catalog, branch, "no_conditions")
    assert {one.service for one in said.advice.offered} == set(said.services)
    assert said.advice.physical_therapy_elsewhere == (branch == "montreal")


def asked_for(state: Any) -> frozenset[Word]:
    """The answers that the service's own questions ask for."""
    questions = (state["screening"] or {"questions": []})["questions"]
    return recognised(
        id_=ServiceId(derived_id("service", "any")),
        modality=Modality(state["modality"]),
        shown_by=(),
        minutes=(),
        question_ids=[question["id"] for question in questions],
        book=BOOK,
    ).asks
