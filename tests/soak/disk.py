"""A small file system that can be filled to the last byte, where the machine lets us mount one."""

import contextlib
import ctypes
import os
import subprocess
from pathlib import Path

SIZE = "700m"
_NEW_MOUNTS = 0x00020000  # CLONE_NEWNS of unshare(2)


def own_mounts() -> None:
    """Give this process, and what it starts, mounts of their own: they end with us, whatever ends us.

    Call it before the first thread starts. Where it is not allowed, nothing happens.
    """
    libc = ctypes.CDLL(None, use_errno=True)
    if os.geteuid() == 0 and libc.unshare(_NEW_MOUNTS) == 0:
        subprocess.run(["mount", "--make-rprivate", "/"], check=False, capture_output=True)  # noqa: S607


class SmallDisk:
    """A folder on a file system of its own in memory; `real` says whether it could be mounted."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.real = False

    def mount(self) -> None:
        """Mount it, if we may."""
        self.folder.mkdir(parents=True, exist_ok=True)
        command = ["mount", "-t", "tmpfs", "-o", f"size={SIZE},mode=755", "slotwell-soak", str(self.folder)]
        with contextlib.suppress(FileNotFoundError):
            self.real = subprocess.run(command, check=False, capture_output=True).returncode == 0

    def unmount(self) -> None:
        if self.real:
            subprocess.run(["umount", "--lazy", str(self.folder)], check=False, capture_output=True)  # noqa: S607
            self.real = False

    def fill(self) -> None:
        """Leave not a byte free."""
        if not self.real:
            return
        with (self.folder / "ballast").open("wb", buffering=0) as ballast, contextlib.suppress(OSError):
            block = bytes(1 << 20)
            while True:
                ballast.write(block)

    def empty(self) -> None:
        """Give the space back."""
        (self.folder / "ballast").unlink(missing_ok=True)
