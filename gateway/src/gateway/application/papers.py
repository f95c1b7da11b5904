"""What guests say about physical therapy, as it travels to the booking service."""

from collections.abc import Mapping
from datetime import date
from typing import Any


def papers_on_the_wire(*, referral: Mapping[str, Any] | None, payer: str | None) -> dict[str, Any]:
    """Return what was said, days as text. What was not is left out, so that a service that knows less still answers."""
    said: dict[str, Any] = {}
    if referral:
        said["referral"] = {
            name: value.isoformat() if isinstance(value, date) else value for name, value in referral.items()
        }
    if payer:
        said["payer"] = payer
    return said
