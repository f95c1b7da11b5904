"""The built script and style: their hashed names, and serving them.

A gateway without a build still serves its pages, only plainer: `address` answers None for what is missing.
"""

import json
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

STATIC = Path(__file__).parent.parent / "static"
_KINDS = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}


class Assets:
    """What stands in `folder`, by the manifest that the build wrote; read again when that changes."""

    def __init__(self, folder: Path = STATIC) -> None:
        self._folder = folder
        self._stamp = 0
        self._names: dict[str, str] = {}
        self._contents: dict[Path, bytes] = {}

    def address(self, name: str) -> str | None:
        """Where `name` is served, or None if it was not built."""
        self._refresh()
        hashed = self._names.get(name)
        return f"/static/{hashed}" if hashed else None

    def path(self, hashed: str) -> Path | None:
        """The file behind a hashed name, or None if the manifest knows none of that name."""
        self._refresh()
        return self._folder / hashed if hashed in self._names.values() else None

    def content(self, path: Path) -> bytes | None:
        """A built file's bytes, read once: a name holds its content's hash. None if the file is gone.

        Starlette's FileResponse reads in anyio's worker threads, which eventlet's patched threading can't run.
        """
        if path not in self._contents:
            try:
                self._contents[path] = path.read_bytes()
            except FileNotFoundError:
                return None
        return self._contents[path]

    def _refresh(self) -> None:
        manifest = self._folder / "manifest.json"
        try:
            stamp = manifest.stat().st_mtime_ns
            if stamp != self._stamp:
                self._names = json.loads(manifest.read_text())
                self._contents.clear()
                self._stamp = stamp
        except (OSError, ValueError):
            self._names, self._stamp = {}, 0


ASSETS = Assets()


async def serve(request: Request) -> Response:
    """One built file: its name holds its hash, so it may be kept for ever."""
    name = request.path_params["name"]
    path = ASSETS.path(name)
    content = path and ASSETS.content(path)
    if path is None or content is None:
        raise HTTPException(404)
    headers = {
        "Cache-Control": "public, max-age=31536000, immutable",
        "Vary": "Accept-Encoding",
        "X-Content-Type-Options": "nosniff",
    }
    if "gzip" in request.headers.get("accept-encoding", ""):
        packed = ASSETS.content(path.with_name(path.name + ".gz"))
        if packed is not None:
            content, headers = packed, headers | {"Content-Encoding": "gzip"}
    return Response(content, media_type=_KINDS.get(path.suffix), headers=headers)
