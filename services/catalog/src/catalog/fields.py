"""How single values are written in a catalog document, and what is said when they are written otherwise."""

import re
import reprlib
import unicodedata
from abc import abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, time
from decimal import Decimal
from enum import StrEnum
from typing import Any, Generic, TypeGuard, TypeVar
from uuid import UUID

from marshmallow import Schema, ValidationError, fields, validate

from catalog.domain.identity import derived_id
from catalog.domain.wording import Wording

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
GROUPS = {"every day": tuple(range(7)), "weekdays": (0, 1, 2, 3, 4), "weekend": (5, 6)}
YEARS = range(2000, 2200)
LANGUAGE = re.compile(r"[a-z]{2,3}")
MOST_ENTRIES = 500
MISSING: dict[str, Any] = {"required": "is missing", "null": "must not be empty"}

T = TypeVar("T")

_language: ContextVar[str] = ContextVar("language of the document", default="en")


@contextmanager
def language_of_the_document(language: str) -> Iterator[None]:
    """Within the block, plain texts are in this language."""
    token = _language.set(language)
    try:
        yield
    finally:
        _language.reset(token)


def current_language() -> str:
    """The language of the document that is being read."""
    return _language.get()


def is_key(value: object) -> TypeGuard[str]:
    """Whether this is written like a key or a UUID."""
    return isinstance(value, str) and re.fullmatch(r"[A-Za-z0-9-]{1,60}", value) is not None


def shown(value: object) -> str:
    """The value for a message: quoted, and cut when it is long."""
    return reprlib.repr(value)


class Written(fields.Field[T], Generic[T]):
    """A value that must be there, unless it has a default."""

    default_error_messages = MISSING

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"required": "load_default" not in kwargs, **kwargs})

    @abstractmethod
    def read(self, value: Any) -> T:
        """The value as it is meant, or `ValidationError` with what is wrong."""

    def _deserialize(
        self,
        value: Any,
        attr: str | None,  # noqa: ARG002 - marshmallow's signature
        data: Mapping[str, Any] | None,  # noqa: ARG002
        **kwargs: Any,  # noqa: ARG002
    ) -> T:
        return self.read(value)


