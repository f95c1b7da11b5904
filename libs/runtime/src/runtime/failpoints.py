"""Places where a test may kill the process. A no-op unless the environment names the place."""

import os
import signal

_ARMED = frozenset(filter(None, os.environ.get("SLOTWELL_FAILPOINTS", "").split(",")))

if _ARMED:

    def hit(name: str) -> None:
        """Die here by SIGKILL if the environment asked for it."""
        if name in _ARMED:
            os.kill(os.getpid(), signal.SIGKILL)

else:

    def hit(name: str) -> None:
        """Nothing: no failpoint is armed."""
