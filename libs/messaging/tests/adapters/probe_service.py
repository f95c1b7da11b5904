"""A service that does as it is told, and a process to run it in: `python probe_service.py <url>`.

What it does with an event stands in the event's data: {"fail": n} raises n times, {"wait": s} takes s seconds,
{"die": true} kills the process at the first delivery.
"""

import os
import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import eventlet
from messaging import deadline
from messaging.green import patch
from messaging.inbox import DatabaseAway
from messaging.nameko_ext import every, rpc, run_service, subscribe
from runtime import correlation
from runtime.pulse import Pulse

QUEUE = "probe.events.v1"


class ProbeService:
    name = "probe"

    handled: list[dict[str, Any]] = []  # noqa: RUF012  the service lives as long as its class
    deliveries: Counter[str] = Counter()  # noqa: RUF012
    correlations: list[str | None] = []  # noqa: RUF012
    counted = 0
    ticks = 0

    @rpc
    def echo(self, **kwargs: Any) -> dict[str, Any]:
        return {"ok": kwargs}

    @rpc
    def context(self) -> dict[str, Any]:
        return {"correlation_id": correlation.current(), "remaining": deadline.remaining(), "pid": os.getpid()}

    @rpc
    def sleep(self, seconds: float) -> dict[str, Any]:
        eventlet.sleep(seconds)
        return {"ok": seconds}

    @rpc
    def count(self) -> dict[str, Any]:
        ProbeService.counted += 1
        return {"ok": ProbeService.counted}

    @rpc
    def late(self, seconds: float) -> dict[str, Any]:
        eventlet.sleep(seconds)
        deadline.check()
        ProbeService.counted += 1
        return {"ok": ProbeService.counted}

    @rpc
    def fault(self) -> None:
        raise ValueError("Ada Lovelace, +33 6 12 34 56 78")

    @rpc
    def unserializable(self) -> object:
        return object()

    @rpc
    def seen(self) -> dict[str, Any]:
        return {
            "handled": self.handled,
            "deliveries": dict(self.deliveries),
            "correlations": self.correlations,
            "counted": self.counted,
            "ticks": self.ticks,
        }

    @subscribe(QUEUE)
    def happened(self, body: dict[str, Any]) -> None:
        data = body.get("data", {})
        self.deliveries[body["id"]] += 1
        if data.get("die") and not Path(data["die"]).exists():
            Path(data["die"]).touch()
            os.kill(os.getpid(), signal.SIGKILL)
        if self.deliveries[body["id"]] <= data.get("fail", 0):
            raise DatabaseAway
        eventlet.sleep(data.get("wait", 0))
        self.handled.append(body)
        self.correlations.append(correlation.current())

    @every(seconds=0.2)
    def tick(self) -> None:
        ProbeService.ticks += 1
        if ProbeService.ticks % 2:
            raise DatabaseAway


def config(url: str) -> dict[str, Any]:
    return {"AMQP_URI": url, "max_workers": 4}


if __name__ == "__main__":
    patch()
    url, *pulse_file = sys.argv[1:]
    run_service(ProbeService, config(url), pulse=Pulse(*pulse_file, every_seconds=0.2))
