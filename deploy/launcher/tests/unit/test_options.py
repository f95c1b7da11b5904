"""What a person may set, and what they are told when it makes no sense."""

import socket
from pathlib import Path

import pytest
from launcher.options import DEMO_CLINIC, read_options, refuse_taken_port
from launcher.problem import Problem


def test_without_settings_it_is_the_demo_on_this_machine_alone() -> None:
    options = read_options({})
    assert (options.host, options.port, options.demo) == ("127.0.0.1", 8080, True)
    assert options.clinic == DEMO_CLINIC
    assert options.public_url == "http://127.0.0.1:8080"


def test_live_mode_loads_no_clinic_of_ours() -> None:
    assert read_options({"SLOTWELL_DEMO": "0"}).clinic is None


def test_a_clinic_may_be_named_in_live_mode() -> None:
    assert read_options({"SLOTWELL_DEMO": "0", "SLOTWELL_CLINIC": "/srv/spa.yaml"}).clinic == Path("/srv/spa.yaml")


def test_a_gateway_on_all_addresses_is_reached_on_the_loopback() -> None:
    assert read_options({"SLOTWELL_HOST": "::", "SLOTWELL_PORT": "9000"}).local_url == "http://[::1]:9000"


@pytest.mark.parametrize("port", ["http", "0", "70000", "-1", "80 80"])
def test_what_is_no_port_is_refused_by_name(port: str) -> None:
    with pytest.raises(Problem, match="SLOTWELL_PORT"):
        read_options({"SLOTWELL_PORT": port})


def test_a_switch_that_is_neither_on_nor_off_is_refused() -> None:
    with pytest.raises(Problem, match="SLOTWELL_DEMO='maybe'"):
        read_options({"SLOTWELL_DEMO": "maybe"})


def test_a_taken_port_is_refused_with_another_to_choose() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(Problem, match=f"Port {port} .* is taken.*SLOTWELL_PORT="):
            refuse_taken_port(read_options({"SLOTWELL_PORT": str(port)}))
