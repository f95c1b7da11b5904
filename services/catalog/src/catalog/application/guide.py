"""Choose with a guest: which trade, which treatment, and what is safe. Nothing of the answers is kept or logged."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from catalog.application.errors import ContradictoryAnswers, UnknownAnswers, UnknownLocation
from catalog.application.ports import Catalog
from catalog.application.published import Kind, Published
from catalog.domain.guide.advice import Advice
from catalog.domain.guide.engine import advise
from catalog.domain.guide.questions import FIELDS, Contradictory, Word
from catalog.domain.guide.rules import Rulebook
from catalog.domain.guide.treatments import Treatment, recognised
from catalog.domain.identity import LocationId, ServiceId
from catalog.domain.service import Modality


@dataclass(frozen=True, slots=True, kw_only=True)
class Consult:
    """What a guest answered, field by field, and the branch where they would come."""

    location_id: LocationId
    answers: Mapping[str, tuple[Word, ...]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Consulted:
    """The advice, and the states of the branch and of its services that it is about."""

    advice: Advice
    location: Mapping[str, Any]
    services: Mapping[ServiceId, Mapping[str, Any]]


def consult(command: Consult, *, catalog: Catalog, book: Rulebook) -> Consulted:
    """Advise, or raise `UnknownLocation`, `UnknownAnswers` or `ContradictoryAnswers`. Changes nothing."""
    _known(command, book)
    entities = catalog.snapshot()
    location = next((one for one in _living(entities, Kind.LOCATION) if one.id == command.location_id), None)
    if location is None:
        raise UnknownLocation
    services = {ServiceId(one.id): one.state for one in _living(entities, Kind.SERVICE) if _offer(one, location.id)}
    treatments = [_treatment(id_, state, location.id, book) for id_, state in services.items()]
    answers = frozenset(word for words in command.answers.values() for word in words)
    try:
        advice = advise(book, answers, treatments)
    except Contradictory as odds:
        raise ContradictoryAnswers(odds.field, odds.words) from odds
    return Consulted(advice=advice, location=location.state, services=services)


def _known(command: Consult, book: Rulebook) -> None:
    unknown = [
        (field, index)
        for field in FIELDS
        for index, word in enumerate(command.answers.get(field, ()))
        if word not in book.questions.words_of(field)
    ]
    if unknown:
        raise UnknownAnswers(unknown)


def _living(entities: Sequence[Published], kind: Kind) -> Iterator[Published]:
    return (one for one in entities if one.kind is kind and not one.deleted)


def _offer(service: Published, location_id: UUID) -> Mapping[str, Any] | None:
    return offer_at(service.state, str(location_id))


def offer_at(state: Mapping[str, Any], location_id: str) -> Mapping[str, Any] | None:
    """How the service is offered at the branch, if it is."""
    return next((offer for offer in state["offers"] if offer["location_id"] == location_id), None)


def _treatment(id_: ServiceId, state: Mapping[str, Any], location_id: UUID, book: Rulebook) -> Treatment:
    offer = offer_at(state, str(location_id)) or {"durations": []}
    return recognised(
        id_=id_,
        modality=Modality(state["modality"]),
        shown_by=_shown_by(state),
        minutes=[duration["minutes"] for duration in offer["durations"]],
        question_ids=[question["id"] for question in (state["screening"] or {"questions": []})["questions"]],
        book=book,
    )


def _shown_by(state: Mapping[str, Any]) -> Iterator[str]:
    """The ids of its techniques, the skills that it asks of practitioners, and the kinds of room that it needs."""
    yield from (id_ for id_ in state["technique_ids"] if id_ is not None)
    for needed in state["requirements"]:
        yield from (needed[name] for name in ("skill", "room_kind") if needed.get(name))
