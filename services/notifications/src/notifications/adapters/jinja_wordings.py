"""Words that staff write: read as Jinja, of which only a small and harmless part is allowed.

No calls, no attributes, no arithmetic, no loop but over lines (of the address, a series, a day): what is saved
ends at once and shows nothing that is not in `VARIABLES`. That is checked when saving, on the words and on guests of
every sort, and not left to sending.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, TemplateSyntaxError, meta, nodes
from jinja2.sandbox import ImmutableSandboxedEnvironment

from notifications.domain.gsm7 import segments, simplified
from notifications.domain.values import Channel
from notifications.domain.wordings import LONGEST_SUBJECT, LONGEST_TEXT, MOST_SEGMENTS, VARIABLES, Fault, Spot, Wording

_JINJA = ImmutableSandboxedEnvironment(
    undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True, autoescape=False
)
_JINJA.globals.clear()  # range and its like are names as unknown as any
_HARMLESS = (
    nodes.Template,
    nodes.Output,
    nodes.TemplateData,
    nodes.Name,
    nodes.Const,
    nodes.If,
    nodes.CondExpr,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Compare,
    nodes.Operand,
    nodes.Concat,
    nodes.Filter,
    nodes.For,
    nodes.Keyword,
)
_FILTERS = frozenset({"upper", "lower", "capitalize", "title", "trim", "join", "first", "last"})
_LOOPED = ("address", "sessions", "appointments")
_LINES = " or ".join(_LOOPED)


@lru_cache(maxsize=1000)
def compiled(source: str) -> Template:
    """The words, ready to be filled in; raises `TemplateError`."""
    return _JINJA.from_string(source)


def filled(source: str, context: Mapping[str, Any]) -> str:
    """The words about one booking; raises `TemplateError`."""
    return compiled(source).render(context).strip()


class JinjaChecker:
    """The `Checker`. `contexts` are guests and bookings of every sort: with all that there may be, with the least."""

    def __init__(self, contexts: Sequence[Mapping[str, Any]]) -> None:
        self._contexts = contexts

    def faults(self, spot: Spot, wording: Wording) -> Sequence[Fault]:
        parts = [("text", wording.text, LONGEST_TEXT)]
        if spot.channel is Channel.EMAIL:
            parts.insert(0, ("subject", wording.subject, LONGEST_SUBJECT))
        found = [
            Fault(part=part, problem=problem)
            for part, source, longest in parts
            for problem in self._problems(source, longest)
        ]
        if spot.channel is Channel.SMS:
            if wording.subject:
                found.append(Fault(part="subject", problem="a text message has none"))
            found += [] if found else self._too_long(wording.text)
        elif "\n" in wording.subject.strip():
            found.append(Fault(part="subject", problem="must be one line"))
        return found

    def _problems(self, source: str, longest: int) -> Iterator[str]:
        if not source.strip():
            yield "must say something"
            return
        if len(source) > longest:
            yield f"must have at most {longest} characters"
            return
        try:
            tree = _JINJA.parse(source)
        except TemplateSyntaxError as problem:
            yield f"line {problem.lineno}: {problem.message}"
            return
        except RecursionError:
            yield "nests too deep"
            return
        said = list(dict.fromkeys(_forbidden(tree)))
        if not said:
            said = [f"unknown: {name}" for name in sorted(meta.find_undeclared_variables(tree) - VARIABLES.keys())]
        yield from said or self._tried(source)

    def _tried(self, source: str) -> Iterator[str]:
        for context in self._contexts:
            try:
                if not filled(source, context):
                    yield "says nothing to some guests"
                    return
            except (TemplateError, TypeError, ValueError) as problem:
                yield f"does not work for some guests: {type(problem).__name__}"
                return

    def _too_long(self, source: str) -> list[Fault]:
        most = max(segments(simplified(filled(source, context))).count for context in self._contexts)
        if most <= MOST_SEGMENTS:
            return []
        return [Fault(part="text", problem=f"takes {most} parts for some guests, and {MOST_SEGMENTS} are the most")]


def _forbidden(tree: nodes.Template) -> Iterator[str]:
    for node in tree.find_all(nodes.Node):
        where = f"line {node.lineno}: "
        match node:
            case nodes.For() if not _is_over_lines(node):
                yield f"{where}a loop may only go over {_LINES}, and hold no other"
            case nodes.Filter() if node.name not in _FILTERS:
                yield f"{where}the filter {node.name[:40]} is not among {', '.join(sorted(_FILTERS))}"
            case _ if not isinstance(node, _HARMLESS):
                yield f"{where}{type(node).__name__} is not allowed; only names, if, for over {_LINES} and filters are"


def _is_over_lines(loop: nodes.For) -> bool:
    plain = isinstance(loop.iter, nodes.Name) and loop.iter.name in _LOOPED and isinstance(loop.target, nodes.Name)
    inner = any(True for part in loop.body for _ in part.find_all(nodes.For))
    inner = inner or any(isinstance(part, nodes.For) for part in loop.body)
    return plain and not inner and not loop.recursive and not loop.else_ and loop.test is None
