"""Fields that say exactly what they take. marshmallow's own are lenient: they read "yes" as true and "60" as 60."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime
from functools import cache
from typing import Any
from zoneinfo import available_timezones

from marshmallow import fields, validate

_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
# RFC 3339, section 5.6. The seconds may be left out, and the offset is missed by name.
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?(?P<offset>[Zz]|[+-]\d{2}:\d{2})?", re.ASCII
)
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_FIRST, _LAST = datetime(2000, 1, 1, tzinfo=UTC), datetime(2200, 1, 1, tzinfo=UTC)
_CONTROL = "\\u0000-\\u001f\\u007f-\\u009f\\u2028\\u2029"
# Half of a surrogate pair is no character: UTF-8 and PostgreSQL refuse it, as PostgreSQL does NUL.
_UNPRINTABLE = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_ONE_LINE = f"^[^{_CONTROL}]*[^{_CONTROL}\\s][^{_CONTROL}]*$"

Messages = dict[str, Any]

REQUIRED: Messages = {"required": "is missing", "null": "must not be null"}
_TEXT: Messages = {
    **REQUIRED,
    "invalid": "must be text",
    "blank": "must not be blank",
    "unprintable": "must not contain line breaks or other control characters",
}
_ID: Messages = {**REQUIRED, "invalid": "must be an id such as 3f2b8c1e-5d7a-4c1b-9a60-0d9e6f1c2b7a"}
_MOMENT: Messages = {
    **REQUIRED,
    "invalid": "must be a time such as 2026-12-01T09:30:00+01:00",
    "offset": "needs an offset: add Z for UTC, or one such as +01:00",
    "range": "must lie between the years 2000 and 2200",
}
_DAY: Messages = {
    **REQUIRED,
    "invalid": "must be a day such as 2026-12-01",
    "range": "must lie between the years 2000 and 2200",
}
_WHOLE: Messages = {**REQUIRED, "invalid": "must be a whole number"}
_TRUTH: Messages = {**REQUIRED, "invalid": "must be true or false"}
_ZONE: Messages = {**REQUIRED, "invalid": "must be a time zone such as Europe/Paris"}


class _Read(fields.Field[Any]):
    """A field that is read from its value alone."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **_: Any) -> Any:  # noqa: ARG002  # marshmallow's
        return self.read(value)

    def read(self, value: Any) -> Any:
        """What `value` says. Raises ValidationError."""
        raise NotImplementedError


class Text(_Read, fields.String):
    """One line for people: not blank, no control characters."""

    default_error_messages = _TEXT

    _form: str | None = _ONE_LINE

    def __init__(self, *, most: int, pattern: str | None = None, **more: Any) -> None:
        checks: list[Callable[[str], Any]] = [
            validate.Length(min=1, max=most, error="must have at most {max} characters")
        ]
        if pattern is not None:
            checks.append(validate.Regexp(pattern, error="is not of the expected form"))
        form = pattern or self._form
        metadata = {**({"pattern": form} if form else {}), **more.pop("metadata", {})}
        super().__init__(validate=checks, metadata=metadata, **more)

    def read(self, value: Any) -> str:
        if not isinstance(value, str):
            raise self.make_error("invalid")
        if _UNPRINTABLE.search(value):
            raise self.make_error("unprintable")
        if not value.strip():
            raise self.make_error("blank")
        return value


class Prose(Text):
    """Several lines for people: not blank, and of control characters only ends of lines."""

    _form = None

    def read(self, value: Any) -> str:
        if isinstance(value, str):
            super().read(value.replace("\r\n", " ").replace("\n", " "))
            return value.replace("\r\n", "\n")
        return super().read(value)


class Id(_Read, fields.String):
    """A UUID in its usual spelling."""

    default_error_messages = _ID

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "uuid", **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> str:
        if not is_id(value):
            raise self.make_error("invalid")
        return str(value).lower()


class Instant(_Read, fields.String):
    """A moment: ISO 8601 with an offset. Becomes an aware datetime."""

    default_error_messages = _MOMENT

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "date-time", **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> datetime:
        written = _INSTANT.fullmatch(value) if isinstance(value, str) else None
        if written is None:
            raise self.make_error("invalid")
        if written["offset"] is None:
            raise self.make_error("offset")
        try:
            moment = datetime.fromisoformat(value.upper())
            inside = _FIRST <= moment < _LAST
        except (ValueError, OverflowError) as problem:
            raise self.make_error("invalid") from problem
        if not inside:
            raise self.make_error("range")
        return moment


class InstantInQuery(Instant):
    """The same in an address, where the + of an offset reads as a space unless it was written %2B."""

    def read(self, value: Any) -> datetime:
        return super().read(value.replace(" ", "+"))


class Date(_Read, fields.String):
    """A day on a calendar. Becomes a date."""

    default_error_messages = _DAY

    def __init__(self, **more: Any) -> None:
        super().__init__(metadata={"format": "date", **more.pop("metadata", {})}, **more)

    def read(self, value: Any) -> date:
        if not isinstance(value, str) or not _DATE.fullmatch(value):
            raise self.make_error("invalid")
        try:
            day = date.fromisoformat(value)
        except ValueError as problem:
            raise self.make_error("invalid") from problem
        if not _FIRST.date() <= day < _LAST.date():
            raise self.make_error("range")
        return day


class Whole(_Read, fields.Integer):
    """A whole number within bounds. True is no number, and neither is "60"."""

    default_error_messages = _WHOLE

    def __init__(self, *, least: int, most: int, **more: Any) -> None:
        bounds = validate.Range(min=least, max=most, error="must be from {min} to {max}")
        super().__init__(validate=bounds, **more)

    def read(self, value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int | float) or value != int(value):
            raise self.make_error("invalid")
        return int(value)


class WholeInQuery(Whole):
    """The same in an address, where everything is text."""

    def read(self, value: Any) -> int:
        if not (value.isascii() and value.isdigit() and len(value) <= 9):
            raise self.make_error("invalid")
        return int(value)


class Truth(_Read, fields.Boolean):
    """true or false, and nothing that merely sounds like it."""

    default_error_messages = _TRUTH

    def read(self, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid")
        return value


class TruthInQuery(Truth):
    """The same in an address, where everything is text."""

    def read(self, value: Any) -> bool:
        if value not in {"true", "false"}:
            raise self.make_error("invalid")
        return bool(value == "true")


class Choice(fields.String):
    """One of a few words."""

    default_error_messages = _TEXT

    def __init__(self, *choices: str, **more: Any) -> None:
        super().__init__(validate=validate.OneOf(choices, error="must be one of: {choices}"), **more)


class Zone(_Read, fields.String):
    """The IANA name of a time zone."""

    default_error_messages = _ZONE

    def read(self, value: Any) -> str:
        if not isinstance(value, str) or value not in _zones():
            raise self.make_error("invalid")
        return value


def is_id(value: object) -> bool:
    """Whether this is a UUID in its usual spelling."""
    return isinstance(value, str) and _UUID.fullmatch(value) is not None


@cache
def _zones() -> frozenset[str]:
    return frozenset(available_timezones())
