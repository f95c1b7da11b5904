"""Servers that outlived their owner (its SIGKILL, on a system whose kernel does not tell them)."""

import signal
from collections.abc import Collection
from pathlib import Path

import psutil


def end_orphans(folder: Path, programs: Collection[str], how: signal.Signals, *, within_seconds: float) -> bool:
    """End processes of these programs that work in the folder; True when there were any.

    The caller holds the lock on the folder, so nobody else's server runs there.
    """
    orphans = _working_in(folder, programs)
    if not orphans:
        return False
    heads = [process for process in orphans if process.ppid() not in {other.pid for other in orphans}]
    for process in heads:
        _signal(process, how)
    _, alive = psutil.wait_procs(orphans, timeout=within_seconds)
    for process in alive:
        _signal(process, signal.SIGKILL)
    psutil.wait_procs(alive, timeout=10)
    return True


def _working_in(folder: Path, programs: Collection[str]) -> list[psutil.Process]:
    if not folder.exists():
        return []
    place = str(folder.resolve())
    found = []
    for process in psutil.process_iter():
        try:
            if process.name() in programs and process.cwd() == place:
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    try:
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return
