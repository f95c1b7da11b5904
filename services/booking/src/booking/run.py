"""Booking's process: `python -m booking.run` answers its calls and hears the catalog's events."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # nothing is imported in earnest before the standard library has been patched
    from booking.settings import BookingSettings


def nameko_config(settings: "BookingSettings") -> dict[str, Any]:
    """What nameko needs to know, and the settings for the service's own dependencies."""
    from booking.settings import WORKERS

    return {"AMQP_URI": settings.amqp_url, "max_workers": WORKERS, "slotwell": settings}


def main() -> None:
    """Read the settings and serve until told to stop."""
    from messaging import green

    green.patch()

    from messaging.nameko_ext import run_service
    from runtime import logs
    from runtime.pulse import Pulse

    from booking.service import BookingService
    from booking.settings import BookingSettings

    settings = BookingSettings.load()
    logs.configure(settings.process or "booking", level=settings.log_level)
    run_service(BookingService, nameko_config(settings), pulse=Pulse(settings.pulse_file))


if __name__ == "__main__":
    main()
