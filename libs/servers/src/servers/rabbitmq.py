"""A private RabbitMQ: own node, ports, folders, cookie and port mapper; no plugins."""

import secrets
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from servers import programs
from servers.child import Child, Command
from servers.errors import ServerFailed
from servers.orphans import end_orphans
from servers.places import SocketFolder, free_ports

# The broker's virtual machine and what it starts beside itself.
ERLANG = {"beam.smp", "epmd", "erl_child_setup", "inet_gethost"}
USER = "slotwell"


class RabbitMQ:
    """A broker in a folder. Its ports are chosen once and kept, so that addresses survive a restart."""

    def __init__(self, folder: Path, *, death_signal: signal.Signals = signal.SIGTERM) -> None:
        self._program = programs.rabbitmq()
        self._epmd_program = programs.epmd()
        self._folder = folder
        self._death_signal = death_signal
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        # The broker's own shell commands (df for one) do not quote: it sees its folder by a plain name.
        self._link = SocketFolder(folder / "link")
        self._plain = self._link.path / "rabbitmq"
        self._password = self._kept_password()
        self.port, self._distribution_port, self._epmd_port = free_ports(3)
        self._child: Child | None = None
        self._epmd: Child | None = None

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        return self._require().pid

    def url(self, vhost: str = "/") -> str:
        return f"amqp://{USER}:{self._password}@127.0.0.1:{self.port}/{quote(vhost, safe='')}"

    def start(self) -> None:
        """Start and wait until the broker greets a client; raises ServerFailed with the reason."""
        if self.running:
            return
        self._end_epmd()
        end_orphans(self._folder, ERLANG, signal.SIGTERM, within_seconds=20)
        if not self._plain.is_symlink():
            self._plain.symlink_to(self._folder.resolve(), target_is_directory=True)
        (self._folder / "rabbitmq.conf").write_text(self._configuration(), encoding="utf-8")
        (self._folder / "enabled_plugins").write_text("[].\n", encoding="utf-8")
        self._epmd = Child(
            self._command("epmd", self._epmd_program, "-address", "127.0.0.1", "-port", str(self._epmd_port))
        )
        # The erlang cookie must be there before two programs race to make it.
        cookie = self._folder / ".erlang.cookie"
        if not cookie.exists():
            cookie.write_text(secrets.token_hex(16), encoding="ascii")
            cookie.chmod(0o400)
        self._child = Child(self._command("RabbitMQ", self._program))
        self._child.wait_ready(self._greets, within_seconds=90)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGTERM, within_seconds=30)
            self._child = None
        self._end_epmd()

    def close(self) -> None:
        """Stop cleanly and give back the address; what is durable stays for the next one on this folder."""
        self.stop()
        self._link.remove()

    def discard(self) -> None:
        """Stop at once and delete the folder."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        self._end_epmd()
        self._link.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        self._require().kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        """Freeze the broker: connections stay open and nothing answers, as in a partition."""
        self._require().pause()

    def resume(self) -> None:
        self._require().resume()

    def add_vhosts(self, *names: str) -> None:
        """Create virtual hosts, each open to our user, in one call."""
        steps = [
            f"{_ensured('rabbit_vhost:add', name)},"
            f" ok = rabbit_auth_backend_internal:set_permissions({_text(USER)}, {_text(name)},"
            f" {_text('.*')}, {_text('.*')}, {_text('.*')}, {_text(USER)})"
            for name in names
        ]
        self.control("eval", ", ".join(steps) + ", ok.")

    def delete_vhosts(self, *names: str) -> None:
        """Delete virtual hosts with all their queues, in one call."""
        self.control(
            "eval",
            ", ".join(f"rabbit_vhost:delete({_text(name)}, {_text(USER)})" for name in names) + ", ok.",
        )

    def control(self, *arguments: str) -> str:
        """Run rabbitmqctl on this node and return what it prints; raises ServerFailed. Takes a second."""
        done = subprocess.run(
            [str(Path(self._program).with_name("rabbitmqctl")), "-q", *arguments],
            env=dict(self._environment()),
            cwd=self._folder,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise ServerFailed(f"RabbitMQ refused: {(done.stderr or done.stdout).strip()}")
        return done.stdout.strip()

    def _configuration(self) -> str:
        lines = [
            f"listeners.tcp.1 = 127.0.0.1:{self.port}",
            f"default_user = {USER}",
            f"default_pass = {self._password}",
            "log.console = true",
            "log.console.level = warning",
            "log.file = false",
            # A small machine's disk is the machine's business; half of its memory is not ours to take.
            "disk_free_limit.absolute = 50MB",
            "vm_memory_high_watermark.relative = 0.4",
        ]
        return "\n".join(lines) + "\n"

    def _kept_password(self) -> str:
        note = self._folder / "password"
        if not note.exists():
            note.touch(mode=0o600)
            note.write_text(secrets.token_hex(16), encoding="ascii")
        return note.read_text(encoding="ascii")

    def _environment(self) -> dict[str, str]:
        folder = self._plain
        return dict(
            programs.clean_environment(
                HOME=str(folder),
                ERL_EPMD_PORT=str(self._epmd_port),
                ERL_EPMD_ADDRESS="127.0.0.1",
                # Two schedulers: several brokers of ours share the machine with what they serve.
                RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS="+S 2:2 +sbwt none +sbwtdcpu none +sbwtdio none",
                RABBITMQ_NODENAME="slotwell@localhost",
                RABBITMQ_DIST_PORT=str(self._distribution_port),
                RABBITMQ_CONF_ENV_FILE=str(folder / "rabbitmq-env.conf"),
                RABBITMQ_CONFIG_FILE=str(folder / "rabbitmq.conf"),
                RABBITMQ_ADVANCED_CONFIG_FILE=str(folder / "advanced.config"),
                RABBITMQ_ENABLED_PLUGINS_FILE=str(folder / "enabled_plugins"),
                RABBITMQ_MNESIA_BASE=str(folder),
                RABBITMQ_MNESIA_DIR=str(folder / "mnesia"),
                RABBITMQ_LOG_BASE=str(folder),
                RABBITMQ_PID_FILE=str(folder / "rabbitmq.pid"),
                RABBITMQ_GENERATED_CONFIG_DIR=str(folder / "generated"),
                # The start script then execs the virtual machine, which handles signals itself.
                RUNNING_UNDER_SYSTEMD="true",
            )
        )

    def _command(self, name: str, *arguments: str) -> Command:
        return Command(
            name=name,
            arguments=arguments,
            folder=self._folder,
            log=self._folder / ("rabbitmq.log" if name == "RabbitMQ" else "epmd.log"),
            environment=self._environment(),
            death_signal=self._death_signal,
        )

    def _greets(self) -> bool:
        with socket.socket() as connection:
            connection.settimeout(5)
            try:
                connection.connect(("127.0.0.1", self.port))
                connection.sendall(b"AMQP\x00\x00\x09\x01")
                # A method frame on channel 0: Connection.Start.
                return connection.recv(7)[:1] == b"\x01"
            except OSError:
                return False

    def _end_epmd(self) -> None:
        if self._epmd is not None:
            self._epmd.kill()
            self._epmd = None

    def _require(self) -> Child:
        if self._child is None:
            raise ServerFailed("RabbitMQ was not started")
        return self._child


def _text(value: str) -> str:
    """An Erlang binary; names of ours hold nothing to escape, and others are refused."""
    if '"' in value or "\\" in value:
        raise ServerFailed(f"not a name for a virtual host: {value!r}")
    return f'<<"{value}">>'


def _ensured(function: str, name: str) -> str:
    return f"{function}({_text(name)}, {_text(USER)})"
