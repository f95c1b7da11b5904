"""Servers that outlived their owner (its SIGKILL, on a system whose kernel does not tell them)."""

import signal
import time
from collections.abc import Collection, Sequence
from pathlib import Path

import psutil


def end_orphans(folder: Path, programs: Collection[str], how: signal.Signals, *, within_seconds: float) -> bool:
    """End processes of these programs that work in the folder; True when there were any.

    The caller holds the lock on the folder, so nobody else's server runs there.
    """
    orphans = _working_in(folder, programs)
    if not orphans:
        return False
    all_of_them = {process.pid for process in orphans}
    for process in [one for one in orphans if _parent(one) not in all_of_them]:
        _signal(process, how)
    for process in wait_gone(orphans, within_seconds=within_seconds):
        _signal(process, signal.SIGKILL)
    wait_gone(orphans, within_seconds=10)
    return True


def wait_gone(processes: Sequence[psutil.Process], *, within_seconds: float) -> Sequence[psutil.Process]:
    """Wait for processes to end and return those that did not in time.

    psutil's own way waits in `select.poll`, which eventlet takes away.
    """
    deadline = time.monotonic() + within_seconds
    while (left := [one for one in processes if _lives(one)]) and time.monotonic() < deadline:
        time.sleep(0.02)
    return left


def _lives(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


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


def _parent(process: psutil.Process) -> int | None:
    try:
        return process.ppid()
    except psutil.NoSuchProcess:  # it ended since we looked
        return None


def _signal(process: psutil.Process, how: signal.Signals) -> None:
    try:
        process.send_signal(how)
    except psutil.NoSuchProcess:
        return
