"""The document described: as a JSON Schema for programs and editors, and field by field for people.

`python -m catalog.manual` writes both into the repository: contracts/clinic-file.v1.schema.json with its copy in the
gateway, and the tables of docs/clinic-file.md below its mark. A test fails while they are not what it would write.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from marshmallow import Schema, fields

from catalog import fields as written
from catalog.documents import OPTIONAL, SECTIONS
from catalog.schemas.base import EntrySchema
from catalog.schemas.practitioner import HoursSchema, PersonSchema, TimeOffSchema
from catalog.schemas.requirement import Requirement
from catalog.schemas.service import TechniqueEntry, TechniqueSchema

Json = dict[str, Any]

MARK = "<!-- Below: written by `python -m catalog.manual`. -->\n"
_HEAD = "| field | meaning | value | without it |\n|---|---|---|---|\n"
_LINE = "string"
_WORDS = {"anyOf": [{"type": _LINE}, {"type": "object", "additionalProperties": {"type": _LINE}, "minProperties": 1}]}
_ALSO: tuple[type[Schema], ...] = (PersonSchema, HoursSchema, TimeOffSchema)


def json_schema() -> Json:
    """The whole document as a JSON Schema (2020-12). What it cannot say, such as overlaps, loading still refuses."""
    definitions: Json = {}
    sections = {name: _list_of(_reference(schema, definitions)) for name, (_, schema) in SECTIONS.items()}
    for schema in _ALSO:
        _reference(schema, definitions)
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:slotwell:contracts:clinic-file.v1",
        "title": "A clinic as one file",
        "type": "object",
        "properties": {"language": {"type": _LINE, "pattern": f"^{written.LANGUAGE.pattern}$"}, **sections},
        "required": [name for name in SECTIONS if name not in OPTIONAL],
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def markdown() -> str:
    """Every object of the document with its fields: what they mean, what they may be and what holds without them."""
    described = json_schema()["$defs"]
    parts = []
    for schema in _in_order():
        name = _name(schema)
        parts.append(
            f"### {name}\n\n{_first_line(schema)}\n\n| field | meaning | value | without it |\n|---|---|---|---|\n"
        )
        for field_name, field in schema().fields.items():
            key = field.data_key or field_name
            help_ = field.metadata.get("help", "")
            value = _spelled(described[name]["properties"][key])
            parts.append(f"| `{key}` | {help_} | {value} | {_default(field)} |\n")
        parts.append("\n")
    return "".join(parts).rstrip() + "\n"


def _in_order() -> Iterator[type[Schema]]:
    seen: list[type[Schema]] = []

    def walk(schema: type[Schema]) -> None:
        if schema in seen:
            return
        seen.append(schema)
        for field in schema().fields.values():
            for inner in _schemas_in(field):
                walk(inner)

    for _, schema in SECTIONS.values():
        walk(schema)
    yield from seen


def _schemas_in(field: Any) -> Iterator[type[Schema]]:
    if isinstance(field, fields.List):
        yield from _schemas_in(field.inner)
    elif isinstance(field, fields.Nested):
        yield type(field.schema)
    elif isinstance(field, Requirement):
        yield from Requirement.schemas.values()
    elif isinstance(field, TechniqueEntry):
        yield TechniqueSchema


def _reference(schema: type[Schema], definitions: Json) -> Json:
    name = _name(schema)
    if name not in definitions:
        definitions[name] = {}  # its own place, should it hold itself
        definitions[name] = _object(schema, definitions)
    return {"$ref": f"#/$defs/{name}"}


def _object(schema: type[Schema], definitions: Json) -> Json:
    own = {field.data_key or name: field for name, field in schema().fields.items()}
    described: Json = {
        "type": "object",
        "description": _first_line(schema),
        "properties": {name: _field(field, definitions) for name, field in own.items()},
        "required": [name for name, field in own.items() if field.required],
        "additionalProperties": False,
    }
    kinds = [kind for kind, of in Requirement.schemas.items() if of is schema]
    if kinds:
        described["properties"] = {"kind": {"const": kinds[0]}, **described["properties"]}
        described["required"] = ["kind", *described["required"]]
    if issubclass(schema, EntrySchema):
        described["oneOf"] = [{"required": ["key"]}, {"required": ["id"]}]
    return described


def _field(field: Any, definitions: Json) -> Json:
    described = _value(field, definitions)
    if field.allow_none:
        described = {"anyOf": [described, {"type": "null"}]}
    if field.metadata.get("help"):
        described = {**described, "description": field.metadata["help"]}
    return described


def _value(field: Any, definitions: Json) -> Json:  # noqa: PLR0911, PLR0912 - a line for each way of writing
    match field:
        case written.Several():
            least = {"minItems": field.least} if field.least else {}
            return {**_list_of(_value(field.inner, definitions)), **least}
        case fields.Nested():
            return _reference(type(field.schema), definitions)
        case Requirement():
            return {"anyOf": [_reference(schema, definitions) for schema in Requirement.schemas.values()]}
        case TechniqueEntry():
            return {"anyOf": [*_WORDS["anyOf"], _reference(TechniqueSchema, definitions)]}
        case written.Words():
            return _WORDS
        case written.Word():
            return {"type": _LINE, "pattern": f"^({field.pattern.pattern})$"}
        case written.Text():
            return {"type": _LINE, "minLength": 1, "maxLength": field.longest}
        case written.Count():
            return {"type": "integer", "minimum": field.least, "maximum": field.most}
        case written.Truth():
            return {"type": "boolean"}
        case written.Choice():
            return {"enum": [str(choice) for choice in field.choices]}
        case written.Reference():
            return {"type": _LINE, "pattern": "^[A-Za-z0-9-]{1,60}$"}
        case written.WallTime():
            return {"type": _LINE, "pattern": r"^([01]\d|2[0-3]):[0-5]\d$"}
        case written.Days():
            days = {"type": "array", "items": {"enum": list(written.DAYS)}, "minItems": 1}
            return {"anyOf": [days, {"enum": list(written.GROUPS)}]}
        case written.Day():
            return {"type": _LINE, "format": "date"}
        case written.Instant():
            return {"type": _LINE, "format": "date-time"}
        case written.Amount():
            return {"type": _LINE, "pattern": r"^\d{1,7}(\.\d{1,2})?$"}
        case fields.UUID():
            return {"type": _LINE, "format": "uuid"}
    raise TypeError(f"the manual cannot describe {type(field).__name__}")


def _list_of(items: Json) -> Json:
    return {"type": "array", "items": items}


def _spelled(described: Mapping[str, Any]) -> str:  # noqa: PLR0911 - as above
    """A schema in a word or two."""
    match described:
        case {"$ref": place}:
            name = str(place).rsplit("/", 1)[1]
            return f"[{name}](#{name.lower()})"
        case {"enum": values}:
            return ", ".join(f"`{value}`" for value in values)
        case {"type": "array", "items": items}:
            return f"list: {_spelled(items)}"
        case {"type": "integer", "minimum": least, "maximum": most}:
            return f"{least} to {most}"
        case {"type": "boolean"}:
            return "`true` or `false`"
        case {"type": "string", "format": form}:
            return {"date": "`2027-01-31`", "date-time": "time with offset", "uuid": "UUID"}[str(form)]
        case {"type": "string", "maxLength": most}:
            return f"text, {most} at most"
        case {"type": "string", "pattern": pattern}:
            return f"`{str(pattern).replace('|', chr(92) + '|')}`"
        case {"anyOf": options}:
            if _WORDS["anyOf"][0] in options and _WORDS["anyOf"][1] in options:
                rest = [_spelled(option) for option in options if option not in _WORDS["anyOf"]]
                return ", or ".join(["text, or by language", *rest])
            return ", or ".join(_spelled(option) for option in options if option != {"type": "null"})
    return "text"


def _default(field: Any) -> str:
    if field.required:
        return "**needed**"
    default = field.load_default
    if default in (None, ()) or not isinstance(default, int | str):
        return "–"
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"


def _name(schema: type[Schema]) -> str:
    return schema.__name__.removesuffix("Schema")


def _first_line(schema: type[Schema]) -> str:
    return (schema.__doc__ or "").strip().splitlines()[0]


def files(root: Path) -> Iterator[tuple[Path, str]]:
    """Every file that is written from here, with what must stand in it."""
    schema = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    yield root / "contracts" / "clinic-file.v1.schema.json", schema
    yield root / "gateway" / "src" / "gateway" / "openapi" / "clinic-file.json", schema
    manual = root / "docs" / "clinic-file.md"
    yield manual, manual.read_text(encoding="utf-8").split(MARK)[0] + MARK + "\n" + markdown()


if __name__ == "__main__":
    for path, text in files(Path.cwd()):
        path.write_text(text, encoding="utf-8")
