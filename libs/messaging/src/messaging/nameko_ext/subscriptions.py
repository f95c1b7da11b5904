"""The `subscribe` entrypoint: events from one durable queue."""

import json
import time
from functools import partial
from typing import Any

import eventlet
import structlog
from kombu import Queue
from nameko.exceptions import ContainerBeingKilled
from nameko.extensions import Entrypoint

from messaging import wire
from messaging.nameko_ext.consuming import Consuming, Source

FIRST_PAUSE = 0.5
LONGEST_PAUSE = 15.0

log = structlog.stdlib.get_logger(__name__)


class Subscribe(Entrypoint):
    """Hands each event of a queue to the method, as it stands on the wire; acknowledges it when the method returns.

    Failures are the inbox's business. If the method raises all the same (`DatabaseAway`), nothing is acknowledged:
    the consumer pauses, longer each time, and the event goes back to the queue. The queue is declared by the topology;
    until it exists, the consumer waits for it.
    """

    consuming = Consuming()

    def __init__(self, queue: str, *, prefetch: int = 4, **options: Any) -> None:
        super().__init__(**options)
        self._queue = queue
        self._prefetch = prefetch
        self._pause = FIRST_PAUSE
        self._resume_at = 0.0

    def setup(self) -> None:
        queue = Queue(self._queue, no_declare=True)
        self.consuming.add(Source(queue=queue, prefetch=self._prefetch, arrived=self._arrived))

    def stop(self) -> None:
        self.consuming.pause()

    def _arrived(self, message: Any) -> None:
        while (left := self._resume_at - time.monotonic()) > 0:
            eventlet.sleep(left)
        body = _read(message)
        try:
            self.container.spawn_worker(
                self,
                (body,),
                {},
                context_data={wire.CORRELATION: _correlation(body)},
                handle_result=partial(self._done, message),
            )
        except ContainerBeingKilled:
            self.consuming.requeue(message)

    def _done(self, message: Any, _worker: Any, result: Any, exc_info: Any) -> tuple[Any, Any]:
        if exc_info is None:
            self._pause = FIRST_PAUSE
            self.consuming.ack(message)
        else:
            self._resume_at = time.monotonic() + self._pause
            log.warning("consumer pauses", queue=self._queue, seconds=self._pause, reason=exc_info[0].__name__)
            later = partial(self._give_back, message, self._pause)
            self.container.spawn_managed_thread(later, identifier=f"{self._queue}: give back")
            self._pause = min(LONGEST_PAUSE, self._pause * 2)
        return result, exc_info

    def _give_back(self, message: Any, seconds: float) -> None:
        # Held until the pause is over: given back at once, it would be delivered again at once.
        eventlet.sleep(seconds)
        self.consuming.requeue(message)


subscribe = Subscribe.decorator


def _read(message: Any) -> Any:
    """The body; what is no JSON becomes an object that no inbox can take for an event, so that it is parked."""
    raw = message.body.encode() if isinstance(message.body, str) else bytes(message.body)
    try:
        return json.loads(raw)
    except ValueError:
        return {"unreadable": raw.decode(errors="replace")}


def _correlation(body: Any) -> str | None:
    value = body.get("correlation_id") if isinstance(body, dict) else None
    return value if isinstance(value, str) else None
