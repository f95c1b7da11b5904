"""One line per step of the start: a spinner while it runs, a tick and its time when it is done."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console

from launcher.data_folder import DataFolder
from launcher.options import Options


class Progress:
    """Says what happens on standard output; at a terminal with a spinner."""

    def __init__(self, *, silent: bool = False) -> None:
        self.console = Console(file=sys.stdout, highlight=False, soft_wrap=True, quiet=silent)

    @contextmanager
    def step(self, doing: str, done: str) -> Iterator[None]:
        """Show `doing` while the block runs, then `done`; a block that fails leaves a cross."""
        started = time.monotonic()
        try:
            if self.console.is_terminal:
                with self.console.status(f"{doing}…"):
                    yield
            else:
                yield
        except BaseException:
            self.console.print(f"[red]✗[/] {doing}")
            raise
        self.console.print(f"[green]✓[/] {done} [dim]{time.monotonic() - started:.1f} s[/]")

    def line(self, text: str) -> None:
        self.console.print(text)

    def ready(self, options: Options, *, seconds: float) -> None:
        """Say where to go now."""
        address = options.local_url
        self.console.print(f"\n[bold green]Slotwell is ready[/] [dim]after {seconds:.1f} s[/]\n")
        self.console.print(f"  booking page  [bold]{address}/[/]")
        self.console.print(f"  API           {address}/docs")
        if options.demo:
            self.console.print(f"  inbox         {address}/demo/inbox")
        self.console.print("\nCtrl-C stops it; your data stays in the data folder.")
        self.console.file.flush()

    def admin_token(self, folder: DataFolder, *, given: bool) -> None:
        """Show the administration's token the first time; its hash alone is kept then. One that was given is known."""
        token = folder.admin_token()
        if given or token.fresh is None:
            return
        self.console.print(f"\n  admin token   [bold]{token.fresh}[/]")
        self.console.print("                for /v1/admin; keep it now, it is not shown again")
        self.console.file.flush()
        folder.keep_admin_token()
