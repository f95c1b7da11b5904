"""Whether this process lives, and whether the platform is ready."""

from starlette.responses import Response

from gateway.adapters.postgres_catalog import reachable
from gateway.api.answers import JsonResponse
from gateway.api.operation import Asked, Operation, Reply
from gateway.application.readiness import readiness
from gateway.schemas.health import Alive, Ready
from gateway.schemas.projection import projector

_ready = projector(Ready())


async def live(_asked: Asked) -> Response:
    return JsonResponse({"alive": True}, headers={"Cache-Control": "no-store"})


async def ready(asked: Asked) -> Response:
    platform = asked.platform
    state = await readiness(
        bus=platform.bus,
        broker=platform.settings.broker,
        catalog_loaded=platform.catalog.loaded,
        database=reachable(platform.database),
    )
    return JsonResponse(_ready(state), 200 if state["ready"] else 503, {"Cache-Control": "no-store"})


OPERATIONS = [
    Operation(
        id="live",
        method="GET",
        path="/healthz",
        tag="Operations",
        summary="Does this process live?",
        answer=live,
        replies={200: Reply(description="It does", schema=Alive)},
    ),
    Operation(
        id="ready",
        method="GET",
        path="/readyz",
        tag="Operations",
        summary="Is the platform ready?",
        description=(
            "Asks every service, at once and for a second at most, and names each part that is away. "
            "Ready means that guests can book: a part that is not `needed` may be away meanwhile."
        ),
        answer=ready,
        replies={
            200: Reply(description="Every needed part is ready", schema=Ready),
            503: Reply(description="A needed part is not", schema=Ready),
        },
    ),
]
