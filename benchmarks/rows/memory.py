"""Memory of each process over the run: what only it uses, before the load and after it."""

import psutil

from benchmarks.figures import Figure, at_most
from benchmarks.run import Run

MB = 1024 * 1024


def memory(run: Run) -> None:
    """Hold what each process uses now against what it used when it was warm."""
    now = used(run)
    for name, before in run.warm.items():
        if name in now:
            run.add(
                Figure(
                    row=f"memory-{name}",
                    what=f"memory of {name} at the end",
                    unit="MB",
                    value=now[name],
                    limit=before,
                    limit_is="when warm",
                    target=at_most(1.25),
                )
            )


def used(run: Run) -> dict[str, float]:
    """Megabytes that each process has to itself."""
    processes = run.ground.stack.processes
    return {
        name: psutil.Process(process.pid).memory_full_info().uss / MB
        for name, process in processes.items()
        if process.running
    }
