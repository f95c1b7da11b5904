"""The contracts as data: read once, with a validator that knows the shared schemas."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from jsonschema import Draft202012Validator
from referencing import Registry, Resource

CONTRACTS = Path(__file__).parents[2] / "contracts"
NAMES = sorted(path.name.removesuffix(".schema.json") for path in (CONTRACTS / "events").glob("*.schema.json"))


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


def schema(name: str) -> Any:
    return read(CONTRACTS / "events" / f"{name}.schema.json")


def example(name: str) -> Any:
    return read(CONTRACTS / "events" / f"{name}.example.json")


@cache
def validator(name: str) -> Draft202012Validator:
    shared = [Resource.from_contents(read(path)) for path in (CONTRACTS / "shared").glob("*.schema.json")]
    registry: Registry[Any] = Registry().with_resources((str(item.id()), item) for item in shared)
    return Draft202012Validator(schema(name), registry=registry)


def problems(name: str, event: Any) -> list[str]:
    """What the contract has against this event, as `place: message`; nothing when it keeps it."""
    errors = validator(name).iter_errors(event)
    return [f"{error.json_path}: {error.message}" for error in errors]
