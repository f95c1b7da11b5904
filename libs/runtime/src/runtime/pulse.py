"""A file that a process touches while it is fit: what a container's health check looks at.

A process without HTTP can't be asked, and a call to its service is answered by any of its replicas, not by this one. So
the process itself says that it is fit: from the loop that does its work, so that one that hangs falls silent.
"""

from contextlib import suppress
from pathlib import Path


class Pulse:
    """Beats into a file; without one, nobody looks and nothing happens. After three missed beats it is stale."""

    def __init__(self, path: str = "", *, every_seconds: float = 5.0) -> None:
        self._path = Path(path) if path else None
        self.every_seconds = every_seconds

    def beat(self) -> None:
        """Say that this process is fit now."""
        if self._path is not None:
            # Where the file can't be written, its age tells: that is no reason to end a process that works.
            with suppress(OSError):
                self._path.touch()
