"""`make compose-test`: the life of an installation in containers, from an empty machine to an empty machine.

Needs docker (DOCKER_HOST) with compose, and chromium. COMPOSE_OVERRIDE names a file to lay over docker-compose.yml, for
an engine that builds or finds its images otherwise; KEEP=1 leaves all of it running at the end.
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from servers.places import free_ports

from tests.containers.compose import ROOT, Compose, Failed
from tests.containers.guests import CHROMIUM, Door, Guests
from tests.containers.mailbox import Mailbox
from tests.outside.client import away
from tests.outside.until import until

SCALE = {"booking": 2, "notifications": 2, "gateway": 2}
ONES = ("catalog", "catalog-relay", "booking-relay", "notifications-sender")
OURS = (*SCALE, *ONES)
IMAGES = ("catalog", "booking", "notifications", "gateway", "topology")
BASE = "python:3.13-slim"
PROJECT = "slotwell-rehearsal"


@contextmanager
def step(does: str) -> Iterator[None]:
    """One line for what was done, when it was done, and how long it took."""
    began = time.monotonic()
    try:
        yield
    except BaseException:
        say(f"✗ {does} ({time.monotonic() - began:.0f} s)")
        raise
    say(f"✓ {does} ({time.monotonic() - began:.0f} s)")


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def rehearse(compose: Compose, guests: Guests, mailbox: Mailbox) -> None:
    """Every step, in order; AssertionError or Failed at the first that does not hold."""
    with step("without secrets nothing starts, and the message names `make env`"):
        refuses_without_secrets(compose)
    with step("builds five images"):
        compose("build")
    sizes(compose)
    scale = [f"--scale={name}={count}" for name, count in SCALE.items()]
    with step(f"starts with {', '.join(f'{name}={count}' for name, count in SCALE.items())}, and is ready"):
        compose("up", "--detach", "--no-build", "--wait", *scale)
    with step("every process runs as nobody, on a file system that it can't write to, with its own packages alone"):
        for service in OURS:
            is_confined(compose, service)
    with step("books through the edge; one confirmation comes"):
        guests.book()
        one_message_each(guests, mailbox)
    with step("books on the page"):
        guests.on_the_page()
        one_message_each(guests, mailbox)
    with step("both gateways serve guests"):
        meets_every_gateway(compose, guests)
    with step("a booking container is killed, and guests go on booking at once"):
        compose.run("docker", "kill", "--signal", "KILL", compose.containers("booking")[0])
        for _ in range(5):
            guests.book()
    say(f"  requests repeated so far: {guests.repeated}")
    with step("`up` brings the missing one back"):
        compose("up", "--detach", "--no-build", "--wait", *scale)
    with step("a booking process that crashes is started again by itself"):
        starts_again(compose, guests)
    with step("an upgrade of booking, rolled while guests book"):
        roll(compose, guests, "booking")
    with step("an upgrade of the gateway, rolled while guests book"):
        roll(compose, guests, "gateway")
    with step(f"{len(guests.emails)} bookings, one confirmation each, none twice, no time given twice"):
        one_message_each(guests, mailbox)
        assert mailbox.total() == len(guests.emails)
        assert len(set(guests.starts)) == len(guests.starts)
    memory(compose)
    with step("every line of our processes' logs is JSON"):
        logs_are_json(compose)
    with step("all stop cleanly when asked to"):
        stop_cleanly(compose)


def refuses_without_secrets(compose: Compose) -> None:
    said = ""
    try:
        compose("config", "--quiet", COMPOSE_ENV_FILES=os.devnull)
    except Failed as problem:
        said = str(problem)
    assert "make env" in said, said or "compose accepts a missing secret"


def sizes(compose: Compose) -> None:
    base = size(compose, BASE)
    say(f"  {BASE}: {base / 1e6:.0f} MB")
    for name in IMAGES:
        whole = size(compose, f"slotwell/{name}:{compose.environment['SLOTWELL_VERSION']}")
        say(f"  slotwell/{name}: {whole / 1e6:.0f} MB, {(whole - base) / 1e6:.0f} MB of them ours")


def size(compose: Compose, image: str) -> int:
    return int(compose.run("docker", "image", "inspect", "--format", "{{.Size}}", image))


def is_confined(compose: Compose, service: str) -> None:
    owner = service.split("-", maxsplit=1)[0]
    listing = (
        "import importlib.metadata as m; print(*{d.name for d in m.distributions() if d.name.startswith('slotwell')})"
    )
    for container in compose.containers(service):
        assert compose.inside(container, "id", "-u") == "10001", service
        assert "Read-only file system" in compose.inside(container, "touch", "/opt/slotwell/mark"), service
        own = set(compose.inside(container, "python", "-c", listing).split())
        assert f"slotwell-{owner}" in own
        assert not own & ({f"slotwell-{other}" for other in IMAGES} - {f"slotwell-{owner}"}), own


def meets_every_gateway(compose: Compose, guests: Guests) -> None:
    """Book until each of them has served a guest."""

    def all_have() -> bool:
        guests.book()
        return all(
            any('"request"' in line and "/v1/" in line for line in compose.log(container))
            for container in compose.containers("gateway")
        )

    until(all_have, within=60, expecting="requests at both gateways")


def starts_again(compose: Compose, guests: Guests) -> None:
    crashed = compose.containers("booking")[-1]
    compose.inside(crashed, "sh", "-c", "kill -9 -1")
    guests.book()

    def is_back() -> bool:
        found = compose.inspected(crashed)
        return bool(found["RestartCount"]) and found["State"].get("Health", {}).get("Status") == "healthy"

    until(is_back, within=120, every=1, expecting="the crashed process to be healthy again")


def roll(compose: Compose, guests: Guests, service: str) -> None:
    before, repeated, booked = compose.containers(service), guests.repeated, len(guests.emails)
    version = compose.environment["SLOTWELL_VERSION"] + "-next"
    compose("build", service, SLOTWELL_VERSION=version)
    stop = threading.Event()
    with ThreadPoolExecutor(1) as meanwhile:
        booking = meanwhile.submit(guests.keep_booking, stop)
        try:
            compose.run("deploy/roll", service, SLOTWELL_VERSION=version)
        finally:
            stop.set()
        booking.result()
    after = compose.containers(service)
    assert len(after) == len(before)
    assert not set(after) & set(before)
    for container in after:
        assert compose.inspected(container)["Config"]["Image"].endswith(f":{version}")
    done, again = len(guests.emails) - booked, guests.repeated - repeated
    say(f"  {done} bookings meanwhile, {again} requests repeated")


def one_message_each(guests: Guests, mailbox: Mailbox) -> None:
    """Wait until every guest has a message and no more are due; then each has one, and it is the confirmation."""
    for email in guests.emails:
        until(lambda email=email: mailbox.sent_to(email), within=60, every=0.5, expecting=f"a message to {email}")

    def nothing_is_due() -> bool:
        answer = guests.door.http.get("/readyz")
        backlog = next((one for one in answer.json()["parts"] if one["name"] == "notifications.backlog"), None)
        return not away(answer) and backlog is not None and backlog["detail"].startswith("0 due")

    until(nothing_is_due, within=60, every=0.5, expecting="no message due")
    for email in guests.emails:
        assert len(mailbox.sent_to(email)) == 1, mailbox.sent_to(email)


def memory(compose: Compose) -> None:
    ids = compose("ps", "--quiet").split()
    shown = compose.run("docker", "stats", "--no-stream", "--format", "  {{.Name}}: {{.MemUsage}}", *ids)
    say("\n".join(sorted(shown.rstrip().splitlines())))


def logs_are_json(compose: Compose) -> None:
    for service in OURS:
        for container in compose.containers(service):
            for line in compose.log(container):
                assert json.loads(line)["process"] == service, line


def stop_cleanly(compose: Compose) -> None:
    running = {container: service for service in OURS for container in compose.containers(service)}
    compose("stop")
    for container, service in running.items():
        state = compose.inspected(container)["State"]
        assert state["ExitCode"] == 0, f"{service} ended with {state['ExitCode']}"


def main() -> int:
    if shutil.which("docker") is None:
        say("The rehearsal needs docker with compose; DOCKER_HOST says where it is.")
        return 2
    if not CHROMIUM:
        say("The rehearsal books on the page too and needs chromium (Debian: apt install chromium).")
        return 2
    override = os.environ.get("COMPOSE_OVERRIDE")
    files = [ROOT / "docker-compose.yml", *([Path(override).absolute()] if override else [])]
    port, mail_port, broker_port = free_ports(3)
    url = f"http://127.0.0.1:{port}"
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        env_file = Path(folder) / "env"
        subprocess.run([ROOT / "deploy" / "env", env_file], check=True, stdout=subprocess.DEVNULL)
        compose = Compose(
            project=PROJECT,
            files=files,
            env_file=env_file,
            SLOTWELL_VERSION="rehearsal",
            SLOTWELL_PORT=str(port),
            SLOTWELL_PUBLIC_URL=url,
            MAILPIT_PORT=str(mail_port),
            RABBITMQ_MANAGEMENT_PORT=str(broker_port),
        )
        try:
            rehearse(compose, Guests(Door(url)), Mailbox(f"http://127.0.0.1:{mail_port}"))
        except (AssertionError, Failed, subprocess.SubprocessError) as problem:
            say(f"\n{problem}\n")
            say(compose("logs", "--tail", "20", "--no-color"))
            return 1
        finally:
            if not os.environ.get("KEEP"):
                with step("all is taken down, volumes too"):
                    compose("down", "--volumes", "--remove-orphans")
                    assert compose.left() == []
    say(f"\nThe rehearsal held, in {time.monotonic() - began:.0f} s.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
