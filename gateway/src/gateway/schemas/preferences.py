"""What a guest wishes of whoever treats them: how to say it, in a body and in an address."""

from typing import Any

from marshmallow import Schema, fields, post_load, validate

from gateway.schemas.base import Answer, Request
from gateway.schemas.fields import REQUIRED, Choice, Messages, Text

GENDERS = ("female", "male", "other")
WISHES = ("gender", "languages")
_LANGUAGE = "[a-z]{2,3}"
_NESTED: Messages = {**REQUIRED, "type": "must be a JSON object"}
_LISTED: Messages = {**REQUIRED, "type": "must be a JSON array", "invalid": "must be a JSON array"}
_GENDER = "Only by someone of this gender; who does not say theirs is not meant"
_LANGUAGES = "Only by someone who speaks one of these with guests, ISO 639 codes"
_SOFT = "Which of the two wishes only come first where they can be met, and keep no time from being offered"


class _Language(Text):
    """An ISO 639 code."""

    def __init__(self) -> None:
        super().__init__(most=3, required=True, metadata={"pattern": f"^{_LANGUAGE}$", "example": "fr"})
        self.validators.append(validate.Regexp(rf"{_LANGUAGE}\Z", error="must be a language code such as fr"))


class _SeveralInQuery(Text):
    """Several words in an address, with commas between them."""

    def __init__(self, word: str, *, error: str, description: str, example: str) -> None:
        form = f"{word}(,{word})*"
        super().__init__(
            most=60,
            metadata={"pattern": f"^{form}$", "description": f"{description}; commas between them", "example": example},
        )
        self.validators.append(validate.Regexp(rf"{form}\Z", error=error))


class Preferences(Request):
    """Wishes are strict, but for those named in `soft`. What is strict stays so when the booking is moved."""

    gender = Choice(*GENDERS, allow_none=True, metadata={"description": _GENDER})
    languages = fields.List(
        _Language(),
        validate=validate.Length(max=10, error="must have at most 10 entries"),
        error_messages=_LISTED,
        metadata={"description": _LANGUAGES},
    )
    soft = fields.List(
        Choice(*WISHES, required=True),
        validate=validate.Length(max=2, error="must have at most 2 entries"),
        error_messages=_LISTED,
        metadata={"description": _SOFT},
    )


def preferences(description: str = "What is wished of whoever treats the guest") -> fields.Nested:
    """What is wished, in a body."""
    return fields.Nested(Preferences, allow_none=True, error_messages=_NESTED, metadata={"description": description})


class PreferencesInQuery(Schema):
    """The same in an address, for a `Query` to have beside its own parameters; becomes `preferences`."""

    gender = Choice(*GENDERS, metadata={"description": _GENDER})
    languages = _SeveralInQuery(
        _LANGUAGE,
        error="must be language codes such as fr, with commas between them",
        description=_LANGUAGES,
        example="fr,es",
    )
    soft = _SeveralInQuery(
        "(gender|languages)",
        error="must be gender, languages, or both with a comma between them",
        description=_SOFT,
        example="languages",
    )

    @post_load
    def _together(self, data: dict[str, Any], **_: Any) -> dict[str, Any]:
        gender, languages, soft = (data.pop(name, None) for name in ("gender", "languages", "soft"))
        if gender or languages:
            data["preferences"] = {
                **({"gender": gender} if gender else {}),
                **({"languages": languages.split(",")} if languages else {}),
                **({"soft": sorted(set(soft.split(",")))} if soft else {}),
            }
        return data


class Preferred(Answer):
    """What is wished of whoever treats a guest."""

    gender = fields.String(required=True, allow_none=True, validate=validate.OneOf(GENDERS))
    languages = fields.List(fields.String(), required=True, metadata={"description": "One of them; none: any"})
    soft = fields.List(
        fields.String(validate=validate.OneOf(WISHES)),
        required=True,
        metadata={"description": "Which of the wishes are not strict"},
    )


def preferred() -> fields.Nested:
    """The wishes as they are kept; null: none."""
    return fields.Nested(
        Preferred,
        allow_none=True,
        metadata={"description": "What is wished of whoever treats the guest; null if nothing is"},
    )
