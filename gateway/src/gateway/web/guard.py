"""Answers for what a handler could not do: a page that says so, never a trace."""

from collections.abc import Awaitable, Callable

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from gateway.application.errors import OutcomeUnknown, Unavailable
from gateway.web.forms import FormRefused
from gateway.web.pages import language_of, page
from gateway.web.words import Problem, problem

Handler = Callable[[Request], Awaitable[Response]]

_FORM_PROBLEMS = {403: "foreign_form", 413: "too_large"}


def guarded(handler: Handler) -> Handler:
    """`handler`, with a page for what the platform could not answer and for forms that are not ours."""

    async def answer(request: Request) -> Response:
        language = language_of(request)
        again = str(request.url.path) if request.method == "GET" else None
        if again and request.url.query:
            again = f"{again}?{request.url.query}"
        try:
            return await handler(request)
        except FormRefused as refused:
            return problem_page(request, problem(_FORM_PROBLEMS.get(refused.status, "form"), language))
        except Unavailable:
            return problem_page(request, problem("unavailable", language, again=again))
        except OutcomeUnknown:
            return problem_page(request, problem("outcome_unknown", language, again=again))

    answer.__name__ = handler.__name__
    return answer


def problem_page(request: Request, told: Problem) -> Response:
    """The page for one problem; a client that may try again later is told when."""
    response = page(request, "problem.html", told.status, private=True, problem=told)
    if told.status == 503:
        response.headers["Retry-After"] = "2"
    return response


def wants_page(request: Request) -> bool:
    """Whether the client would rather read HTML than JSON, and did not ask the API."""
    path = request.url.path
    return not path.startswith(("/v1/", "/openapi")) and "text/html" in request.headers.get("accept", "")


def http_problem_page(request: Request, error: HTTPException | Exception) -> Response:
    """The page for an error that no handler of ours raised: no such address, wrong method, or a fault."""
    status = error.status_code if isinstance(error, HTTPException) else 500
    kind = {404: "not_found", 405: "method", 413: "too_large"}.get(status, "fault" if status >= 500 else "form")
    response = problem_page(request, problem(kind, language_of(request)))
    response.status_code = status
    if isinstance(error, HTTPException) and error.headers:
        response.headers.update(error.headers)
    return response
