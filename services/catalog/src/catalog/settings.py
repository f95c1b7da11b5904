"""Catalog's settings, from the environment."""

from pydantic import Field
from runtime.settings import Settings


class CatalogSettings(Settings):
    """What catalog's processes need; see `Settings` for what all processes share."""

    catalog_database_url: str = Field(pattern=r"^postgresql://", description="catalog's own database and role")
