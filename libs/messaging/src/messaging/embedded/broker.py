"""A broker in memory: topic exchanges, queues, consumers that are woken at once, confirms that mean "committed".

It keeps nothing over a restart, and loses nothing either: an event is confirmed only when every queue's consumer has
acknowledged it, so the outbox keeps what was not committed elsewhere. One thread only: all callers share the loop.
"""

import time
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Any
from urllib.parse import urlsplit


@dataclass(slots=True, kw_only=True)
class Message:
    """What was published. `expires_at` is in seconds of the monotonic clock."""

    exchange: str
    routing_key: str
    body: bytes
    properties: Mapping[str, Any] = field(default_factory=dict)
    headers: Mapping[str, Any] = field(default_factory=dict)
    expires_at: float | None = None


class Receipt:
    """Follows one published message until every queue that got it is done with it."""

    __slots__ = ("_copies", "_done", "open")

    def __init__(self) -> None:
        self.open = 0
        self._copies: list[tuple[Queue, Delivery]] = []
        self._done: Callable[[], None] | None = None

    def when_done(self, callback: Callable[[], None]) -> None:
        """Call back once all copies are acknowledged; at once if they are."""
        self._done = callback
        self._tell()

    def withdraw(self) -> None:
        """Take back the copies that are not settled, because they will be published again.

        What a consumer holds at this moment it may still acknowledge; if it gives it back, it is gone.
        """
        self._done = None
        for queue, copy in self._copies:
            copy.withdrawn = True
            queue.remove(copy)

    def add(self, queue: "Queue", copy: "Delivery") -> None:
        self.open += 1
        self._copies.append((queue, copy))

    def one_done(self) -> None:
        self.open -= 1
        self._tell()

    def _tell(self) -> None:
        if self.open == 0 and self._done is not None:
            done, self._done = self._done, None
            done()


class Delivery:
    """One copy of a message in one queue. Its consumer says `ack` or `requeue`, once."""

    __slots__ = ("_queue", "_receipt", "consumer", "message", "redelivered", "withdrawn")

    def __init__(self, message: Message, queue: "Queue", receipt: Receipt) -> None:
        self.message = message
        self.redelivered = False
        self.withdrawn = False
        self.consumer: Consumer | None = None
        self._queue = queue
        self._receipt = receipt

    def ack(self) -> None:
        """Done with it: it leaves the queue."""
        if self._queue.settle(self):
            self._receipt.one_done()
            self._queue.feed()

    def requeue(self) -> None:
        """Not done: it goes back to the head of the queue."""
        self.put_back()
        self._queue.feed()

    def put_back(self) -> None:
        """As `requeue`, but nobody gets it yet."""
        if self._queue.settle(self) and not self.withdrawn:
            self.redelivered = True
            self._queue.put_first(self)


Deliver = Callable[[Delivery], None]


class Consumer:
    """Takes deliveries from one queue, at most `prefetch` unsettled ones at a time (0: any number)."""

    __slots__ = ("_queue", "deliver", "prefetch", "unsettled")

    def __init__(self, queue: "Queue", deliver: Deliver, prefetch: int) -> None:
        self.deliver = deliver
        self.prefetch = prefetch
        self.unsettled: dict[Delivery, None] = {}
        self._queue = queue

    def has_room(self) -> bool:
        return not self.prefetch or len(self.unsettled) < self.prefetch

    def cancel(self, *, requeue: bool) -> None:
        """Take no more. With `requeue`, what is unsettled goes back: its consumer is gone."""
        self._queue.leave(self)
        if requeue:
            for delivery in reversed(list(self.unsettled)):
                delivery.put_back()
            self._queue.feed()


