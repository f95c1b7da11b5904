"""What a guest filled in: their contact and their answers to the safety questions, and what is missing of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from gateway.application.errors import Refused
from gateway.web.languages import Language
from gateway.web.words import field_error_of

Form = Mapping[str, str]
Screened = Mapping[str, Any]
"""What asks safety questions: its `screening` holds them, or is null."""

_CONTACT = ("name", "email", "phone")
_OF_OTHERS = ("guests.", "parts.")


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldError:
    """What is wrong with one field; `field` is its id on the page."""

    field: str
    text: str


def guest_of(form: Form, language: Language) -> dict[str, str | None]:
    """Who comes, and in which language and zone they read."""
    return {
        "name": form["name"],
        "email": form.get("email") or None,
        "phone": form.get("phone") or None,
        "locale": language.tag,
        "zone": _zone(form.get("guest_zone", "")),
    }


def kept_contact(form: Form) -> dict[str, str]:
    """What was typed, to be shown again."""
    return {name: form.get(name, "") for name in (*_CONTACT, "guest_zone")}


def missing_contact(form: Form, language: Language) -> list[FieldError]:
    """What has not been filled in, all of it at once. Whether it is right is for booking to say."""
    errors = []
    if not form.get("name"):
        errors.append(FieldError(field="name", text=language.text("Give us a name to expect you by.")))
    if not form.get("email") and not form.get("phone"):
        _, text = field_error_of(Refused("contact_required"), language) or ("", "")
        errors.append(FieldError(field="email", text=text))
    return errors


def contact_errors_of(refused: Refused, language: Language) -> list[FieldError]:
    """The fields that a refusal is about, and what to say under them; none if it is about something else."""
    about_field = field_error_of(refused, language)
    if about_field is not None:
        field, text = about_field
        return [FieldError(field=field, text=text)]
    if refused.code != "invalid_request":
        return []
    named = [one.field.rsplit(".", 1)[-1] for one in refused.fields if not one.field.startswith(_OF_OTHERS)]
    return [FieldError(field=name, text=language.text("Please check this.")) for name in named if name in _CONTACT]


def questions_of(asked: Screened) -> Sequence[Mapping[str, str]]:
    """The safety questions."""
    screening = asked.get("screening")
    return screening["questions"] if screening else []


def kept_answers(form: Form, asked: Screened, *, who: str = "") -> dict[str, str]:
    """The answers so far, by question. `who` tells the guests of a party apart: the second is 2."""
    return {question["id"]: form.get(f"answer{who}-{question['id']}", "") for question in questions_of(asked)}


def unanswered(form: Form, asked: Screened, language: Language, *, who: str = "") -> list[FieldError]:
    """Each question without an answer."""
    return [
        FieldError(
            field=f"answer{who}-{question['id']}-no",
            text=language.text("Please answer: %(question)s", question=question["text"]),
        )
        for question in questions_of(asked)
        if form.get(f"answer{who}-{question['id']}") not in {"yes", "no"}
    ]


def screening_of(form: Form, asked: Screened, *, who: str = "") -> dict[str, Any] | None:
    """What the answers come to: the answers themselves go nowhere."""
    if not asked.get("screening"):
        return None
    answers = kept_answers(form, asked, who=who).values()
    return {"version": asked["screening"]["version"], "all_clear": all(answer == "no" for answer in answers)}


def _zone(name: str) -> str | None:
    """A zone's name that the guest's browser gave, if it is one."""
    try:
        return ZoneInfo(name).key if name else None
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return None
