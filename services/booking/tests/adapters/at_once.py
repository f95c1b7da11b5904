"""Several who do something at the same moment."""

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor

from booking.domain.errors import Refused
from booking.settings import WORKERS


def at_once(*work: Callable[[], object]) -> list[str]:
    """Do all of it at once, and return what came of each: "done" or the refusal's code. An error is raised.

    As many are served at a time as a process has workers: it has connections for no more.
    """
    workers = min(len(work), WORKERS)
    ready = threading.Barrier(workers)
    with ThreadPoolExecutor(workers, initializer=ready.wait) as pool:
        done = [pool.submit(each) for each in work]
    return [_outcome(each) for each in done]


def _outcome(done: Future[object]) -> str:
    try:
        done.result()
    except Refused as refused:
        return refused.code
    return "done"