class Queue:
    """First in, first out, to whichever consumer has room."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.bindings: set[tuple[str, str]] = set()
        self._ready: deque[Delivery] = deque()
        self._consumers: deque[Consumer] = deque()
        self._feeding = False

    def __len__(self) -> int:
        return len(self._ready)

    def put(self, message: Message, receipt: Receipt) -> None:
        copy = Delivery(message, self, receipt)
        receipt.add(self, copy)
        self._ready.append(copy)

    def put_first(self, copy: Delivery) -> None:
        self._ready.appendleft(copy)

    def remove(self, copy: Delivery) -> None:
        if copy in self._ready:
            self._ready.remove(copy)

    def join(self, consumer: Consumer) -> None:
        self._consumers.append(consumer)
        self.feed()

    def leave(self, consumer: Consumer) -> None:
        if consumer in self._consumers:
            self._consumers.remove(consumer)

    def settle(self, copy: Delivery) -> bool:
        """Free the consumer's place; False if it was free already (acknowledged twice, or its consumer is gone)."""
        consumer, copy.consumer = copy.consumer, None
        if consumer is None:
            return False
        del consumer.unsettled[copy]
        return True

    def feed(self) -> None:
        """Deliver what can be delivered."""
        if self._feeding:  # a consumer that settles inside `deliver` leads back here
            return
        self._feeding = True
        try:
            while self._ready and (consumer := self._next_consumer()) is not None:
                copy = self._ready.popleft()
                copy.consumer = consumer
                consumer.unsettled[copy] = None
                if copy.message.expires_at is not None and copy.message.expires_at <= time.monotonic():
                    copy.ack()
                else:
                    consumer.deliver(copy)
        finally:
            self._feeding = False

    def _next_consumer(self) -> Consumer | None:
        for _ in range(len(self._consumers)):
            self._consumers.rotate(-1)
            if self._consumers[-1].has_room():
                return self._consumers[-1]
        return None


class Broker:
    """Exchanges and queues of one process."""

    def __init__(self) -> None:
        self.exchanges: set[str] = set()
        self.queues: dict[str, Queue] = {}
        self._numbers = count(1)

    def declare_exchange(self, name: str) -> None:
        """Create a topic exchange, unless it is there."""
        self.exchanges.add(name)

    def declare_queue(self, name: str = "") -> Queue:
        """Create a queue, unless it is there; without a name it gets one."""
        name = name or f"amq.gen-{next(self._numbers)}"
        return self.queues.setdefault(name, Queue(name))

    def delete_queue(self, name: str) -> None:
        """Forget a queue and what is in it."""
        self.queues.pop(name, None)

    def bind(self, queue: str, exchange: str, pattern: str) -> None:
        """Route what `exchange` gets under keys that `pattern` takes. `KeyError` if the queue is missing."""
        self.queues[queue].bindings.add((exchange, pattern))

    def consume(self, queue: str, deliver: Deliver, *, prefetch: int = 0) -> Consumer:
        """Begin to deliver. `deliver` must not block. `KeyError` if the queue is missing."""
        consumer = Consumer(self.queues[queue], deliver, prefetch)
        self.queues[queue].join(consumer)
        return consumer

    def publish(self, message: Message) -> Receipt | None:
        """Put a copy into every queue that is bound for it; None if there is none."""
        queues = [queue for queue in self.queues.values() if self._takes(queue, message)]
        if not queues:
            return None
        receipt = Receipt()
        for queue in queues:
            queue.put(message, receipt)
        for queue in queues:
            queue.feed()
        return receipt

    def _takes(self, queue: Queue, message: Message) -> bool:
        if not message.exchange:  # the default exchange: the key is the queue's name
            return queue.name == message.routing_key
        return any(
            exchange == message.exchange and matches(pattern, message.routing_key)
            for exchange, pattern in queue.bindings
        )


def matches(pattern: str, key: str) -> bool:
    """Whether a topic pattern takes a routing key: `*` is one word, `#` any number of them."""
    if pattern == key:
        return True
    return _match(pattern.split("."), key.split("."))


def _match(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    first, rest = pattern[0], pattern[1:]
    if first == "#":
        return any(_match(rest, words[skipped:]) for skipped in range(len(words) + 1))
    return bool(words) and first in ("*", words[0]) and _match(rest, words[1:])


_brokers: dict[str, Broker] = {}


def broker_for(url: str) -> Broker:
    """The broker of this process that `embedded://name` means; it begins to exist when first asked for."""
    return _brokers.setdefault(urlsplit(url).netloc, Broker())
