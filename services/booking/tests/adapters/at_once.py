"""Several who do something at the same moment."""

import threading
from collections.abc import Callable

from booking.domain.errors import Refused
from booking.settings import WORKERS


def at_once(*work: Callable[[], object]) -> list[str]:
    """Do all of it at once, and return what came of each: "done", the refusal's code or, of an error, its text.

    As many are served at a time as a process has workers: it has connections for no more.
    """
    outcomes, ready = [""] * len(work), threading.Barrier(len(work))
    workers = threading.BoundedSemaphore(WORKERS)

    def run(index: int, each: Callable[[], object]) -> None:
        ready.wait()
        try:
            with workers:
                each()
            outcomes[index] = "done"
        except Refused as refused:
            outcomes[index] = refused.code
        except Exception as error:  # noqa: BLE001 - in a thread nobody else would tell it
            outcomes[index] = repr(error)

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
