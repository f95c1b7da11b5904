"""Short private folders for sockets, and free ports."""

import os
import shutil
import socket
import stat
import tempfile
from pathlib import Path

from servers.accounts import Account

# sun_path holds 104 bytes on macOS and 108 on Linux; leave room for the socket's own name.
LONGEST_SOCKET_FOLDER = 70


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
    """Ports of 127.0.0.1 that nobody listens on now, all different."""
    sockets = [socket.socket() for _ in range(count)]
    try:
        for one in sockets:
            one.bind(("127.0.0.1", 0))
        return [one.getsockname()[1] for one in sockets]
    finally:
        for one in sockets:
            one.close()
