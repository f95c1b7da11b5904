"""The safety questions of a visit: what each guest is asked, and what each part is told of the answers.

Every part asks its own. One guest is asked the same words once, whichever treatments ask them: all of these are told.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.web.filled import FieldError, Form, Screened, kept_answers, questions_of, unanswered
from gateway.web.languages import Language


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One part's questions."""

    who: str
    """What tells this part's fields from those of the others: the second's is 2, the first's is empty."""
    asked: Screened
    """What asks the questions that stand with this part: those that none before it asks the same guest."""
    fields: Sequence[str]
    """In which fields all of its questions are answered, also those that stand with another."""


def parts_of(services: Sequence[Screened], *, alone: bool) -> list[Part]:
    """The parts of a visit in order; `alone` says that one guest has them all."""
    known: dict[tuple[str, str], str] = {}
    parts = []
    for place, service in enumerate(services):
        who = str(place + 1) if place else ""
        own, fields = [], []
        for question in questions_of(service):
            words, field = (question["id"], question["text"]), f"answer{who}-{question['id']}"
            if not alone or words not in known:
                known[words] = field
                own.append(question)
            fields.append(known[words])
        asked = {"screening": {**service["screening"], "questions": own}} if own else {"screening": None}
        parts.append(Part(who=who, asked=asked, fields=fields))
    return parts


def missing(part: Part, form: Form, language: Language) -> list[FieldError]:
    """Each question that stands with this part and has no answer."""
    return unanswered(form, part.asked, language, who=part.who)


def with_answers(part: Part, form: Form) -> dict[str, Any]:
    """The questions that stand with this part, and the answers so far."""
    answers = kept_answers(form, part.asked, who=part.who)
    return {"who": part.who, "questions": questions_of(part.asked), "answers": answers}


def screening_of(part: Part, service: Screened, form: Form) -> Mapping[str, Any] | None:
    """What the answers to all of a part's questions come to: the answers themselves go nowhere."""
    if not service.get("screening"):
        return None
    all_clear = all(form.get(field) == "no" for field in part.fields)
    return {"version": service["screening"]["version"], "all_clear": all_clear}
