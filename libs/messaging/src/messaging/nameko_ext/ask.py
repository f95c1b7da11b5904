"""One question from a nameko service to another, over a connection of its own: for what is rarely asked.

A service that needed another one on its usual path would be as slow and as fragile as both; so there is no kept link.
"""

import json
import time
import uuid
from collections.abc import Mapping
from typing import Any

import eventlet
from kombu import Connection, Exchange, Queue
from runtime import correlation

from messaging import wire
from messaging.bus.errors import BrokerAway, DeadlinePassed, RemoteFault
from messaging.nameko_ext.link import LOST, connection_to


def ask(url: str, service: str, method: str, kwargs: Mapping[str, Any], *, timeout: float) -> Any:
    """Return the method's answer within `timeout` seconds, connecting included.

    Raises `BrokerAway`, `DeadlinePassed` or `RemoteFault`.
    """
    client = connection_to(url)
    asked: list[None] = []
    try:
        with eventlet.Timeout(timeout, TimeoutError("no answer in time")):
            return _exchange(client, service, method, kwargs, deadline=time.time() + timeout, asked=asked)
    except LOST as error:
        if asked:
            raise DeadlinePassed(f"{service}.{method} did not answer") from error
        raise BrokerAway(str(error)) from error


def _exchange(
    client: Connection, service: str, method: str, kwargs: Mapping[str, Any], *, deadline: float, asked: list[None]
) -> Any:
    connection = client.transport.establish_connection()
    answers: list[bytes] = []
    reply_to = f"answer-{uuid.uuid4().hex}"
    try:
        channel = client.transport.create_channel(connection)
        exchange = Exchange(wire.RPC_EXCHANGE, type="topic", durable=True)
        queue = Queue(reply_to, exchange=exchange, routing_key=reply_to, exclusive=True, auto_delete=True)
        queue(channel).declare()
        channel.basic_consume(
            reply_to, no_ack=True, callback=lambda message: answers.append(message.body), consumer_tag=reply_to
        )
        message = channel.prepare_message(
            wire.call_body(kwargs),
            content_type=wire.CONTENT_TYPE,
            content_encoding="utf-8",
            headers=wire.call_headers(correlation_id=correlation.current(), deadline=deadline),
            properties={"delivery_mode": wire.TRANSIENT, "reply_to": reply_to, "correlation_id": reply_to},
        )
        channel.basic_publish(message, exchange=wire.RPC_EXCHANGE, routing_key=f"{service}.{method}")
        asked.append(None)
        while not answers:
            connection.drain_events(timeout=None)
        # Cancelled first: a queue that goes away under its consumer is an error to the client.
        channel.basic_cancel(reply_to)
        channel.queue_delete(reply_to)
    finally:
        client.transport.close_connection(connection)
    answer = json.loads(answers[0])
    if answer["error"] is not None:
        raise RemoteFault(answer["error"]["exc_type"], answer["error"].get("value", ""))
    return answer["result"]
