"""The private RabbitMQ, on the machine's programs."""

from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
from servers import RabbitMQ, ServerFailed


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RabbitMQ]:
    server = RabbitMQ(tmp_path_factory.mktemp("my broker") / "rabbitmq")
    server.start()
    yield server
    server.discard()


def test_it_makes_and_deletes_virtual_hosts(broker: RabbitMQ) -> None:
    broker.add_vhosts("one", "two")
    broker.delete_vhosts("one")
    assert sorted(broker.control("list_vhosts", "--no-table-headers").splitlines()) == ["/", "two"]


def test_a_vhost_name_that_would_be_code_is_refused(broker: RabbitMQ) -> None:
    with pytest.raises(ServerFailed, match="not a name"):
        broker.add_vhosts('x">>), halt(1), (<<"')


def test_a_killed_broker_comes_back_at_the_same_address_with_its_vhosts(broker: RabbitMQ) -> None:
    broker.add_vhosts("kept")
    url = broker.url("kept")
    broker.kill()
    assert not broker.running
    broker.start()
    assert broker.url("kept") == url
    assert "kept" in broker.control("list_vhosts", "--no-table-headers").splitlines()


def test_two_brokers_live_side_by_side_and_leave_nothing(
    broker: RabbitMQ, spaced: Path, working_in: Callable[[Path], list[int]]
) -> None:
    second = RabbitMQ(spaced / "rabbitmq")
    second.start()
    assert second.port != broker.port
    pid = second.pid
    second.discard()
    assert broker.running
    assert not psutil.pid_exists(pid)
    assert working_in(spaced) == []
