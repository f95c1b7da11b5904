import time

import pytest
from messaging.embedded.broker import Broker, Delivery, Message, Receipt, broker_for, matches


@pytest.fixture
def broker() -> Broker:
    broker = Broker()
    broker.declare_exchange("booking")
    broker.declare_queue("notifications")
    broker.bind("notifications", "booking", "booking.#")
    return broker


def message(key: str = "booking.booked.v1", *, expires_at: float | None = None) -> Message:
    return Message(exchange="booking", routing_key=key, body=b"{}", expires_at=expires_at)


def publish(broker: Broker, key: str = "booking.booked.v1") -> Receipt:
    receipt = broker.publish(message(key))
    assert receipt is not None
    return receipt


class Inbox:
    """A consumer that keeps what it gets."""

    def __init__(self, broker: Broker, queue: str = "notifications", *, prefetch: int = 0) -> None:
        self.held: list[Delivery] = []
        self.consumer = broker.consume(queue, self.held.append, prefetch=prefetch)

    @property
    def keys(self) -> list[str]:
        return [delivery.message.routing_key for delivery in self.held]


def committed(receipt: Receipt) -> bool:
    told: list[bool] = []
    receipt.when_done(lambda: told.append(True))
    return bool(told)


@pytest.mark.parametrize(
    ("pattern", "key", "taken"),
    [
        ("booking.#", "booking.booked.v1", True),
        ("booking.*", "booking.booked.v1", False),
        ("booking.*.v1", "booking.booked.v1", True),
        ("#", "booking.booked.v1", True),
        ("#.v1", "booking.booked.v1", True),
        ("booking.#.v1", "booking.v1", True),
        ("booking.booked.v1", "booking.booked.v1", True),
        ("booking.booked.v1", "booking.booked.v2", False),
        ("catalog.#", "booking.booked.v1", False),
    ],
)
def test_patterns_take_keys_as_in_amqp(pattern: str, key: str, taken: bool) -> None:
    assert matches(pattern, key) is taken


def test_a_message_that_no_queue_wants_is_refused(broker: Broker) -> None:
    assert broker.publish(message("catalog.changed")) is None
    assert broker.publish(Message(exchange="catalog", routing_key="booking.booked.v1", body=b"")) is None


def test_a_waiting_message_is_delivered_to_the_first_consumer(broker: Broker) -> None:
    publish(broker)
    assert Inbox(broker).keys == ["booking.booked.v1"]


def test_a_publish_is_done_when_every_consumer_has_acknowledged(broker: Broker) -> None:
    broker.declare_queue("gateway")
    broker.bind("gateway", "booking", "#")
    first, second = Inbox(broker), Inbox(broker, "gateway")
    receipt = publish(broker)
    first.held[0].ack()
    assert not committed(receipt)
    second.held[0].ack()
    assert committed(receipt)


def test_acknowledging_twice_counts_once(broker: Broker) -> None:
    broker.declare_queue("gateway")
    broker.bind("gateway", "booking", "#")
    inbox = Inbox(broker)
    receipt = publish(broker)
    inbox.held[0].ack()
    inbox.held[0].ack()
    assert not committed(receipt)


def test_what_is_given_back_comes_first_and_is_marked(broker: Broker) -> None:
    inbox = Inbox(broker, prefetch=1)
    publish(broker, "booking.first")
    publish(broker, "booking.second")
    inbox.held[0].requeue()
    assert inbox.keys == ["booking.first", "booking.first"]
    assert inbox.held[1].redelivered
    inbox.held[1].ack()
    assert inbox.keys[2:] == ["booking.second"]


def test_a_consumer_holds_no_more_than_its_prefetch(broker: Broker) -> None:
    inbox = Inbox(broker, prefetch=2)
    for number in range(5):
        publish(broker, f"booking.{number}")
    assert inbox.keys == ["booking.0", "booking.1"]
    inbox.held[0].ack()
    assert inbox.keys == ["booking.0", "booking.1", "booking.2"]


def test_two_consumers_share_a_queue(broker: Broker) -> None:
    one, other = Inbox(broker), Inbox(broker)
    for number in range(6):
        publish(broker, f"booking.{number}")
    assert len(one.held) == len(other.held) == 3


def test_what_a_dead_consumer_held_goes_to_the_next_in_order(broker: Broker) -> None:
    dying = Inbox(broker)
    for number in range(3):
        publish(broker, f"booking.{number}")
    dying.consumer.cancel(requeue=True)
    assert Inbox(broker).keys == ["booking.0", "booking.1", "booking.2"]


def test_an_acknowledgement_from_a_dead_consumer_changes_nothing(broker: Broker) -> None:
    dying = Inbox(broker)
    receipt = publish(broker)
    dying.consumer.cancel(requeue=True)
    dying.held[0].ack()
    assert not committed(receipt)
    assert Inbox(broker).keys == ["booking.booked.v1"]


def test_an_expired_call_is_not_delivered(broker: Broker) -> None:
    broker.publish(message("booking.late", expires_at=time.monotonic() - 1))
    publish(broker, "booking.in_time")
    assert Inbox(broker).keys == ["booking.in_time"]


def test_what_was_withdrawn_is_delivered_no_more(broker: Broker) -> None:
    inbox = Inbox(broker, prefetch=1)
    held, waiting = publish(broker, "booking.held"), publish(broker, "booking.waiting")
    held.withdraw()
    waiting.withdraw()
    inbox.held[0].requeue()
    assert inbox.keys == ["booking.held"]


def test_a_consumer_may_settle_while_it_is_being_fed(broker: Broker) -> None:
    seen: list[str] = []

    def take(delivery: Delivery) -> None:
        seen.append(delivery.message.routing_key)
        delivery.ack()

    for number in range(3):
        publish(broker, f"booking.{number}")
    broker.consume("notifications", take, prefetch=1)
    assert seen == ["booking.0", "booking.1", "booking.2"]


def test_an_address_names_one_broker_of_this_process() -> None:
    assert broker_for("embedded://a") is broker_for("embedded://a")
    assert broker_for("embedded://a") is not broker_for("embedded://b")
