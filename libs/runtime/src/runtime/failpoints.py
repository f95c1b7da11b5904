"""Places where a test may kill the process. A no-op unless the environment names the place, or a folder of places."""

import os
import signal
from pathlib import Path

_ARMED = frozenset(filter(None, os.environ.get("SLOTWELL_FAILPOINTS", "").split(",")))
_FOLDER = os.environ.get("SLOTWELL_FAILPOINTS_FOLDER", "")

if _ARMED or _FOLDER:

    def hit(name: str) -> None:
        """Die here by SIGKILL if the environment asked for it, or if the folder holds a file of this name.

        The file goes first: of several processes that come by, one dies.
        """
        if name in _ARMED or (_FOLDER and _taken(Path(_FOLDER, name))):
            os.kill(os.getpid(), signal.SIGKILL)

    def _taken(file: Path) -> bool:
        try:
            file.unlink()
        except FileNotFoundError:
            return False
        return True

else:

    def hit(name: str) -> None:
        """Nothing: no failpoint is armed."""
