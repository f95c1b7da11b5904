"""What catalog answers on the wire."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from catalog.application.difference import MOST_TOLD as MOST_CHANGES
from catalog.application.difference import EntityChanged
from catalog.application.errors import Refused
from catalog.application.guide import Consulted, offer_at
from catalog.application.load import Loaded
from catalog.application.published import Published
from catalog.domain.guide.advice import Offered, Recommendation
from catalog.domain.guide.rules import Rulebook
from catalog.domain.languages import Reading
from catalog.domain.problem import spell

MOST_TOLD = 100


def loaded(summary: Loaded) -> dict[str, Any]:
    """How many entities were added, changed, withdrawn and left alone."""
    return asdict(summary)


def refusal(refused: Refused) -> dict[str, Any]:
    """The stable code, what it means in words, and the first hundred problems, each at its place."""
    told = refused.problems[:MOST_TOLD]
    fields = [{"field": spell(problem.place), "problem": problem.message} for problem in told]
    return {"code": refused.code, "detail": refused.detail, "fields": fields, "extra": refused.extra}


def difference(told: Sequence[EntityChanged]) -> list[dict[str, Any]]:
    """The first two hundred changes, with the fields that change."""
    return [
        {
            "kind": str(entity.kind),
            "id": str(entity.id),
            "name": entity.name,
            "what": entity.what,
            "fields": [asdict(each) for each in entity.fields],
        }
        for entity in told[:MOST_CHANGES]
    ]


def entry(entity: Published, written: Mapping[str, Any]) -> dict[str, Any]:
    """One entry for its editor: the id and the revision beside it."""
    inside = {name: value for name, value in written.items() if name != "id"}
    return {"id": str(entity.id), "revision": entity.version, "entry": inside}


def tried(changes: Sequence[Published], *, dry_run: bool) -> dict[str, Any]:
    """Of a dry run: each change as its event would tell it, so that others can say what it would do to them."""
    return {"changes": [{"name": each.kind.event, "data": each.data} for each in changes]} if dry_run else {}


def guide_questions(book: Rulebook, chosen: Reading) -> dict[str, Any]:
    """Every question of the guide with its answers, in the order in which they are asked."""
    return {
        "rule_version": book.version,
        "language": chosen.language,
        "fallback": chosen.fallback,
        "questions": [
            {
                "id": question.id,
                "field": question.field,
                "choose": "one" if question.one else "several",
                "none": question.none,
                "ask_if": sorted(question.ask_if),
                "text": question.text[chosen.language],
                "answers": [{"id": choice.id, "text": choice.text[chosen.language]} for choice in question.choices],
            }
            for question in book.questions.each
        ],
    }


def advice(consulted: Consulted, book: Rulebook, chosen: Reading) -> dict[str, Any]:
    """The guide's answer: what would serve, every rule that fired and why, what can be booked, what it takes."""
    said, location = consulted.advice, consulted.location
    emergency = said.recommendation is Recommendation.EMERGENCY
    return {
        "rule_version": book.version,
        "language": chosen.language,
        "fallback": chosen.fallback,
        "location_id": location["location_id"],
        "recommendation": str(said.recommendation),
        "emergency_number": location["emergency_number"] if emergency else None,
        "call": location["phone"] if said.call else None,
        "rules": [
            {
                "id": fired.rule.id,
                "step": str(fired.rule.step),
                "reason": fired.rule.reason[chosen.language],
                "source": fired.rule.source,
                "service_ids": [str(id_) for id_ in fired.services],
            }
            for fired in said.fired
        ],
        "bookable": [_bookable(offered, consulted) for offered in said.offered],
        "withheld": [
            {
                "service_id": str(one.service),
                "verdict": str(one.verdict),
                "rules": list(one.rules),
                "instead": [str(id_) for id_ in one.instead],
            }
            for one in said.withheld
        ],
        "needs": [{"need": str(one.need), "general": one.general, "rule": one.rule} for one in said.needed],
        "series": [str(modality) for modality in said.series],
        "not_here": said.physical_therapy_elsewhere,
        "outside_clinics": _outside_clinics(consulted, chosen) if said.physical_therapy_elsewhere else [],
    }


def _bookable(offered: Offered, consulted: Consulted) -> dict[str, Any]:
    offer = offer_at(consulted.services[offered.service], consulted.location["location_id"]) or {}
    return {
        "service_id": str(offered.service),
        "modality": str(offered.modality),
        "channel": offer.get("channel", "phone"),
        "duration_minutes": offered.minutes,
        "suggested": offered.suggested,
        "rules": list(offered.rules),
    }


def _outside_clinics(consulted: Consulted, chosen: Reading) -> list[dict[str, Any]]:
    """Those that the owner listed for what is not done here, their notes in the reader's language if there is one."""
    location = consulted.location
    said = {row["path"]: row["text"] for row in location["texts"] if row["language"] == chosen.language}
    return [
        {**clinic, "note": said.get(f"outside_clinics.{index}.note", clinic["note"])}
        for index, clinic in enumerate(location["outside_clinics"])
    ]
