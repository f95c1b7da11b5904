"""Which of the two trades, which treatment, and what is safe: asked of the catalog service, kept nowhere."""

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import READING, Asked, Operation, Reply
from gateway.application.guide import FIELDS
from gateway.domain.accept_language import accepted
from gateway.schemas import guide as schemas
from gateway.schemas.projection import Wire, projector

_comparison = projector(schemas.Comparison())
_questions = projector(schemas.GuideQuestions())
_advice = projector(schemas.Advice())

_MOST_LANGUAGES = 10


async def compare(asked: Asked) -> Response:
    return _written(_comparison(await asked.platform.guide.comparison(languages=_languages(asked))))


async def show_questions(asked: Asked) -> Response:
    return _written(_questions(await asked.platform.guide.questions(languages=_languages(asked))))


async def advise(asked: Asked) -> Response:
    answers = {name: asked.body[name] for name in FIELDS}
    return _written(
        _advice(
            await asked.platform.guide.advice(
                location_id=asked.body["location_id"], answers=answers, languages=_languages(asked)
            )
        )
    )


def _written(wire: Wire) -> Response:
    answer = JsonResponse(wire)
    answer.headers["Content-Language"] = wire["language"]
    answer.headers["Vary"] = "Accept-Language"
    return answer


def _languages(asked: Asked) -> list[str]:
    given = asked.query.get("language")
    if given is not None:
        return [given]
    return accepted(asked.request.headers.get("accept-language", ""), most=_MOST_LANGUAGES)


OPERATIONS = [
    Operation(
        id="compare",
        method="GET",
        path="/v1/comparison",
        tag="Guide",
        summary="Compare massage and physical therapy",
        description="Aspect by aspect, in English, French or Spanish. `fallback`: in none of the languages asked for.",
        answer=compare,
        query=schemas.InLanguage(),
        replies={
            200: Reply(
                description="Both, side by side", schema=schemas.Comparison, headers=("Content-Language", "Vary")
            )
        },
        refusals=READING,
    ),
    Operation(
        id="showGuide",
        method="GET",
        path="/v1/guide",
        tag="Guide",
        summary="Show the guide's questions",
        description="What to ask a guest who does not know what they need, one question a screen, and the answers.",
        answer=show_questions,
        query=schemas.InLanguage(),
        replies={
            200: Reply(
                description="The questions, in order",
                schema=schemas.GuideQuestions,
                headers=("Content-Language", "Vary"),
            )
        },
        refusals=READING,
    ),
    Operation(
        id="askGuide",
        method="POST",
        path="/v1/guide",
        tag="Guide",
        summary="Choose with the guide",
        description=(
            "Needs, conditions and signs of danger in; what would serve, every rule that fired with its reason, and "
            "what can be booked at this branch out. Never a diagnosis. A sign of danger comes before everything else. "
            "Nothing of the answers is stored or logged, and the booking asks its own safety questions again."
        ),
        answer=advise,
        query=schemas.InLanguage(),
        body=schemas.AskGuide(),
        replies={200: Reply(description="The advice", schema=schemas.Advice, headers=("Content-Language", "Vary"))},
        refusals=("unknown_location", "contradictory_answers", *READING),
    ),
]
