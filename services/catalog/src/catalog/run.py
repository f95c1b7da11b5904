"""Catalog's process: `python -m catalog.run` answers its calls."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # nothing is imported in earnest before the standard library has been patched
    from catalog.settings import CatalogSettings

WORKERS = 10


def nameko_config(settings: "CatalogSettings") -> dict[str, Any]:
    """What nameko needs to know, and the settings for the service's own dependencies."""
    return {"AMQP_URI": settings.amqp_url, "max_workers": WORKERS, "slotwell": settings}


def main() -> None:
    """Read the settings and serve until told to stop."""
    from messaging import green

    green.patch()

    from messaging.nameko_ext import run_service
    from runtime import logs
    from runtime.pulse import Pulse

    from catalog.service import CatalogService
    from catalog.settings import CatalogSettings

    settings = CatalogSettings.load()
    logs.configure(settings.process or "catalog", level=settings.log_level)
    run_service(CatalogService, nameko_config(settings), pulse=Pulse(settings.pulse_file))


if __name__ == "__main__":
    main()
