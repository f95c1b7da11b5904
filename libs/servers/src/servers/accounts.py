"""Who a server runs as. PostgreSQL refuses to run as root, so root lends it an unprivileged account."""

import os
import pwd
import stat
from dataclasses import dataclass
from pathlib import Path

from servers.errors import ServerFailed


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """An existing unprivileged user of this machine."""

    name: str
    uid: int
    gid: int

    def reaches(self, path: Path) -> bool:
        """Whether this account may pass every folder above the path, by their permission bits."""
        return all(self._passes(folder) for folder in path.resolve().parents)

    def _passes(self, folder: Path) -> bool:
        status = folder.stat()
        if status.st_uid == self.uid:
            return bool(status.st_mode & stat.S_IXUSR)
        if status.st_gid == self.gid:
            return bool(status.st_mode & stat.S_IXGRP)
        return bool(status.st_mode & stat.S_IXOTH)


def lent_account(cluster: Path) -> Account | None:
    """The account that PostgreSQL runs as: None, ourselves, unless we are root.

    An existing cluster keeps the account that owns it.
    Raises ServerFailed when root finds no account to lend.
    """
    if os.geteuid() != 0:
        return None
    if cluster.exists() and (owner := cluster.stat().st_uid) != 0:
        return _account_of(owner)
    for name in ("postgres", "nobody"):
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        return Account(name=name, uid=entry.pw_uid, gid=entry.pw_gid)
    raise ServerFailed("PostgreSQL does not run as root, and this machine has neither a user postgres nor nobody.")


def _account_of(uid: int) -> Account:
    try:
        entry = pwd.getpwuid(uid)
    except KeyError:
        return Account(name=str(uid), uid=uid, gid=uid)
    return Account(name=entry.pw_name, uid=uid, gid=entry.pw_gid)
