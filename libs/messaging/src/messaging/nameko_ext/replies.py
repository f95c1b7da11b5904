"""Answers to calls: transient, unconfirmed, over one kept link.

nameko opens a confirmed publish for each of them. An answer that is lost is a question asked again, and the link that
carries answers is not the one that consumes: a broker that is short of memory blocks publishers, not consumers.
"""

from typing import Any

import structlog
from nameko.extensions import SharedExtension

from messaging import wire
from messaging.nameko_ext.link import Link

log = structlog.stdlib.get_logger(__name__)


class Replies(SharedExtension):
    """Sends answers."""

    def __init__(self) -> None:
        self._link: Link | None = None

    def start(self) -> None:
        if self._link is None:
            self._link = Link(self.container.config["AMQP_URI"], self._open)
            self.container.spawn_managed_thread(self._link.run, identifier="broker: replies")

    def stop(self) -> None:
        if self._link is not None:
            self._link.stop()

    def kill(self) -> None:
        self.stop()

    def send(self, body: bytes, *, reply_to: str, correlation_id: str | None, patience: float) -> None:
        """Send an answer, waiting at most `patience` seconds for the broker; after that nobody waits for it."""
        link = self._link
        if link is None or not link.wait_until_open(patience):
            log.warning("answer dropped: the broker is away", call_id=correlation_id)
            return

        def publish() -> None:
            channel = link.channel
            message = channel.prepare_message(
                body,
                content_type=wire.CONTENT_TYPE,
                content_encoding="utf-8",
                properties={"delivery_mode": wire.TRANSIENT, "correlation_id": correlation_id},
            )
            channel.basic_publish(message, exchange=wire.RPC_EXCHANGE, routing_key=reply_to)

        link.write(publish)

    def _open(self, channel: Any) -> None:
        channel.exchange_declare(exchange=wire.RPC_EXCHANGE, type="topic", durable=True, auto_delete=False)
