"""Other values for the fields of a JSON body, read from its schema: each differs from what was sent, and is valid."""

import re
import uuid
from collections.abc import Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import Any

Json = dict[str, Any]
Path = tuple[str, ...]

# Where a pattern or a meaning narrows text down further than a schema of JSON says.
_TEXTS = {
    "email": ("ana.other@example.com",),
    "phone": ("01 99 00 98 76", "01 99 00 98 77"),
    "locale": ("fr", "es"),
    "zone": ("Europe/London", "Europe/Paris"),
    "earliest": ("10:00", "10:30"),
    "latest": ("16:00", "16:30"),
}


class Schemas:
    """The schemas of one OpenAPI document."""

    def __init__(self, document: Json) -> None:
        self._document = document

    def keyed(self) -> Iterator[tuple[str, str, Json]]:
        """Return each operation that takes an Idempotency-Key: its id, its path, the schema of its body."""
        for path, operations in self._document["paths"].items():
            for method, operation in operations.items():
                parameters = [self.of(each) for each in operation.get("parameters", ())]
                if method == "post" and any(each["name"] == "Idempotency-Key" for each in parameters):
                    body = operation["requestBody"]["content"]["application/json"]["schema"]
                    yield operation["operationId"], path, body

    def of(self, schema: Json) -> Json:
        """Return the schema that a reference leads to; of alternatives the first that is not null."""
        while "$ref" in schema or "anyOf" in schema or "oneOf" in schema or "allOf" in schema:
            if "$ref" in schema:
                found: Any = self._document
                for step in schema["$ref"].removeprefix("#/").split("/"):
                    found = found[step]
                schema = found
            else:
                several = schema.get("anyOf") or schema.get("oneOf") or schema["allOf"]
                schema = next(each for each in several if each.get("type") != "null")
        return schema

    def changes(self, schema: Json, body: Json, at: Path = ()) -> Iterator[tuple[Path, Json]]:
        """Return the body once for each field of its schema, with another value there; new where there was none."""
        for name, field in self.of(schema)["properties"].items():
            meant = self.of(field)
            if isinstance(body.get(name), Mapping):
                for path, changed in self.changes(meant, body[name], (*at, name)):
                    yield path, {**body, name: changed}
                continue
            yield (*at, name), {**body, name: self.another(name, meant, body.get(name))}

    def another(self, name: str, schema: Json, value: Any) -> Any:
        """Return a valid value that is not this one."""
        schema = self.of(schema)
        kinds = schema.get("type", "string")
        kind = next(each for each in ([kinds] if isinstance(kinds, str) else kinds) if each != "null")
        if kind == "object":
            needed = schema.get("required", ())
            return {each: self.another(each, schema["properties"][each], None) for each in needed}
        if kind == "array":
            return [*(value or ()), self._unlike(name, schema["items"], value or [])]
        if kind == "boolean":
            return not value
        if kind == "integer":
            least, most = schema.get("minimum", 0), schema.get("maximum", 10_000)
            return next(
                each for each in ((value or least) + 1, most, most - 1, least) if each != value and each <= most
            )
        return self._text(name, schema, value)

    def _unlike(self, name: str, schema: Json, others: list[Any]) -> Any:
        """Return an entry that a list does not have yet."""
        found = self.another(name, schema, others[-1] if others else None)
        return self.another(name, schema, found) if found in others else found

    def _text(self, name: str, schema: Json, value: str | None) -> str:
        if "enum" in schema:
            return str(next(each for each in schema["enum"] if each not in {value, None}))
        if schema.get("format") == "uuid":
            return str(uuid.uuid4())
        if schema.get("format") == "date-time":
            moment = datetime.fromisoformat(value) if value else datetime.fromisoformat("2026-12-01T10:30:00+01:00")
            return (moment + timedelta(minutes=15)).isoformat()
        if schema.get("format") == "date":
            return (date.fromisoformat(value or "2027-06-01") + timedelta(days=1)).isoformat()
        known = _TEXTS.get(name, ("Someone else", "And another one"))
        found = next(each for each in known if each != value)
        pattern = schema.get("pattern")
        return found if pattern is None or re.search(pattern, found) else f"{value}A"
