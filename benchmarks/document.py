"""`python -m benchmarks.document`: write the last full runs into docs/benchmarks.md, between its markers.

Figures that people copy grow wrong; these are never written by hand.
"""

import re
import sys
from collections.abc import Mapping
from pathlib import Path

from launcher.options import ROOT
from launcher.problem import Problem, say_and_exit

from benchmarks import results, table
from benchmarks.run import BACKLOG, KEPT, PLANS, RESULTS

DOCUMENT = ROOT / "docs" / "benchmarks.md"


def main() -> None:
    """Put in what is there; exits with 1 and one clear line when it can't."""
    anyway = "--anyway" in sys.argv[1:]
    try:
        parts = {
            "figures": _run(RESULTS, anyway=anyway),
            "backlog": _run(BACKLOG, anyway=anyway),
            "peers": _run(KEPT / "peers.json", anyway=anyway),
            "plans": _plans(PLANS),
        }
        written = placed(DOCUMENT.read_text(encoding="utf-8"), parts)
    except Problem as problem:
        say_and_exit(problem)
    DOCUMENT.write_text(written, encoding="utf-8")
    told = [name for name, text in parts.items() if text]
    sys.stdout.write(f"{DOCUMENT.relative_to(ROOT)} now holds the last run's {', '.join(told) or 'nothing'}.\n")


def placed(document: str, parts: Mapping[str, str]) -> str:
    """Return the document with each part between its markers; an empty part leaves what stood there."""
    for name, text in parts.items():
        marked = re.compile(rf"(<!-- {name} -->\n).*?(<!-- /{name} -->)", flags=re.DOTALL)
        if not marked.search(document):
            raise Problem(f"{DOCUMENT.name} has no place for {name}: <!-- {name} --> … <!-- /{name} -->")
        if text:
            document = marked.sub(lambda found, text=text: f"{found[1]}{text}\n{found[2]}", document)  # type: ignore[misc]
    return document


def _run(path: Path, *, anyway: bool) -> str:
    if not path.exists():
        return ""
    told, figures = results.read(path)
    if told["quick"] and not anyway:
        raise Problem(f"{path} is of a quick run; make a whole one, or say --anyway.")
    machine = told["machine"]
    said = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in dict(machine).items())  # type: ignore[call-overload]
    lines = [f"Run of {told['at']} ({said}).", "", table.markdown(figures)]
    if spent := table.spent(figures):
        lines += ["", "Processor time that one of each cost every process, in milliseconds:", "", "```", spent, "```"]
    return "\n".join(lines)


def _plans(path: Path) -> str:
    return f"```\n{path.read_text(encoding='utf-8').strip()}\n```" if path.exists() else ""


if __name__ == "__main__":
    main()
