"""A private server that speaks Redis's protocol, reached over a unix socket by its owner alone."""

import shutil
import signal
import socket
from pathlib import Path

from servers import programs
from servers.child import Child, Command
from servers.errors import ServerFailed
from servers.orphans import end_orphans
from servers.places import SocketFolder


class Redis:
    """A Valkey or Redis server in a folder; a `durable` one keeps its data over a restart."""

    def __init__(
        self,
        folder: Path,
        *,
        flavour: str = programs.EMBEDDED,
        durable: bool = False,
        death_signal: signal.Signals = signal.SIGTERM,
    ) -> None:
        self._program = programs.redis(flavour)
        self._folder = folder
        self._durable = durable
        self._death_signal = death_signal
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._sockets = SocketFolder(folder / "sockets")
        self._socket = self._sockets.path / "redis.sock"
        self._child: Child | None = None

    @property
    def url(self) -> str:
        return f"unix://{self._socket}"

    @property
    def running(self) -> bool:
        return self._child is not None and self._child.running

    @property
    def pid(self) -> int:
        return self._require().pid

    def start(self) -> None:
        """Start, ending an orphan on the same folder first; raises ServerFailed with the reason."""
        if self.running:
            return
        end_orphans(self._folder, {"valkey-server", "redis-server"}, signal.SIGTERM, within_seconds=10)
        self._socket.unlink(missing_ok=True)
        self._child = Child(
            Command(
                name="Redis",
                arguments=(
                    self._program,
                    *("--port", "0", "--unixsocket", str(self._socket), "--unixsocketperm", "600"),
                    *("--daemonize", "no", "--save", "", "--appendonly", "yes" if self._durable else "no"),
                ),
                folder=self._folder,
                log=self._folder / "redis.log",
                environment=programs.clean_environment(),
                death_signal=self._death_signal,
            )
        )
        self._child.wait_ready(lambda: self._answers("PING") == "+PONG", within_seconds=30)

    def stop(self) -> None:
        if self._child is not None:
            self._child.stop(signal.SIGTERM, within_seconds=10)
            self._child = None

    def close(self) -> None:
        """Stop and give back the address; what is durable stays for the next one on this folder."""
        self.stop()
        self._sockets.remove()

    def discard(self) -> None:
        """Stop at once and delete the folder."""
        if self._child is not None:
            self._child.kill()
            self._child = None
        self._sockets.remove()
        shutil.rmtree(self._folder, ignore_errors=True)

    def kill(self) -> None:
        self._require().kill()

    def restart(self) -> None:
        self.stop()
        self.start()

    def pause(self) -> None:
        self._require().pause()

    def resume(self) -> None:
        self._require().resume()

    def flush(self) -> None:
        """Forget everything, as an operator's mistake or a failover to an empty replica would."""
        if (answer := self._answers("FLUSHALL")) != "+OK":
            raise ServerFailed(f"Redis refused to flush: {answer}")

    def _answers(self, word: str) -> str:
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(5)
            try:
                connection.connect(str(self._socket))
                connection.sendall(f"{word}\r\n".encode())
                return connection.recv(1024).decode().strip()
            except OSError as error:
                return str(error)

    def _require(self) -> Child:
        if self._child is None:
            raise ServerFailed("Redis was not started")
        return self._child
