"""A run's figures as JSON: kept for docs/benchmarks.md and for whoever compares."""

import json
import os
import platform
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import psutil

from benchmarks.figures import Figure, Target


def keep(path: Path, figures: Sequence[Figure], *, quick: bool, rows: Sequence[str]) -> None:
    """Write the figures, and what was asked of which machine."""
    kept = {
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": quick,
        "rows": list(rows),
        "machine": machine(),
        "figures": [asdict(figure) | {"ratio": figure.ratio, "met": figure.met} for figure in figures],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(kept, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"\nKept in {path}.\n")


def read(path: Path) -> tuple[dict[str, object], list[Figure]]:
    """What was kept: the run, and its figures."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    figures = []
    for told in kept.pop("figures"):
        values = {name: value for name, value in told.items() if name not in {"ratio", "met"}}
        target = Target(**values["target"]) if values["target"] else None
        figures.append(Figure(**values | {"target": target, "rounds": tuple(values["rounds"])}))
    return kept, figures


def machine() -> dict[str, object]:
    """The machine in general words."""
    return {
        "cores": os.cpu_count(),
        "memory_gb": round(psutil.virtual_memory().total / 1e9),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
    }
