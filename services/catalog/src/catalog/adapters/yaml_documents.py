"""YAML as people write it, with the line of every value.

Only what JSON can say is read: no tags, no merge keys. A plain `09:00` stays text (YAML 1.1 reads it as 540),
so do dates, and so does `95.00`, which must not become a binary fraction. `yes` and `no` stay text too.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from catalog.domain.problem import Place, Problem

_TRUTH = {"true": True, "false": False, "null": None, "~": None, "": None}


@dataclass(frozen=True, slots=True)
class YamlDocument:
    """The data, what was wrong with the writing itself, and where each value stands."""

    data: Any
    problems: tuple[Problem, ...] = ()
    lines: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Place) -> int:
        """The line of this place or, where it is missing from the document, of what should hold it."""
        while place and place not in self.lines:
            place = place[:-1]
        return self.lines.get(place, 1)


def read_yaml(text: str) -> YamlDocument:
    """Read one document. A text that is not YAML is a problem at its line, with no data."""
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        problem = Problem(place=(), message=f"is not YAML: {error.problem or error.context}")
        return YamlDocument(data=None, problems=(problem,), lines={(): mark.line + 1 if mark else 1})
    except yaml.YAMLError as error:
        return YamlDocument(data=None, problems=(Problem(place=(), message=f"is not YAML: {error}"),))
    reading = _Reading()
    data = reading.value(root, (), frozenset()) if root is not None else None
    return YamlDocument(data=data, problems=tuple(reading.problems), lines=reading.lines)


def write_yaml(document: Any) -> str:
    """The document as YAML that `read_yaml` reads as the same document."""
    text: str = yaml.dump(document, Dumper=_Dumper, allow_unicode=True, sort_keys=False, width=120)
    return text


class _Dumper(yaml.SafeDumper):
    """Repeats what occurs twice: an anchor in a file that people edit is a riddle."""

    def ignore_aliases(self, _data: Any) -> bool:
        return True


class _Reading:
    def __init__(self) -> None:
        self.problems: list[Problem] = []
        self.lines: dict[Place, int] = {}

    def value(self, node: yaml.Node, place: Place, above: frozenset[int]) -> Any:
        self.lines.setdefault(place, node.start_mark.line + 1)
        if id(node) in above:
            self.problems.append(Problem(place=place, message="refers to itself"))
            return None
        above |= {id(node)}
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, place, above)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(inner, (*place, index), above) for index, inner in enumerate(node.value)]
        return _scalar(str(node.value), plain=getattr(node, "style", None) is None)

    def _mapping(self, node: yaml.MappingNode, place: Place, above: frozenset[int]) -> dict[str, Any]:
        values: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            inner = (*place, key)
            if key in values:
                self.lines[inner] = key_node.start_mark.line + 1
                self.problems.append(Problem(place=inner, message="is written twice"))
            else:
                self.lines[inner] = key_node.start_mark.line + 1
                values[key] = self.value(value_node, inner, above)
        return values


def _scalar(text: str, *, plain: bool) -> Any:
    if not plain:  # quoted, or a block: text whatever it looks like
        return text
    if text in _TRUTH:
        return _TRUTH[text]
    return int(text) if re.fullmatch(r"-?(0|[1-9]\d{0,17})", text) else text
