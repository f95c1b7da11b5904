"""The stack that is struck: separate processes, private servers, and a breakable line between any two of them."""

import hashlib
import signal
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

import httpx
from launcher.environment import database_variable
from launcher.processes import DATABASE_OWNERS
from launcher.stack import Stack, private_stack
from servers import Postgres, RabbitMQ, Redis
from servers.programs import INSTALLED

from tests.checker.account import Account
from tests.checker.told_staff import address_of
from tests.outside.backstage import Backstage
from tests.outside.platform import structured
from tests.outside.proxy import Proxy
from tests.outside.receivers import Receivers
from tests.outside.until import until
from tests.soak.disk import SmallDisk
from tests.soak.plan import Fault

SCALE = {"gateway": 2, "booking": 2, "notifications": 2, "notifications-sender": 2}
MENDED_WITHIN = 120
# The clocks of processes can be put wrong by this, and bugs put in; no code of the product knows of it.
GRAFTS = Path(__file__).with_name("grafts")


@dataclass(slots=True)
class Lines:
    """The proxies: one for each database, as each belongs to another service, and one for each other server."""

    databases: dict[str, Proxy] = field(default_factory=dict)
    redis: Proxy | None = None
    rabbitmq: Proxy | None = None
    mail: Proxy | None = None
    text: Proxy | None = None


