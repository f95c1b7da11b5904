"""Rendering: one Jinja2 environment a language, and the headers that every page carries."""

from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from phonenumbers import NumberParseException, PhoneNumberFormat, format_number, parse
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from gateway.web.assets import ASSETS
from gateway.web.languages import Language, preferred, read
from gateway.web.presenters.house import House, house_of

_TEMPLATES = Path(__file__).parent / "templates"

# Nothing from elsewhere, nothing inline. Referrers stay within the site: a POST must carry its Origin.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
        "frame-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Vary": "Accept-Language, Cookie",
}


def language_of(request: Request) -> Language:
    """The language that this reader asked for."""
    return preferred(request.headers.get("accept-language", ""))


def page(request: Request, template: str, status: int = 200, *, private: bool = False, **facts: object) -> Response:
    """`template` filled with `facts`. A `private` page is kept by no cache at all."""
    language = language_of(request)
    around = {"language": language, "house": _house(request), "demo": _is_demo(request)}
    html = environment(language.tag).get_template(template).render(around | facts)
    headers = _HEADERS | {
        "Content-Language": language.tag,
        # Without `no-store` a browser may show the page as it was left when the guest comes back to it.
        "Cache-Control": "private, no-store" if private else "private, no-cache",
    }
    return HTMLResponse(html, status, headers)


def see(address: str) -> Response:
    """ "See other": where a form leads once it has done its work."""
    return RedirectResponse(address, 303, {"Cache-Control": "no-store", "Referrer-Policy": "same-origin"})


def is_secure(request: Request) -> bool:
    """Whether guests reach us by https, as the installation's public address says."""
    public_url = str(request.app.state.slotwell.settings.public_url)
    return urlsplit(public_url).scheme == "https"


@cache
def environment(tag: str) -> Environment:
    """The templates, with the words of the language `tag`."""
    templates = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        extensions=["jinja2.ext.i18n"],
        autoescape=select_autoescape(default=True, default_for_string=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    i18n: Any = templates  # the extension adds its method at run time
    i18n.install_gettext_translations(read(tag).translations, newstyle=True)
    templates.filters["phone"] = spaced_phone
    templates.globals["asset"] = ASSETS.address
    return templates


def _house(request: Request) -> House:
    platform = getattr(request.app.state, "slotwell", None)
    return house_of(platform.catalog.locations() if platform else [])


def _is_demo(request: Request) -> bool:
    platform = getattr(request.app.state, "slotwell", None)
    return bool(platform and platform.settings.demo)


def spaced_phone(number: str) -> str:
    """An E.164 number as people read it, "+33 1 99 00 10 10", its spaces such as no line ends at."""
    try:
        return format_number(parse(number), PhoneNumberFormat.INTERNATIONAL).replace(" ", "\N{NO-BREAK SPACE}")
    except NumberParseException:
        return number
