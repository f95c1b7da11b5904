"""`make soak`: SEEDS=100 how many, FIRST=1 the first of them, SEED=17 one alone, FAULTS="redis postgres.commit_cut"."""

import argparse
import os
import secrets
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from tests.checker.account import Finding
from tests.soak.arena import Arena
from tests.soak.conductor import Result, conduct
from tests.soak.disk import own_mounts
from tests.soak.plan import plan
from tests.soak.summary import summary


def main() -> None:
    """Run the seeds on one stack; exit 0 if nothing was found."""
    options = _options()
    own_mounts()
    seeds = [options.seed] if options.seed is not None else _seeds(options.first, options.seeds)
    say(f"seeds {seeds[0]} to {seeds[-1]}; replay one with: make soak SEED={seeds[0]}")
    with tempfile.TemporaryDirectory(prefix="slotwell-soak-", ignore_cleanup_errors=True) as folder:
        # PostgreSQL's own account has to pass.
        Path(folder).chmod(0o711)
        results = _campaign(Path(folder), seeds, only=options.faults.split())
    say(summary(results))
    sys.exit(any(result.findings for result in results) or len(results) < len(seeds))


def _campaign(folder: Path, seeds: Sequence[int], *, only: Sequence[str]) -> list[Result]:
    arena = Arena(folder)
    results: list[Result] = []
    known: set[Finding] = set()
    try:
        arena.start()
        for seed in seeds:
            planned = plan(seed, only=only)
            say(f"seed {seed}: {', '.join(map(str, planned.faults))}")
            result = conduct(arena, planned, known)
            known |= set(result.findings)
            results.append(result)
            say(result.line())
            if result.findings:
                say(f"the processes' logs: {arena.keep_log(f'seed-{seed}')}")
    finally:
        arena.stop()
    return results


def _seeds(first: int | None, count: int) -> list[int]:
    start = first if first is not None else secrets.randbelow(1_000_000)
    return list(range(start, start + count))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="make soak", description=__doc__)
    number = int
    parser.add_argument("--seeds", type=number, default=int(os.environ.get("SEEDS") or 100))
    parser.add_argument("--first", type=number, default=_number("FIRST"))
    parser.add_argument("--seed", type=number, default=_number("SEED"))
    parser.add_argument("--faults", default=os.environ.get("FAULTS", ""), help="only these kinds or families")
    return parser.parse_args()


def say(text: str) -> None:
    """Tell the person who waits, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def _number(name: str) -> int | None:
    text = os.environ.get(name, "")
    return int(text) if text else None


if __name__ == "__main__":
    main()
