"""Those who come along: what each of them has to fill in, and what was."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.application.errors import Refused
from gateway.web.filled import FieldError, Form, Screened, kept_answers, questions_of, screening_of, unanswered
from gateway.web.languages import Language

Hold = Mapping[str, Any]
_MOST_NAME = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion:
    """Someone who comes along; `who` tells their fields from everyone else's: the second guest's is 2."""

    who: str
    name: str
    questions: Sequence[Mapping[str, str]]
    answers: Mapping[str, str]


def companions_of(hold: Hold, form: Form) -> list[Companion]:
    """Everyone of the hold but the one who books, with what was typed."""
    return [companion_of(who, part, form) for who, part in _others(hold)]


def companion_of(who: str, part: Screened, form: Form) -> Companion:
    """One of them, with what was typed."""
    answers = kept_answers(form, part, who=who)
    return Companion(who=who, name=form.get(f"name{who}", ""), questions=questions_of(part), answers=answers)


def missing_of_companions(form: Form, hold: Hold, language: Language) -> list[FieldError]:
    """What has not been filled in of them."""
    return [error for who, part in _others(hold) for error in missing_of(who, part, form, language)]


def names_of_companions(form: Form, *, guests: int) -> list[Companion]:
    """Everyone of so many guests but the one who fills the form in, where only their names are asked."""
    return [companion_of(str(place), {}, form) for place in range(2, guests + 1)]


def missing_of(who: str, part: Screened, form: Form, language: Language) -> list[FieldError]:
    """What has not been filled in of one of them."""
    name, errors = form.get(f"name{who}", ""), []
    if not name or len(name) > _MOST_NAME:
        errors.append(FieldError(field=f"name{who}", text=language.text("Give us a name to expect them by.")))
    return errors + unanswered(form, part, language, who=who)


def guests_of(form: Form, hold: Hold) -> list[dict[str, Any]]:
    """Who comes along, as booking is told."""
    return [named(who, part, form) for who, part in _others(hold)]


def named(who: str, part: Screened, form: Form) -> dict[str, Any]:
    """One of them, as booking is told."""
    return {"name": form[f"name{who}"], "screening": screening_of(form, part, who=who)}


def answers_of(form: Form, hold: Hold) -> list[dict[str, Any]]:
    """What the questions of those who come along came to, where we know their names."""
    return [{"screening": screening_of(form, part, who=who)} for who, part in _others(hold)]


def unanswered_by_companions(form: Form, hold: Hold, language: Language) -> list[FieldError]:
    """Each question that one of them has not answered."""
    return [error for who, part in _others(hold) for error in unanswered(form, part, language, who=who)]


def asked_again(hold: Hold, refused: Refused) -> tuple[Hold, str]:
    """The hold with the questions that are asked now, and whose they are: they changed while someone was answering."""
    screening, place = refused.extra.get("screening"), int(refused.extra.get("guest") or 1)
    parts = [
        {**part, "screening": screening or part["screening"]} if at == place else part
        for at, part in enumerate(hold.get("guests") or (), start=1)
    ]
    asked = {**hold, "guests": parts}
    if place == 1:
        asked["screening"] = screening or hold.get("screening")
    return asked, "" if place == 1 else str(place)


def _others(hold: Hold) -> list[tuple[str, Mapping[str, Any]]]:
    parts = hold.get("guests") or ()
    return [(str(place), part) for place, part in enumerate(parts, start=1) if place > 1]
