"""La Belle's catalog, as the page reads it."""

from collections.abc import Mapping, Sequence
from typing import Any

from gateway.domain.catalog import Catalog
from la_belle import clinic


class FakeCatalogCopy:
    """The catalog copy, loaded."""

    def __init__(self, catalog: Catalog | None = None) -> None:
        self.catalog = catalog or clinic()
        self.loaded = True

    def locations(self, modality: str | None = None) -> Sequence[Mapping[str, Any]]:
        return self.catalog.locations(modality=modality)

    def location(self, location_id: str) -> Mapping[str, Any] | None:
        return self.catalog.one("location", location_id)

    def services(self, modality: str | None = None, location_id: str | None = None) -> Sequence[Mapping[str, Any]]:
        return self.catalog.services(modality=modality, location_id=location_id)

    def service(self, service_id: str) -> Mapping[str, Any] | None:
        return self.catalog.one("service", service_id)

    def practitioners(
        self, location_id: str | None = None, service_id: str | None = None, modality: str | None = None
    ) -> Sequence[Mapping[str, Any]]:
        return self.catalog.practitioners(location_id=location_id, service_id=service_id, modality=modality)