class Text(Written[str]):
    """One line of text for people: not blank, no control characters, at most so many characters."""

    def __init__(self, *, longest: int = 120, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def read(self, value: Any) -> str:
        return _one_line(value, self.longest)


class Words(Written[Wording]):
    """One line for people: plain text in the document's language, or the same text by language."""

    def __init__(self, *, longest: int = 120, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.longest = longest

    def read(self, value: Any) -> Wording:
        own = _language.get()
        if not isinstance(value, Mapping):
            return Wording(language=own, texts=((own, _one_line(value, self.longest)),))
        wrong: dict[str, list[str]] = {}
        texts: dict[str, str] = {}
        for language, text in value.items():
            try:
                if not isinstance(language, str) or not LANGUAGE.fullmatch(language):
                    raise ValidationError("is not a language like fr")  # noqa: TRY301 - told at its place, as below
                texts[language] = _one_line(text, self.longest)
            except ValidationError as error:
                wrong[str(language)] = [str(message) for message in error.messages]
        if own not in value:
            wrong[own] = ["is missing; it is the document's own language, which every text has"]
        if wrong:
            raise ValidationError(wrong)
        return Wording(language=own, texts=tuple(sorted(texts.items())))


class Word(Text):
    """Text of a fixed form, given by a pattern and an example of it."""

    def __init__(self, pattern: str, *, like: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.pattern = re.compile(pattern)
        self.like = like

    def read(self, value: Any) -> str:
        text = super().read(value)
        if not self.pattern.fullmatch(text):
            raise ValidationError(f"{shown(text)} is not written like {self.like}")
        return text


class Skill(Word):
    """A skill or a kind of room: a word that requirements and those who meet them share."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(r"[a-z][a-z0-9_]*", like="deep_tissue", **kwargs)


class Phone(Text):
    """A number as people write it; kept without spaces, dots, hyphens and brackets."""

    def read(self, value: Any) -> str:
        return re.sub(r"[\s().-]", "", super().read(value))


class Count(Written[int]):
    """A whole number between two bounds, both included."""

    def __init__(self, least: int, most: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.least = least
        self.most = most

    def read(self, value: Any) -> int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise ValidationError("is not a whole number")
        if not self.least <= value <= self.most:
            raise ValidationError(f"is not between {self.least} and {self.most}")
        return value


class Truth(Written[bool]):
    """`true` or `false`."""

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise ValidationError("is neither true nor false")
        return value


class Choice(Written[StrEnum]):
    """One of a few words."""

    def __init__(self, choices: type[StrEnum], **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.choices = choices

    def read(self, value: Any) -> StrEnum:
        if not isinstance(value, str) or value not in list(self.choices):
            raise ValidationError(f"is not one of: {', '.join(self.choices)}")
        return self.choices(value)


class Reference(Written[UUID]):
    """The key or id of another entry; read as its id, whether or not that entry exists."""

    def __init__(self, kind: str, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.kind = kind

    def read(self, value: Any) -> UUID:
        if not is_key(value):
            raise ValidationError(f"{shown(value)} is not a key or an id")
        return derived_id(self.kind, value)


class WallTime(Written[time]):
    def read(self, value: Any) -> time:
        if not isinstance(value, str) or not re.fullmatch(r"([01]\d|2[0-3]):[0-5]\d", value):
            raise ValidationError(f"{shown(value)} is not a time of day like 09:00")
        return time.fromisoformat(value)


class Days(Written[tuple[int, ...]]):
    """A list of weekdays, or a group of them."""

    def read(self, value: Any) -> tuple[int, ...]:
        if isinstance(value, str) and value in GROUPS:
            return GROUPS[value]
        if not isinstance(value, list) or not value or any(day not in DAYS for day in value):
            raise ValidationError(f"is not a list of weekdays (monday, tuesday…) or one of: {', '.join(GROUPS)}")
        return tuple(DAYS.index(day) for day in value)


class Day(Written[date]):
    def read(self, value: Any) -> date:
        try:
            day = date.fromisoformat(value) if re.fullmatch(r"\d{4}-\d\d-\d\d", str(value)) else None
        except ValueError:
            day = None
        if day is None or day.year not in YEARS:
            raise ValidationError(f"{shown(value)} is not a day like 2027-01-31")
        return day


class Instant(Written[datetime]):
    """A date, a time and an offset from UTC; without the offset it would be anybody's guess."""

    def read(self, value: Any) -> datetime:
        try:
            moment = datetime.fromisoformat(value) if isinstance(value, str) else None
        except ValueError:
            moment = None
        if moment is None or moment.year not in YEARS:
            raise ValidationError(f"{shown(value)} is not a time like 2027-01-31T09:00:00+01:00")
        if moment.tzinfo is None:
            raise ValidationError(f"{shown(value)} lacks an offset from UTC, such as +01:00 at its end")
        return moment


class Amount(Written[Decimal]):
    """Money with at most two decimals, as text; a binary fraction has already lost the cents."""

    def read(self, value: Any) -> Decimal:
        text = str(value) if isinstance(value, int | str) and not isinstance(value, bool) else ""
        if not re.fullmatch(r"\d{1,7}(\.\d{1,2})?", text, re.ASCII):
            raise ValidationError(f'{shown(value)} is not an amount of money like "95.00"')
        return Decimal(text)


class Several(fields.List[Any]):
    """A list, read as a tuple."""

    default_error_messages = {**MISSING, "invalid": "is not a list"}  # noqa: RUF012 - marshmallow declares it

    def __init__(self, inner: Any, *, least: int = 0, **kwargs: Any) -> None:
        self.least = least
        if least:
            not_empty = validate.Length(min=least, error="is an empty list")
            super().__init__(inner, required=True, validate=not_empty, **kwargs)
        else:
            super().__init__(inner, load_default=(), **kwargs)

    def _deserialize(self, value: Any, attr: str | None, data: Mapping[str, Any] | None, **kwargs: Any) -> Any:
        if isinstance(value, list) and len(value) > MOST_ENTRIES:
            raise ValidationError(f"has {len(value)} entries; {MOST_ENTRIES} is the most")
        return tuple(super()._deserialize(value, attr, data, **kwargs))


class Part(fields.Nested):
    """An object within an object."""

    default_error_messages = {**MISSING, "type": "is not an object"}  # noqa: RUF012 - as above

    def __init__(self, schema: type[Schema], **kwargs: Any) -> None:
        super().__init__(schema, **{"required": "load_default" not in kwargs, **kwargs})


def _one_line(value: Any, longest: int) -> str:
    if not isinstance(value, str):
        raise ValidationError("is not text")
    text = value.strip()
    if not text:
        raise ValidationError("is blank")
    if len(text) > longest:
        raise ValidationError(f"has {len(text)} characters; {longest} is the most")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in text):
        raise ValidationError("has line breaks or control characters")
    return text
