"""Names that say nothing, files that say too much, and clinic words where they do not belong."""

import ast
import re
from collections.abc import Iterator

from tests.architecture.sources import LIBS, ROOT, SERVICES, python, shown, tracked, tree

WRITTEN_BY_HAND = {".py", ".js", ".ts", ".css", ".html", ".lua", ".sql"}
LONGEST = 400

SAYS_NOTHING = {"utils", "util", "helpers", "helper", "common", "misc", "manager", "managers"}
CLINIC = {
    "appointment", "booking", "bookings", "clinic", "couple", "couples", "guest", "guests", "massage", "patient",
    "physio", "practitioner", "practitioners", "reminder", "reminders", "therapist", "treatment",
}  # fmt: skip


def test_no_file_is_longer_than_400_lines() -> None:
    for path in tracked():
        if path.suffix in WRITTEN_BY_HAND:
            lines = len(path.read_text(encoding="utf-8").splitlines())
            assert lines <= LONGEST, f"{shown(path)} has {lines} lines"


def test_no_module_or_class_has_a_name_that_says_nothing() -> None:
    for path in python("libs", "services", "gateway", "deploy", "tests"):
        assert path.stem not in SAYS_NOTHING, shown(path)
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ClassDef):
                assert not re.search(r"(Manager|Helper|Utils?)$", node.name), f"{shown(path)}: {node.name}"


def test_no_lib_names_anything_of_a_clinic() -> None:
    for lib in LIBS:
        for path in python(f"libs/{lib}/src"):
            for name in (path.stem, *names(tree(path))):
                words = set(re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower().split("_"))
                assert not words & (CLINIC | set(SERVICES)), f"{shown(path)} names {name}"


def test_values_in_the_domain_are_frozen_and_slotted() -> None:
    for service in SERVICES:
        for path in python(f"services/{service}/src/{service}/domain"):
            for node in ast.walk(tree(path)):
                if isinstance(node, ast.ClassDef):
                    for options in dataclass_options(node):
                        assert {"frozen", "slots"} <= options, f"{shown(path)}: {node.name}"


def test_every_distribution_is_typed_and_licensed() -> None:
    for path in tracked():
        if path.name == "pyproject.toml" and path.parent != ROOT:
            assert list(path.parent.glob("src/*/py.typed")), shown(path)
            assert 'license = "MIT"' in path.read_text(encoding="utf-8"), shown(path)


def names(module: ast.Module) -> Iterator[str]:
    """Every name that the module gives: functions, classes, arguments, variables, attributes."""
    for node in ast.walk(module):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name):
                yield name


def dataclass_options(node: ast.ClassDef) -> Iterator[set[str]]:
    for decorator in node.decorator_list:
        call = decorator.func if isinstance(decorator, ast.Call) else decorator
        if isinstance(call, ast.Name) and call.id == "dataclass":
            keywords = decorator.keywords if isinstance(decorator, ast.Call) else []
            yield {word.arg for word in keywords if word.arg and ast.unparse(word.value) == "True"}
