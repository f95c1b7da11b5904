"""The API, described: /openapi.json for programs, /docs for people, and what each refusal means."""

import base64
import hashlib
from functools import cache
from html import escape

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response
from starlette.routing import BaseRoute, Route

from gateway.problems import KINDS
from gateway.web.assets import ASSETS

_STYLE = (
    "body{font:16px/1.5 system-ui,sans-serif;max-width:56rem;margin:2rem auto;padding:0 1rem}"
    "dt{margin-top:1.5rem;font-weight:600}dd{margin:0}code{font-size:1em}small{color:#555;font-weight:400}"
)
_STYLE_HASH = base64.b64encode(hashlib.sha256(_STYLE.encode()).digest()).decode()

# Redoc writes its style into the page as it goes, and searches in a worker.
_DOCS_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; worker-src 'self' blob:; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
_PLAIN_HEADERS = {
    "Content-Security-Policy": (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; "
        "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",
}
_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title>{head}</head><body>{body}</body></html>
"""


async def openapi(request: Request) -> Response:
    """The contract, as bytes that are made once."""
    body, tag = _document()
    headers = {"ETag": tag, "Cache-Control": "no-cache"}
    if request.headers.get("if-none-match") == tag:
        return Response(status_code=304, headers=headers)
    return Response(body, media_type="application/json", headers=headers)


async def docs(_request: Request) -> Response:
    """The contract as a page, from our own files alone. Without a front-end build it says what to do."""
    script = ASSETS.address("redoc.standalone.js")
    if script is None:
        body = (
            "<h1>The API of Slotwell</h1><p>This page needs the front-end build: <code>make run</code> makes it. "
            'Meanwhile, <a href="/openapi.json">/openapi.json</a> says all of it, '
            '<a href="/docs/problems">/docs/problems</a> every refusal.</p>'
        )
        return _plain("API", body)
    icon = ASSETS.address("icon.svg")
    head = "<style>body{margin:0}</style>" + (f'<link rel="icon" href="{icon}">' if icon else "")
    body = f'<redoc spec-url="/openapi.json"></redoc><script src="{script}"></script>'
    return HTMLResponse(_PAGE.format(title="The API of Slotwell", head=head, body=body), headers=_DOCS_HEADERS)


async def problems(_request: Request) -> Response:
    """Every code, what it means and how to mend it: where a problem's `type` leads."""
    listed = "".join(
        f'<dt id="{code}"><code>{code}</code> <small>{kind.status}</small></dt>'
        f"<dd>{escape(kind.title)}. {escape(kind.mend)}</dd>"
        for code, kind in KINDS.items()
    )
    return _plain("What can be refused", f"<h1>What can be refused, and what to do about it</h1><dl>{listed}</dl>")


def _plain(title: str, body: str) -> Response:
    head = f"<style>{_STYLE}</style>"
    return HTMLResponse(_PAGE.format(title=f"{title} · Slotwell", head=head, body=body), headers=_PLAIN_HEADERS)


@cache
def _document() -> tuple[bytes, str]:
    from gateway.openapi.document import document_bytes

    body = document_bytes()
    return body, f'"{hashlib.sha256(body).hexdigest()[:20]}"'


routes: list[BaseRoute] = [
    Route("/openapi.json", openapi, methods=["GET"]),
    Route("/docs", docs, methods=["GET"]),
    Route("/docs/problems", problems, methods=["GET"]),
]
