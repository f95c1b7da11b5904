"""What guests ask by the link in a message: no more of this kind, or again."""

from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from notifications.adapters.postgres_wishes import PostgresWishes
from notifications.application.decline import set_wish
from notifications.outside import Outside

log = get_logger(__name__)

_NO_LINK = {"refused": {"code": "link_invalid", "detail": "This link is not one of ours, or not whole."}}


class GuestCalls:
    """Calls that a link alone allows. nameko finds them on whatever class inherits them."""

    outside: Outside

    @rpc
    def unsubscription(self, token: str) -> dict[str, Any]:
        """Whether messages of the link's kind are declined."""
        what = self.outside.unsubscribe_links.read(token)
        if not what:
            return _NO_LINK
        with self.outside.engine.connect() as connection:
            wishes = PostgresWishes(connection)
            return {"ok": {"declined": all(wishes.has_declined(one) for one in what)}}

    @rpc
    def set_unsubscription(self, token: str, *, declined: bool) -> dict[str, Any]:
        """Decline messages of the link's kind, or have them again; as often as one likes."""
        what = self.outside.unsubscribe_links.read(token)
        if not what:
            return _NO_LINK
        with self.outside.engine.begin() as connection:
            set_wish(what, declined=declined, wishes=PostgresWishes(connection), now=self.outside.clock.now())
        log.info("unsubscription", kind=next(iter(what)).kind, declined=declined)
        return {"ok": {"declined": declined}}
