"""What staff ask: the ledger, calls that are owed, a location's own words and how they would read."""

from dataclasses import replace
from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from notifications.adapters.postgres_conversation import PostgresConversation
from notifications.adapters.postgres_ledger import lines
from notifications.adapters.postgres_wordings import PostgresWordings
from notifications.application.ports import BookingAway
from notifications.application.preview import UnknownBooking, preview
from notifications.application.wordings import Unfit, save_wording
from notifications.domain.wordings import VARIABLES
from notifications.outside import Outside
from notifications.schemas import ValidationError, load_booking_id
from notifications.staff_schemas import (
    dump_call,
    dump_line,
    dump_preview,
    dump_wording,
    load_preview,
    load_wanted,
    load_wording,
    refusal,
    unfit,
)

log = get_logger(__name__)


class StaffCalls:
    """Calls that only staff make. nameko finds them on whatever class inherits them."""

    outside: Outside

    @rpc
    def ledger(self, **message: Any) -> dict[str, Any]:
        """Lines of the whole ledger, the newest first, and the number to go on before."""
        try:
            wanted = load_wanted(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        with self.outside.engine.connect() as connection:
            found = lines(connection, replace(wanted, limit=wanted.limit + 1))
        shown = found[: wanted.limit]
        more = shown[-1].number if len(found) > len(shown) else None
        return {"ok": {"items": [dump_line(line) for line in shown], "before": more}}

    @rpc
    def calls(self, limit: int = 100) -> dict[str, Any]:
        """The calls that staff owe to guests whom no channel reaches, or who wrote what only people understand."""
        with self.outside.engine.connect() as connection:
            calls = PostgresConversation(connection, self.outside.digests).calls(limit=max(1, min(limit, 100)))
        return {"ok": {"items": [dump_call(call) for call in calls]}}

    @rpc
    def call_done(self, call_id: int) -> dict[str, Any]:
        """Note that a guest was called."""
        with self.outside.engine.begin() as connection:
            conversation = PostgresConversation(connection, self.outside.digests)
            done = conversation.call_done(call_id, now=self.outside.clock.now())
        return {"ok": {}} if done else {"refused": {"code": "unknown_call", "detail": "There is no such call."}}

    @rpc
    def preview(self, **message: Any) -> dict[str, Any]:
        """What a message about a real booking would say, and how many parts a text would take."""
        try:
            asked = load_preview(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        with here.engine.connect() as connection:
            words = PostgresWordings(connection).standing()
        try:
            shown = preview(
                asked,
                facts_of=here.facts,
                day_facts=here.day_facts,
                words=words,
                writer=here.writer,
                checker=here.checker,
                now=here.clock.now(),
            )
        except BookingAway:
            return {"refused": {"code": "unavailable", "detail": "Booking cannot be reached just now."}}
        except UnknownBooking:
            return {"refused": {"code": "unknown_booking", "detail": "There is no such booking."}}
        except Unfit as problem:
            return unfit(problem.faults)
        return {"ok": dump_preview(shown)}

    @rpc
    def wordings(self, location_id: str) -> dict[str, Any]:
        """A location's own words, and what words may speak of."""
        try:
            wanted = load_booking_id(location_id)
        except ValidationError:
            return {"refused": {"code": "unknown_location", "detail": "That is not a location's id."}}
        with self.outside.engine.connect() as connection:
            saved = PostgresWordings(connection).newest(str(wanted))
        return {"ok": {"items": [dump_wording(one) for one in saved], "variables": VARIABLES}}

    @rpc
    def save_wording(self, **message: Any) -> dict[str, Any]:
        """Let a location say it in its own words from now on, or in the house's again."""
        try:
            asked = load_wording(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        try:
            with here.engine.begin() as connection:
                version = save_wording(
                    asked.spot,
                    asked.wording,
                    wordings=PostgresWordings(connection),
                    checker=here.checker,
                    by=asked.by,
                    now=here.clock.now(),
                )
        except Unfit as problem:
            return unfit(problem.faults)
        log.info("wording saved", location_id=asked.spot.location_id, kind=asked.spot.kind, version=version)
        return {"ok": {"version": version}}
