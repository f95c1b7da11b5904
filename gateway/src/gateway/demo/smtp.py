"""The SMTP side of the sink: takes every e-mail for everyone, and delivers none."""

from aiosmtpd.smtp import SMTP, Envelope, Session
from runtime.clock import Clock
from runtime.logs import get_logger

from gateway.demo.message import email, source_of
from gateway.demo.store import MessageStore, StoreAway

log = get_logger(__name__)
_MOST_BYTES = 2 * 1024 * 1024


class Keeper:
    """aiosmtpd's handler: one row a recipient."""

    def __init__(self, store: MessageStore, clock: Clock) -> None:
        self._store = store
        self._clock = clock

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  # aiosmtpd's
        """Keep what came; a sender is told to try again while the database is away."""
        content = envelope.content or b""
        if isinstance(content, str):
            content = content.encode()
        try:
            for recipient in envelope.rcpt_tos:
                message = email(content, recipient=str(recipient), received_at=self._clock.now())
                await self._store.add(message, source=source_of(content))
                log.info("email_received", message_id=message.id)
        except StoreAway:
            return "451 4.3.0 The inbox is not reachable; try again"
        return "250 2.0.0 Kept"


def protocol(store: MessageStore, clock: Clock) -> SMTP:
    """The server's side of one connection."""
    return SMTP(
        Keeper(store, clock),
        hostname="inbox.localhost",
        ident="Slotwell demo inbox",
        data_size_limit=_MOST_BYTES,
        enable_SMTPUTF8=True,
    )
