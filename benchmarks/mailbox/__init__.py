"""A mail server to measure senders against: as quick to take a message as it is told to be, and it only counts."""

import re
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from launcher.supervised import Supervised
from servers.places import free_ports


class Mailbox:
    """The server's process, started anew for each measurement."""

    host = "127.0.0.1"

    def __init__(self) -> None:
        self.port = free_ports(1)[0]
        self.process = Supervised(
            "mailbox",
            "benchmarks.mailbox",
            environment={"BENCH_PORT": str(self.port)},
            say=lambda _name, _line: None,
            death_signal=signal.SIGKILL,
            restarts=False,
        )

    @property
    def url(self) -> str:
        return f"smtp://{self.host}:{self.port}"

    def start(self, mark: str, *, seconds: float) -> None:
        """Take messages from now on, each so many seconds after its last byte, and count those to `mark-…@`.

        What else is due when senders start comes here too: the bare statements leave what is too few for each client.
        """
        self.process.lines.clear()
        self.process.start(BENCH_SECONDS=str(seconds), BENCH_MARK=f"<{mark}-")
        self.process.wait_line("ready", within_seconds=30)

    def stop(self) -> tuple[int, int]:
        """Take no more, and return how many came and to how many recipients."""
        self.process.stop()
        line = self.process.wait_line("e-mails", within_seconds=30)
        e_mails, recipients = map(int, re.findall(r"\d+", line))
        return e_mails, recipients


@contextmanager
def mailbox() -> Iterator[Mailbox]:
    """A mail server that is gone afterwards."""
    box = Mailbox()
    try:
        yield box
    finally:
        box.process.kill()
