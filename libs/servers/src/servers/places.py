"""Short private folders for sockets, and free ports."""

import os
import secrets
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from servers.accounts import Account
from servers.errors import ServerFailed

# sun_path holds 104 bytes on macOS and 108 on Linux; leave room for the socket's own name.
LONGEST_SOCKET_FOLDER = 70
# Below lie the ports that well-known programs choose.
LOWEST_PORT = 15_000
IANA_EPHEMERAL = 49_152
ATTEMPTS = 200


class SocketFolder:
    """A short folder for a server's sockets, private to its account, remembered beside its data.

    Data folders may have long paths; a socket's path may not. The same folder serves every start, so that
    addresses stay the same after a restart.
    """

    def __init__(self, note: Path, account: Account | None = None) -> None:
        self._note = note
        self._uid = account.uid if account else os.geteuid()
        self._gid = account.gid if account else os.getegid()
        self.path = self._remembered() or self._made()

    def remove(self) -> None:
        shutil.rmtree(self.path, ignore_errors=True)
        self._note.unlink(missing_ok=True)

    def _remembered(self) -> Path | None:
        try:
            path = Path(self._note.read_text(encoding="utf-8"))
            status = path.lstat()
        except (OSError, ValueError):
            return None
        private = stat.S_ISDIR(status.st_mode) and stat.S_IMODE(status.st_mode) == 0o700
        return path if private and status.st_uid == self._uid else None

    def _made(self) -> Path:
        path = Path(tempfile.mkdtemp(prefix="slotwell-", dir=_short_folder(self._uid)))
        if self._uid != os.geteuid():
            os.chown(path, self._uid, self._gid)
        self._note.write_text(str(path), encoding="utf-8")
        return path


def _short_folder(uid: int) -> str:
    own = os.environ.get("XDG_RUNTIME_DIR", "") if uid == os.geteuid() else ""
    for folder in (own, tempfile.gettempdir()):
        if folder and len(os.fsencode(folder)) < LONGEST_SOCKET_FOLDER - 20 and os.access(folder, os.W_OK):
            return folder
    return "/tmp"  # noqa: S108 - mkdtemp makes a private folder in it


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 in a row that nobody listens on now.

    They lie below those that the system gives to connections of its own choice: there, any client on a busy machine
    may sit on one by the time that it is used.
    """
    highest = _first_ephemeral_port() - count
    for _ in range(ATTEMPTS):
        first = LOWEST_PORT + secrets.randbelow(highest - LOWEST_PORT)
        ports = list(range(first, first + count))
        if all(_is_free(port) for port in ports):
            return ports
    raise ServerFailed(f"no {count} free ports in a row were found between {LOWEST_PORT} and {highest + count}")


def _is_free(port: int) -> bool:
    with socket.socket() as one:
        one.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)  # an ended server's lingering connections don't count
        try:
            one.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _first_ephemeral_port() -> int:
    try:
        first, _ = Path("/proc/sys/net/ipv4/ip_local_port_range").read_text(encoding="ascii").split()
    except OSError:
        return IANA_EPHEMERAL
    return int(first) if int(first) > LOWEST_PORT + ATTEMPTS else IANA_EPHEMERAL
