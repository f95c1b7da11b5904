"""The table, for the terminal and for docs/benchmarks.md."""

from collections.abc import Sequence

from benchmarks.figures import Figure

HEAD = ("row", "what", "figure", "limit in the same run", "ratio", "target", "met")


def cells(figure: Figure) -> tuple[str, ...]:
    """One line of the table as text."""
    limit = "–" if figure.limit is None else f"{number(figure.limit)} {figure.unit} ({figure.limit_is})"
    ratio = "–" if figure.ratio is None else f"{figure.ratio:.2f}"
    met = {True: "yes", False: "NO", None: "–"}[figure.met]
    target = str(figure.target) if figure.target else "–" if figure.must_be is None else f"{figure.must_be:g}"
    what = f"{figure.what}; {figure.note}" if figure.note else figure.what
    return (figure.row, what, f"{number(figure.value)} {figure.unit}", limit, ratio, target, met)


def text(figures: Sequence[Figure]) -> str:
    """The table with aligned columns."""
    lines = [HEAD, *(cells(figure) for figure in figures)]
    widths = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    rows = ["  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines]
    rows.insert(1, "  ".join("-" * width for width in widths))
    return "\n".join(rows)


def markdown(figures: Sequence[Figure]) -> str:
    """The table as Markdown."""
    lines = [HEAD, tuple("---" for _ in HEAD), *(cells(figure) for figure in figures)]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def spent(figures: Sequence[Figure]) -> str:
    """What one request cost each process, one line for each figure that knows."""
    return "\n".join(
        f"{figure.row}, {figure.what}: "
        + ", ".join(f"{name} {cost:.2f}" for name, cost in figure.spent.items())
        + f"; together {sum(figure.spent.values()):.2f}"
        for figure in figures
        if figure.spent
    )


def number(value: float) -> str:
    """Three digits that matter, thousands apart."""
    if value >= 100 or value == 0:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"
