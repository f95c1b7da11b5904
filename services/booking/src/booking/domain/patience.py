"""How often a guest may stay away before they book on request only."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from .errors import Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """So many missed appointments, that began within so many days, and the guest is asked to call; 0: never."""

    times: int = 2
    days: int = 180

    def since(self, now: datetime) -> datetime:
        """Return from when on missed appointments count."""
        return now - timedelta(days=self.days)


def often_missed(phone: str) -> Refused:
    """Return the refusal of a guest who has often stayed away, to be raised by the caller."""
    return Refused(
        "on_request_only", f"To book, please call us: {phone}. Some of your last appointments were missed.", phone=phone
    )
