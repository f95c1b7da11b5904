"""Waiting until a gateway says that everything behind it is ready."""

import json
import time
import urllib.error
import urllib.request
from collections.abc import Callable

from launcher.problem import Problem

# A proxy that the machine is told to use is not for its own addresses.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def wait_ready(url: str, *, within_seconds: float, gone: Callable[[], bool] = lambda: False) -> None:
    """Return once `/readyz` misses no service, or when it is `gone`; raises Problem with what is not ready."""
    deadline = time.monotonic() + within_seconds
    while (missing := what_is_missing(url)) and not gone():
        if time.monotonic() > deadline:
            raise Problem(f"Not ready within {within_seconds:.0f} s: {missing}")
        time.sleep(0.1)


def what_is_missing(url: str) -> str:
    """What `/readyz` says is not ready; empty when all is.

    Stricter than its status, which is 200 as soon as guests can book: a start is over when every service has come.
    """
    try:
        with _direct.open(f"{url}/readyz", timeout=5) as answer:
            parts = json.load(answer)["parts"]
    except urllib.error.HTTPError as error:
        with error:
            return error.read().decode(errors="replace").strip() or f"status {error.code}"
    except (OSError, ValueError) as error:
        return str(error)
    # A part inside a service has a dotted name; it may be poorer, as one with a parked event is, and yet have started.
    return ", ".join(part["name"] for part in parts if not part["ok"] and "." not in part["name"])
