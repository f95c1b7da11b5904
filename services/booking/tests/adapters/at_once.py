"""Several who do something at the same moment."""

import threading
from collections.abc import Callable

from booking.domain.errors import Refused


def at_once(*work: Callable[[], object]) -> list[str]:
    """Do all of it at once, and return what came of each: "done" or the refusal's code."""
    outcomes, ready = [""] * len(work), threading.Barrier(len(work))

    def run(index: int, each: Callable[[], object]) -> None:
        ready.wait()
        try:
            each()
            outcomes[index] = "done"
        except Refused as refused:
            outcomes[index] = refused.code

    threads = [threading.Thread(target=run, args=pair) for pair in enumerate(work)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes
