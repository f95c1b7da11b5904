"""A bounce that came by mail: `python -m notifications.tell_bounce` reads it (RFC 3464) and tells the gateway's hook.

For mail servers that send bounces to a mailbox and call nobody: let yours pipe what comes to the sender of e-mails into
it. It needs `SLOTWELL_PUBLIC_URL` and `SLOTWELL_EMAIL_HOOK_SECRET`, and ends with 75 (come again, as sysexits has it)
when the gateway cannot be told.
"""

import hashlib
import hmac
import json
import os
import sys
import time
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from typing import Literal

import httpx

from notifications.domain.bounce import names_no_mailbox

MOST_BYTES = 1024 * 1024
"""A mail server may send the whole message back; what counts stands at its beginning."""
DONE, UNUSABLE, COME_AGAIN = 0, 64, 75
_PATH = "/v1/hooks/email/http/receipts"
_TIMEOUT = 20.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounce:
    """What a delivery status notification says of one of our messages."""

    message_id: str
    status: Literal["delivered", "undelivered", "bounced"]
    problem: str


def read(content: bytes) -> Bounce | None:
    """The bounce in a mail; None for any other mail, and for one that will be tried again."""
    mail = message_from_bytes(content[:MOST_BYTES], policy=policy.default)
    fields: dict[str, str] = {}
    message_id = ""
    for part in mail.walk():
        kind = part.get_content_type()
        if kind == "message/delivery-status" and part.is_multipart():
            for block in part.iter_parts() if isinstance(part, EmailMessage) else ():
                fields |= {name.lower(): " ".join(str(value).split()) for name, value in block.items()}
        elif kind == "text/rfc822-headers" and isinstance(part, EmailMessage):
            headers = part.get_payload(decode=True)
            returned = message_from_bytes(headers if isinstance(headers, bytes) else b"", policy=policy.default)
            message_id = message_id or str(returned.get("Message-ID", "")).strip()
        elif part is not mail and part.get("Message-ID"):  # the message itself, sent back
            message_id = message_id or str(part["Message-ID"]).strip()
    action, status = fields.get("action", "").lower(), fields.get("status", "").partition(" ")[0]
    if not message_id or action not in ("failed", "delivered"):
        return None
    if action == "delivered":
        return Bounce(message_id=message_id, status="delivered", problem="")
    gone = names_no_mailbox(status)
    return Bounce(message_id=message_id, status="bounced" if gone else "undelivered", problem=status)


def tell(bounce: Bounce, *, url: str, secret: str) -> bool:
    """Whether the gateway has taken it, or will never take it."""
    said = {"message_id": bounce.message_id, "status": bounce.status, "problem": bounce.problem}
    body, stamp = json.dumps(said).encode(), str(int(time.time()))
    proof = hmac.new(secret.encode(), stamp.encode() + b"." + body, hashlib.sha256).hexdigest()
    headers = {
        "Content-Type": "application/json",
        "Slotwell-Timestamp": stamp,
        "Slotwell-Signature": f"v1={proof}",
    }
    try:
        answer = httpx.post(f"{url.rstrip('/')}{_PATH}", content=body, headers=headers, timeout=_TIMEOUT)
    except httpx.HTTPError as problem:
        sys.stderr.write(f"the gateway cannot be told: {type(problem).__name__}\n")
        return False
    if answer.is_success:
        return True
    sys.stderr.write(f"the gateway answered {answer.status_code}\n")
    return answer.status_code == 400


def main() -> int:
    """Tell of the bounce on standard input; other mail is none of our business."""
    url, secret = os.environ.get("SLOTWELL_PUBLIC_URL", ""), os.environ.get("SLOTWELL_EMAIL_HOOK_SECRET", "")
    if not url or not secret:
        sys.stderr.write("Set SLOTWELL_PUBLIC_URL and SLOTWELL_EMAIL_HOOK_SECRET.\n")
        return UNUSABLE
    bounce = read(sys.stdin.buffer.read())
    if bounce is None:
        return DONE
    return DONE if tell(bounce, url=url, secret=secret) else COME_AGAIN


if __name__ == "__main__":
    raise SystemExit(main())
