"""The topology names every exchange, and routes every event to those who must have it."""

from tests.contracts.contract_files import CONTRACTS, NAMES, read

TOPOLOGY = read(CONTRACTS / "topology.json")
QUEUES = {queue["name"]: queue for queue in TOPOLOGY["queues"]}


def matches(pattern: str, key: str) -> bool:
    """Whether a binding's pattern takes a routing key: `*` one word, `#` (last) the rest."""
    wanted, given = pattern.split("."), key.split(".")
    if wanted[-1] == "#":
        wanted, given = wanted[:-1], given[: len(wanted) - 1]
    return len(wanted) == len(given) and all(want in ("*", have) for want, have in zip(wanted, given, strict=True))


def receivers(name: str) -> set[str]:
    exchange = name.split(".", maxsplit=1)[0]
    return {
        queue["name"]
        for queue in TOPOLOGY["queues"]
        for binding in queue["bindings"]
        if binding["exchange"] == exchange and matches(binding["key"], name)
    }


def test_every_event_has_an_exchange_and_at_least_one_queue() -> None:
    for name in NAMES:
        assert name.split(".")[0] in TOPOLOGY["exchanges"]
        assert receivers(name), f"nobody would receive {name}"


def test_catalog_events_reach_booking_and_bookings_reach_notifications() -> None:
    assert receivers("catalog.location_changed.v1") == {"booking.catalog.v1"}
    assert receivers("booking.booked.v1") == {"notifications.booking.v1"}
    assert receivers("booking.rescheduled.v1") == {"notifications.booking.v1"}


def test_every_binding_without_a_wildcard_names_a_contract() -> None:
    keys = {binding["key"] for queue in TOPOLOGY["queues"] for binding in queue["bindings"]}
    assert {key for key in keys if "#" not in key and "*" not in key} <= set(NAMES)


def test_a_consumers_queue_is_a_quorum_queue_that_drops_nothing() -> None:
    for queue in TOPOLOGY["queues"]:
        assert queue["arguments"]["x-queue-type"] == "quorum"
        if queue["bindings"]:
            assert queue["arguments"]["x-delivery-limit"] > 0
            assert queue["arguments"]["x-dead-letter-routing-key"] in QUEUES
            assert queue["arguments"]["x-dead-letter-strategy"] == "at-least-once"


def test_a_queues_name_carries_a_version_because_its_arguments_cannot_change() -> None:
    assert all(name.rsplit(".", 1)[1].removeprefix("v").isdigit() for name in QUEUES)
