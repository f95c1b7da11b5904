"""Ports that are free, and stay so until they are used."""

import socket
from contextlib import ExitStack

import pytest
from servers import places
from servers.errors import ServerFailed
from servers.places import free_ports


def test_ports_come_in_a_row_below_those_of_passing_connections() -> None:
    ports = free_ports(4)
    assert ports == list(range(ports[0], ports[0] + 4))
    with socket.create_server(("127.0.0.1", 0)) as passing:
        assert ports[-1] < passing.getsockname()[1]


def test_a_row_with_one_port_taken_is_not_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    first = free_ports(3)[0]
    monkeypatch.setattr(places, "LOWEST_PORT", first)
    monkeypatch.setattr(places, "_first_ephemeral_port", lambda: first + 4)
    with ExitStack() as taken:
        taken.enter_context(socket.create_server(("127.0.0.1", first + 2)))
        with pytest.raises(ServerFailed, match="no 3 free ports in a row"):
            free_ports(3)
    assert free_ports(3) == [first, first + 1, first + 2]
