"""The clients' process: apart from the one that watches the stack, so that neither waits for the other."""

import multiprocessing
from collections.abc import Callable, Coroutine
from concurrent.futures import ProcessPoolExecutor
from typing import Any, ParamSpec, TypeVar

import uvloop

P = ParamSpec("P")
T = TypeVar("T")


class Driver:
    """Runs one load after the other in a process of its own."""

    def __init__(self) -> None:
        # Fresh, not forked: the parent has threads.
        self._pool = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"))

    def run(self, load: Callable[P, Coroutine[Any, Any, T]], *args: P.args, **kwargs: P.kwargs) -> T:
        """Run the coroutine function to its end and return what it returns."""
        return self._pool.submit(_run, load, args, kwargs).result()

    def close(self) -> None:
        self._pool.shutdown(cancel_futures=True)


def _run(load: Callable[..., Coroutine[Any, Any, T]], args: Any, kwargs: Any) -> T:
    return uvloop.run(load(*args, **kwargs))
