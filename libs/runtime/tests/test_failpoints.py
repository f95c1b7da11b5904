import os
import signal
import subprocess
import sys

import pytest

CODE = "from runtime import failpoints; failpoints.hit('here'); print('alive')"


@pytest.mark.parametrize(
    ("armed", "code"), [("", 0), ("there", 0), ("here", -signal.SIGKILL), ("there,here", -signal.SIGKILL)]
)
def test_only_the_named_place_kills(armed: str, code: int) -> None:
    environment = {**os.environ, "SLOTWELL_FAILPOINTS": armed}
    assert subprocess.run([sys.executable, "-c", CODE], env=environment, check=False).returncode == code
