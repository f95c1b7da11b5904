"""What a service consumes, over one link, each queue on its consumer's terms."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import structlog
from kombu import Queue
from nameko.extensions import SharedExtension

from messaging.nameko_ext.link import Link

log = structlog.stdlib.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A queue and what happens to a message from it. `arrived` runs in a greenlet of its own."""

    queue: Queue
    prefetch: int
    arrived: Callable[[Any], None]


class Consuming(SharedExtension):
    """The service's consuming link. Sources are added during `setup`; deliveries begin with `start`."""

    def __init__(self) -> None:
        self._sources: list[Source] = []
        self._tags: list[str] = []
        self._link: Link | None = None
        self._paused = False

    def add(self, source: Source) -> None:
        """Consume this too."""
        self._sources.append(source)

    def start(self) -> None:
        """Return when deliveries have begun, however long the broker keeps us waiting."""
        if self._link is not None or not self._sources:
            return
        self._link = Link(self.container.config["AMQP_URI"], self._open)
        self.container.spawn_managed_thread(self._link.run, identifier="broker: consuming")
        self._link.wait_until_open()

    @property
    def is_open(self) -> bool:
        """Whether deliveries reach us: the broker is there, or there is nothing to consume."""
        return not self._sources or (self._link is not None and self._link.channel is not None)

    def pause(self) -> None:
        """Take no more deliveries. Idempotent; what was delivered may still be settled."""
        if self._paused or self._link is None:
            return
        self._paused = True
        self._link.within(self._cancel)

    def stop(self) -> None:
        """Close the link; what is not settled goes to another consumer."""
        if self._link is not None:
            self._link.stop()

    def kill(self) -> None:
        self.stop()

    def ack(self, message: Any) -> None:
        """Done with it. If its link is gone, it comes again: consumers take duplicates."""
        self._settle(message, message.ack)

    def requeue(self, message: Any) -> None:
        """Give it back."""
        self._settle(message, message.requeue)

    def _settle(self, message: Any, settle: Callable[[], None]) -> None:
        link = self._link
        if link is None or message.channel.connection is None or not link.write(settle):
            log.info("delivery not settled, its link is gone", routing_key=message.delivery_info.get("routing_key"))

    def _open(self, channel: Any) -> None:
        self._tags = []
        for source in self._sources:
            # It holds for the consumers that begin after it: each source gets its own.
            channel.basic_qos(0, source.prefetch, False)
            source.queue(channel).declare()
            if not self._paused:
                deliver = partial(self._deliver, channel, source)
                self._tags.append(channel.basic_consume(source.queue.name, callback=deliver) or "")

    def _deliver(self, channel: Any, source: Source, raw: Any) -> None:
        message = channel.message_to_python(raw)
        name = f"{source.queue.name}: {message.delivery_info.get('routing_key')}"
        self.container.spawn_managed_thread(partial(source.arrived, message), identifier=name)

    def _cancel(self) -> None:
        if self._link is not None and (channel := self._link.channel) is not None:
            for tag in self._tags:
                channel.basic_cancel(tag)