class Arena:
    """One stack with everything that a campaign may do to it. Start and stop it from the main thread."""

    admin_token = "the-token-of-this-campaign"  # made up

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.account = Account()
        self.backstage = Backstage()
        self.receivers = Receivers()
        self.crashes: list[str] = []
        self.unreached: list[Fault] = []
        self.failpoints = folder / "failpoints"
        self.skews = folder / "skews"
        self._bug = ""
        self._ahead = 0.0
        self.lines = Lines()
        for each in (folder, self.failpoints, self.skews):
            each.mkdir(parents=True, exist_ok=True)
        self.disk = SmallDisk(folder / "postgres")

    def start(self) -> None:
        """Start servers, lines, receivers and the stack, and wait until it is ready."""
        self.disk.mount()
        self.postgres = Postgres(
            self.disk.folder,
            flavour=INSTALLED,
            settings={"max_wal_size": "128MB", "min_wal_size": "32MB"},
            death_signal=signal.SIGQUIT,
            durable=False,
        )
        self.redis = Redis(self.folder / "redis", flavour=INSTALLED, death_signal=signal.SIGKILL)
        self.rabbitmq = RabbitMQ(self.folder / "rabbitmq", death_signal=signal.SIGKILL)
        for server in (self.postgres, self.redis, self.rabbitmq):
            server.start()
        for owner in DATABASE_OWNERS:
            self.postgres.create_database(f"slotwell_{owner}", owner=f"slotwell_{owner}")
        self.backstage.do(self._open())
        self.stack: Stack = private_stack(self.folder / "data", **self._settings())
        self.stack.start(SCALE)
        self.stack.processes["demo-sink"].stop()  # messages go to receivers of our own
        self.stack.processes.pop("demo-sink")
        self._say_how_staff_is_written_to()

    def _say_how_staff_is_written_to(self) -> None:
        headers = {"Authorization": f"Bearer {self.admin_token}"}
        with httpx.Client(base_url=self.gateways[0], headers=headers, timeout=10, trust_env=False) as office:
            for kind, path in (("desk", "/v1/locations"), ("practitioner", "/v1/practitioners")):
                for each in office.get(path, params={"limit": 100}).raise_for_status().json()["items"]:
                    contact = {"name": each["name"], "email": address_of(each["id"]), "language": "en"}
                    said = {"kind": kind, "subject_id": each["id"], "contact": contact}
                    office.put("/v1/admin/staff-contacts", json=said).raise_for_status()

    def stop(self) -> None:
        """Stop everything and delete its data."""
        if hasattr(self, "stack"):
            self.stack.discard()
        for name in ("redis", "rabbitmq", "postgres"):
            if hasattr(self, name):
                getattr(self, name).discard()
        self.backstage.close()
        self.disk.unmount()

    def keep_as_new(self) -> None:
        """Remember the databases as they are, for `renew`."""
        self._stop_processes()
        for owner in DATABASE_OWNERS:
            self.postgres.execute(
                'CREATE DATABASE :"copy" TEMPLATE :"name" OWNER :"name";', copy=f"new_{owner}", name=f"slotwell_{owner}"
            )

    def renew(self, *, bug: str = "") -> None:
        """Begin again with the databases as they were kept, empty queues and no history.

        `bug` names a planted bug (`tests/soak/grafts`) that all processes run with from now on.
        """
        self._stop_processes()
        for owner in DATABASE_OWNERS:
            self.postgres.drop_database(f"slotwell_{owner}")
            self.postgres.execute(
                'CREATE DATABASE :"name" TEMPLATE :"copy" OWNER :"name";', copy=f"new_{owner}", name=f"slotwell_{owner}"
            )
        self.redis.flush()
        for line in self.rabbitmq.control("list_queues", "--no-table-headers", "name", "durable").splitlines():
            name, durable = line.split()
            if durable == "true":
                self.rabbitmq.control("purge_queue", name)
        self.receivers.forget()
        self.account = Account(jumps=self.account.jumps)
        self._bug = bug
        self.mend()

    def _stop_processes(self) -> None:
        for process in self.stack.processes.values():
            process.kill()

    @cached_property
    def gateways(self) -> list[str]:
        """The addresses of both gateways."""
        port = self.stack.options.port
        return [f"http://127.0.0.1:{port + number}" for number in range(SCALE["gateway"])]

    @cached_property
    def databases(self) -> Mapping[str, str]:
        """Each owner's database, reached past the proxies."""
        return {owner: self.postgres.url(f"slotwell_{owner}") for owner in DATABASE_OWNERS}

    def skew(self, process: str, seconds: float) -> None:
        """Put one process's clock wrong by so much; 0 puts it right."""
        (self.skews / process).write_text(str(seconds))

    def jump(self, minutes: float) -> None:
        """Move the clinic's clock forward, once, at whichever gateway does it."""
        file = Path(self.stack.environment["SLOTWELL_DEMO_CLOCK"])
        self._ahead += minutes * 60

        def moved() -> bool:
            if file.exists() and float(file.read_text()) >= self._ahead:
                return True
            for url in self.gateways:
                try:
                    # One that hangs would take the order and carry it out much later, after another has.
                    httpx.get(f"{url}/healthz", timeout=1, trust_env=False)
                    httpx.post(f"{url}/demo/clock", json={"forward_minutes": minutes}, timeout=2, trust_env=False)
                except httpx.TransportError:
                    continue
                return file.exists() and float(file.read_text()) >= self._ahead
            return False

        self.account.jumps.append((time.time(), self._ahead))
        until(moved, within=60, expecting="the clinic's clock to be moved", every=0.2)

    def restart_the_dead(self) -> list[str]:
        """Start what has died, as a supervisor does, and return the names."""
        dead = [name for name, process in self.stack.processes.items() if not process.running]
        for name in dead:
            code = self.stack.processes[name].returncode
            if code not in {-signal.SIGKILL, 0}:
                self.crashes.append(f"{name} ended with {code}")
            self.stack.processes[name].start(SOAK_BUG=self._bug)
        return dead

    def mend(self) -> None:
        """End all faults: servers run, lines let through, moods are good, processes live. Wait until all is ready."""
        for file in (*self.failpoints.iterdir(), *self.skews.iterdir()):
            file.unlink(missing_ok=True)
        self.receivers.mail = self.receivers.text = "well"
        self.disk.empty()
        for server in (self.redis, self.rabbitmq, self.postgres):
            server.start()
        self.backstage.do(self._open_lines())
        self.restart_the_dead()
        until(self._ready, within=MENDED_WITHIN, expecting="the platform to be ready", every=0.2, enough=_good)

    def start_anew(self) -> None:
        """Start all processes again, as a person would who has given up waiting for them."""
        self._stop_processes()
        self.mend()

    def _ready(self) -> list[str]:
        """Return what each gateway says of itself; what has died is started again."""
        self.restart_the_dead()
        return [_said(url) for url in self.gateways]

    def log(self) -> list[dict[str, object]]:
        """Return the structured lines of all processes."""
        return structured(line for process in self.stack.processes.values() for line in list(process.lines))

    def keep_log(self, name: str) -> Path:
        """Write what the processes said to a file that outlives the run, and return its path."""
        kept = Path(tempfile.gettempdir()) / f"slotwell-soak-{name}.log"
        with kept.open("w") as file:
            for process in self.stack.processes.values():
                file.writelines(f"{process.name} | {line}\n" for line in list(process.lines))
        return kept

    def _settings(self) -> dict[str, str]:
        lines = self.lines
        assert lines.redis
        assert lines.rabbitmq
        assert lines.mail
        assert lines.text
        amqp = urlsplit(self.rabbitmq.url())
        return {
            **{
                database_variable(owner): f"postgresql://slotwell_{owner}@127.0.0.1:{proxy.port}/slotwell_{owner}"
                for owner, proxy in lines.databases.items()
            },
            "SLOTWELL_REDIS_URL": f"redis://127.0.0.1:{lines.redis.port}/0",
            "SLOTWELL_AMQP_URL": amqp._replace(
                netloc=f"{amqp.username}:{amqp.password}@127.0.0.1:{lines.rabbitmq.port}"
            ).geturl(),
            "SLOTWELL_SMTP_URL": f"smtp://127.0.0.1:{lines.mail.port}",
            "SLOTWELL_SMS_URL": f"http://127.0.0.1:{lines.text.port}/sms",
            "SLOTWELL_SMS_SECRET": "a secret that nobody checks",
            "SLOTWELL_FAILPOINTS_FOLDER": str(self.failpoints),
            "SLOTWELL_LOG_LEVEL": "INFO",
            "SLOTWELL_ADMIN_TOKEN_SHA256": hashlib.sha256(self.admin_token.encode()).hexdigest(),
            "PYTHONPATH": str(GRAFTS),
            "SOAK_SKEWS": str(self.skews),
        }

    async def _open(self) -> None:
        await self.receivers.open()
        postgres = self._socket_of(self.postgres.url(), "/.s.PGSQL.5432")
        self.lines.databases = {owner: Proxy(postgres) for owner in DATABASE_OWNERS}
        self.lines.redis = Proxy(Path(urlsplit(self.redis.url).path))
        self.lines.rabbitmq = Proxy(self.rabbitmq.port)
        self.lines.mail = Proxy(self.receivers.mail_port)
        self.lines.text = Proxy(self.receivers.text_port)
        await self._open_lines()

    async def _open_lines(self) -> None:
        lines = self.lines
        for proxy in (*lines.databases.values(), lines.redis, lines.rabbitmq, lines.mail, lines.text):
            assert proxy is not None
            await proxy.open()

    @staticmethod
    def _socket_of(url: str, name: str) -> Path:
        return Path(urlsplit(url).query.partition("host=")[2] + name)


def _said(gateway: str) -> str:
    """Return `ready`, or what a gateway says is missing."""
    try:
        answer = httpx.get(f"{gateway}/readyz", timeout=10, trust_env=False)
    except httpx.TransportError as problem:
        return f"{gateway} does not answer: {type(problem).__name__}"
    return "ready" if answer.status_code == 200 else answer.text


def _good(said: list[str]) -> bool:
    return all(each == "ready" for each in said)
