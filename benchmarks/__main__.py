"""`python -m benchmarks`: measure, print the table, keep the figures."""

import argparse
import os
import shutil
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from tempfile import mkdtemp

import psycopg2
from launcher.options import ROOT
from launcher.prerequisites import provide
from launcher.problem import Problem, say_and_exit
from servers import ServerFailed

from benchmarks import results, table
from benchmarks.figures import Figure
from benchmarks.ground import Ground
from benchmarks.rows import ROWS
from benchmarks.rows.memory import used
from benchmarks.run import BACKLOG, FULL, QUICK, RESULTS, Run
from benchmarks.wire import Unexpected


def main() -> None:
    """Run the rows that were asked for; exits with 1 and one clear line for each that can't be measured."""
    asked = _asked(sys.argv[1:])
    os.chdir(ROOT)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    folder = Path(mkdtemp(prefix="slotwell-bench-"))
    figures: list[Figure] = []
    try:
        provide()
        failed = _measured(asked, folder, figures)
    except KeyboardInterrupt:
        _show(figures)
        raise SystemExit(130) from None
    except (Problem, ServerFailed, Unexpected) as problem:
        say_and_exit(problem)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _show(figures)
    if failed:
        raise SystemExit(f"slotwell: not measured, and nothing kept: {', '.join(failed)}; the lines above say why.")
    results.keep(asked.json, figures, quick=asked.quick, rows=asked.rows)


def _measured(asked: argparse.Namespace, folder: Path, figures: list[Figure]) -> list[str]:
    """Measure into `figures`, and return the rows that could not be measured."""
    failed = []
    ground = Ground(folder)
    size = QUICK if asked.quick else FULL
    run = Run(ground=ground, size=replace(size, reminders=asked.reminders or size.reminders), figures=figures)
    run.say("starting the stack and the floor")
    ground.start()
    try:
        for name in asked.rows:
            run.say(f"— {name}")
            try:
                ROWS[name](run)
            except (Problem, ServerFailed, Unexpected, psycopg2.Error) as problem:
                run.say(f"{name} FAILED: {problem}")
                failed.append(name)
            if name == "booking" or not run.warm:
                run.warm = used(run)
    finally:
        run.say("stopping")
        ground.close()
    return failed


def _show(figures: Sequence[Figure]) -> None:
    sys.stdout.write(f"\n{table.text(figures)}\n")
    if spent := table.spent(figures):
        sys.stdout.write(f"\nProcessor time of one, ms:\n{spent}\n")


def _asked(arguments: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"all, unless named: {', '.join(ROWS)}")
    parser.add_argument("--quick", action="store_true", help="few and short rounds, for a look while developing")
    parser.add_argument("--json", type=Path, help="where to keep the figures")
    parser.add_argument("--reminders", type=int, help="how many fall due at once (100000, say)")
    asked = parser.parse_args(arguments)
    asked.rows = [name for part in asked.rows for name in part.replace(",", " ").split()] or list(ROWS)
    if unknown := [name for name in asked.rows if name not in ROWS]:
        parser.error(f"there is no row {', '.join(unknown)}; there are {', '.join(ROWS)}")
    asked.json = (asked.json or (BACKLOG if asked.reminders else RESULTS)).absolute()
    return asked


if __name__ == "__main__":
    main()
