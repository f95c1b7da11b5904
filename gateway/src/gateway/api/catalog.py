"""Branches, services, practitioners: from the gateway's own copy, so also while the catalog service is down."""

from collections.abc import Sequence
from typing import cast

from starlette.responses import Response

from gateway.api.answers import JsonResponse
from gateway.api.operation import Asked, Operation, Reply
from gateway.api.paging import page
from gateway.application.catalog_copy import CatalogCopy
from gateway.application.errors import NotReady, Refused
from gateway.domain.catalog import View
from gateway.domain.texts import each_in_language, in_language
from gateway.schemas import catalog as schemas
from gateway.schemas.projection import projector

_locations = projector(schemas.Locations())
_services = projector(schemas.Services())
_service = projector(schemas.Service())
_practitioners = projector(schemas.Practitioners())


async def list_locations(asked: Asked) -> Response:
    limit, cursor, language, wanted = _split(asked)
    found = _catalog(asked).locations(**wanted)
    return JsonResponse(_locations(_page(found, limit=limit, cursor=cursor, language=language)))


async def list_services(asked: Asked) -> Response:
    limit, cursor, language, wanted = _split(asked)
    found = _catalog(asked).services(**wanted)
    return JsonResponse(_services(_page(found, limit=limit, cursor=cursor, language=language)))


async def show_service(asked: Asked) -> Response:
    service = _catalog(asked).service(asked.id)
    if service is None:
        raise Refused(code="unknown_service")
    return JsonResponse(_service(in_language(service, asked.query.get("language"))))


async def list_practitioners(asked: Asked) -> Response:
    limit, cursor, language, wanted = _split(asked)
    found = _catalog(asked).practitioners(**wanted)
    return JsonResponse(_practitioners(_page(found, limit=limit, cursor=cursor, language=language)))


def _page(found: Sequence[View], *, limit: int, cursor: str | None, language: str | None) -> dict[str, object]:
    wanted = page(found, limit=limit, cursor=cursor)
    return {**wanted, "items": each_in_language(cast("list[View]", wanted["items"]), language)}


def _split(asked: Asked) -> tuple[int, str | None, str | None, dict[str, str]]:
    """The page and the language that are wanted, and the filters; what these name must exist."""
    wanted = dict(asked.query)
    limit, cursor, language = wanted.pop("limit"), wanted.pop("cursor", None), wanted.pop("language", None)
    catalog = _catalog(asked)
    if "location_id" in wanted and catalog.location(wanted["location_id"]) is None:
        raise Refused(code="unknown_location")
    if "service_id" in wanted and catalog.service(wanted["service_id"]) is None:
        raise Refused(code="unknown_service")
    return limit, cursor, language, wanted


def _catalog(asked: Asked) -> CatalogCopy:
    if not asked.platform.catalog.loaded:
        raise NotReady("the catalog")
    return asked.platform.catalog


OPERATIONS = [
    Operation(
        id="listLocations",
        method="GET",
        path="/v1/locations",
        tag="Catalog",
        summary="List the branches",
        answer=list_locations,
        query=schemas.FindLocations(),
        replies={200: Reply(description="The branches, by name", schema=schemas.Locations)},
        refusals=("not_ready",),
    ),
    Operation(
        id="listServices",
        method="GET",
        path="/v1/services",
        tag="Catalog",
        summary="List the services",
        description="What is booked most easily comes first; what one has to call for comes last.",
        answer=list_services,
        query=schemas.FindServices(),
        replies={200: Reply(description="The services", schema=schemas.Services)},
        refusals=("unknown_location", "not_ready"),
    ),
    Operation(
        id="showService",
        method="GET",
        path="/v1/services/{service_id}",
        tag="Catalog",
        summary="Show one service",
        answer=show_service,
        query=schemas.ShowService(),
        unknown_id="unknown_service",
        replies={200: Reply(description="The service", schema=schemas.Service)},
        refusals=("unknown_service", "not_ready"),
    ),
    Operation(
        id="listPractitioners",
        method="GET",
        path="/v1/practitioners",
        tag="Catalog",
        summary="List the practitioners",
        answer=list_practitioners,
        query=schemas.FindPractitioners(),
        replies={200: Reply(description="The practitioners, by name", schema=schemas.Practitioners)},
        refusals=("unknown_location", "unknown_service", "not_ready"),
    ),
]
