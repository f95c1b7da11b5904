"""A campaign in figures: operations, faults by kind, recovery, findings; as the table of docs/reliability.md."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from statistics import median

from tests.checker.verdict import KINDS
from tests.soak.conductor import Result

# The kinds of operations whose recovery is told: what a guest does most.
TOLD = ("look", "hold", "book", "cancel")


def summary(results: Sequence[Result]) -> str:
    """Return the figures as Markdown."""
    if not results:
        return "No seed was run."
    operations = [each for result in results for each in result.diary.operations]
    requests = sum(each.requests for each in operations)
    found = Counter(finding.kind for result in results for finding in result.findings)
    settled = sorted(result.settled_in for result in results)
    clean = sum(not result.findings for result in results)
    answered = sum(each.answered for each in operations)
    unanswered = sum(result.diary.unanswered for result in results)
    by_kind = ", ".join(f"{kind} {count}" for kind, count in Counter(each.kind for each in operations).most_common())
    lines = [
        f"seeds {results[0].seed} to {results[-1].seed}: {len(results)} run, {clean} clean",
        f"operations: {len(operations)}, {answered} of them with a definite answer in the end",
        f"requests: {requests}, {unanswered} of them answered by 503 or not at all",
        f"operations by kind: {by_kind}",
        f"settled after the last fault: median {median(settled):.1f} s, longest {settled[-1]:.1f} s",
        "findings: " + ", ".join(f"{kind} {found[kind]}" for kind in KINDS),
        f"unasked-for ends of processes: {sum(len(result.crashes) for result in results)}",
        "",
        "| fault | times | " + " | ".join(f"{kind} again after, median / worst" for kind in TOLD) + " |",
        "|---|---|" + "---|" * len(TOLD),
    ]
    times: Counter[str] = Counter()
    missed: Counter[str] = Counter()
    recovered: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    for result in results:
        for struck in result.struck:
            name = _name(struck.fault.kind, struck.fault.how)
            times[name] += 1
            missed[name] += not struck.reached
            for kind, seconds in struck.recovered.items():
                recovered[name][kind].append(seconds)
    for name in sorted(times):
        cells = [_cell(recovered[name][kind]) for kind in TOLD]
        lines.append(
            f"| {name} | {times[name] - missed[name]}{_of(times[name], missed[name])} | " + " | ".join(cells) + " |"
        )
    return "\n".join(lines)


def _name(kind: str, how: dict[str, object]) -> str:
    for detail in ("failpoint", "process", "mood", "direction"):
        if detail in how:
            return f"{kind}: {str(how[detail]).partition('.2')[0]}"
    return kind


def _of(times: int, missed: int) -> str:
    """Say how often the fault was prepared and nobody came by."""
    return f" of {times}" if missed else ""


def _cell(seconds: Sequence[float]) -> str:
    return f"{median(seconds):.2f} / {max(seconds):.2f} s" if seconds else "–"
