"""The clinic file's schema as components of the API's document; the contract of the file is where it comes from."""

import copy
import json
from functools import cache
from importlib.resources import files
from typing import Any

Json = dict[str, Any]

PREFIX = "Clinic"
ENTRIES = ("Location", "Service", "Person", "Hours", "Room", "Equipment", "Places")
_UNITS = {"Room": "room", "Equipment": "equipment", "Places": "place"}


@cache
def clinic_components() -> Json:
    """Every object of the clinic file under its name here. As entries they have no `id`: the address has it."""
    text = files("gateway.openapi").joinpath("clinic-file.json").read_text(encoding="utf-8")
    schema: Json = json.loads(text)
    parts: Json = _renamed(schema["$defs"])
    whole = {name: _renamed(schema[name]) for name in ("title", "type", "properties", "required")}
    components = {f"{PREFIX}{name}": part for name, part in parts.items()}
    components["ClinicDocument"] = {**whole, "additionalProperties": False}
    for name in ENTRIES:
        components[f"{PREFIX}{name}Entry"] = _as_entry(parts[name], _UNITS.get(name))
    units = [{"$ref": f"#/components/schemas/{PREFIX}{name}Entry"} for name in _UNITS]
    components["ClinicResourceEntry"] = {"oneOf": units}
    return components


def _as_entry(part: Json, kind: str | None) -> Json:
    entry = copy.deepcopy(part)
    entry.pop("oneOf", None)
    entry["properties"].pop("id", None)
    if kind is not None:
        entry["properties"] = {"kind": {"const": kind}, **entry["properties"]}
        entry["required"] = ["kind", *entry["required"]]
    return entry


def _renamed(value: Any) -> Any:
    if isinstance(value, dict):
        return {
            key: inner.replace("#/$defs/", f"#/components/schemas/{PREFIX}") if key == "$ref" else _renamed(inner)
            for key, inner in value.items()
        }
    return [_renamed(inner) for inner in value] if isinstance(value, list) else value
