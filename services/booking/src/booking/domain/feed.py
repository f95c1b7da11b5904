"""A practitioner's calendar to subscribe to: who may read it, and how little it says of guests.

It lands on phones and in other people's clouds, so it names a guest by initials and a treatment by its discreet name.
"""

import base64
import hashlib
import hmac

from .errors import Refused
from .ids import PractitionerId

FIRST_GENERATION = 1


def feed_token(practitioner_id: PractitionerId, generation: int, key: bytes) -> str:
    """Return what a calendar's address carries; derived again whenever it is needed, and dead once it is revoked."""
    mac = hmac.new(key, f"calendar:{practitioner_id}:{generation}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(mac).rstrip(b"=").decode()


def check_feed_token(practitioner_id: PractitionerId, generation: int, token: str, key: bytes) -> None:
    """Refuse a token that is not, or no longer, the practitioner's."""
    if not hmac.compare_digest(feed_token(practitioner_id, generation, key).encode(), token.encode()):
        raise wrong_token()


def wrong_token() -> Refused:
    """The refusal, the same whether the practitioner is unknown or the token wrong."""
    return Refused("calendar_token_invalid", "This calendar's address is not valid, or no longer.")


def initials(name: str) -> str:
    """Return the first letter of the first and of the last word: "A. M." for Ana Lucía Moreau."""
    words = [word for word in name.split() if word[0].isalnum()]
    return " ".join(f"{word[0].upper()}." for word in (words if len(words) < 3 else (words[0], words[-1])))
