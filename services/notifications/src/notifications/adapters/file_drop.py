"""A dry run: messages go into a folder, one file each, and to nobody."""

import asyncio
import json
import os
import tempfile
from pathlib import Path

from notifications.adapters.mime import BadAddress, address, compose
from notifications.application.ports import Letter
from notifications.domain.outcome import Accepted, NotNow, Outcome, Rejected, Repeats
from notifications.domain.values import Channel


class FileDrop:
    """The `Provider` of a dry run, for any channel: e-mails as `.eml`, texts as `.json`, named by their key.

    A repeated message is the same file again. A file appears whole or not at all.
    """

    name = "file"
    repeats = Repeats.ALWAYS

    def __init__(self, *, folder: Path, sender: str) -> None:
        self._folder = folder
        self._sender = address(sender) if sender else address("noreply@slotwell.invalid")

    async def send(self, letter: Letter) -> Outcome:
        try:
            content = self._content(letter)
        except BadAddress:
            return Rejected("bad address")
        try:
            return await asyncio.to_thread(self._write, letter, content)
        except OSError as problem:
            return NotNow(type(problem).__name__)

    async def close(self) -> None:
        """Nothing to let go of."""

    def _content(self, letter: Letter) -> bytes:
        if letter.key.channel is Channel.EMAIL:
            return compose(letter, sender=self._sender).content
        told = {"key": str(letter.key), "to": letter.to, "text": letter.text}
        return json.dumps(told, ensure_ascii=False, indent=2).encode()

    def _write(self, letter: Letter, content: bytes) -> Outcome:
        self._folder.mkdir(parents=True, exist_ok=True)
        ending = "eml" if letter.key.channel is Channel.EMAIL else "json"
        path = self._folder / f"{str(letter.key).replace(':', '.')}.{ending}"
        handle, name = tempfile.mkstemp(dir=self._folder, prefix=".")
        try:
            with os.fdopen(handle, "wb") as file:
                file.write(content)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
        return Accepted(path.name)
