"""Reading what a form sent, and only from our own pages."""

from collections.abc import Mapping
from datetime import datetime
from urllib.parse import parse_qsl, urlsplit

from starlette.requests import Request

_MOST_BYTES = 64 * 1024
_MOST_FIELDS = 200


class FormRefused(Exception):
    """The form cannot be taken: `status` says why, as HTTP does."""

    def __init__(self, status: int) -> None:
        super().__init__(status)
        self.status = status


async def read_form(request: Request) -> Mapping[str, str]:
    """The form's fields, stripped; the first of each name. Raises `FormRefused` for what no page of ours sends."""
    if not _from_our_pages(request):
        raise FormRefused(403)
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in {"application/x-www-form-urlencoded", ""}:
        raise FormRefused(415)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > _MOST_BYTES:
            raise FormRefused(413)
    try:
        pairs = parse_qsl(
            body.decode(), keep_blank_values=True, max_num_fields=_MOST_FIELDS, errors="strict", separator="&"
        )
    except ValueError as problem:
        raise FormRefused(400) from problem
    fields: dict[str, str] = {}
    for name, value in pairs:
        fields.setdefault(name, value.replace("\x00", "").strip())
    return fields


def _from_our_pages(request: Request) -> bool:
    """Whether the browser says that one of our pages sent this. What sends neither header is no browser."""
    site = request.headers.get("sec-fetch-site")
    if site is not None:
        return site in {"same-origin", "none"}
    origin = request.headers.get("origin")
    if origin is None:
        return True
    public = urlsplit(str(request.app.state.slotwell.settings.public_url)).netloc
    return urlsplit(origin).netloc in {public, request.headers.get("host", "")}


def start_of(text: str) -> datetime:
    """The start that a time's button stands for; `FormRefused` for what no button of ours says."""
    try:
        start = datetime.fromisoformat(text)
    except ValueError as problem:
        raise FormRefused(400) from problem
    if start.tzinfo is None or not 2000 <= start.year <= 2200:
        raise FormRefused(400)
    return start
