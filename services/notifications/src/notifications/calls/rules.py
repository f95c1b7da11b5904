"""What staff ask about rules: which stand at a location, since when, and how they want them."""

from typing import Any

from messaging.nameko_ext import rpc
from runtime.logs import get_logger

from notifications.adapters.postgres_terms import PostgresTerms
from notifications.application.rule_terms import Unworkable, rules_of, save_terms
from notifications.domain.rules import RULES
from notifications.outside import Outside
from notifications.rule_schemas import dump_standing, dump_version, load_terms, load_whose, unworkable
from notifications.schemas import ValidationError
from notifications.staff_schemas import refusal

log = get_logger(__name__)


class RuleCalls:
    """Calls that only staff make. nameko finds them on whatever class inherits them."""

    outside: Outside

    @rpc
    def rules(self, **message: Any) -> dict[str, Any]:
        """Every rule as it stands at a location."""
        try:
            asked = load_whose(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        with self.outside.engine.connect() as connection:
            found = rules_of(RULES, PostgresTerms(connection, asked.location_id), asked.modality)
        return {"ok": {"items": [dump_standing(one) for one in found]}}

    @rpc
    def rule_versions(self, **message: Any) -> dict[str, Any]:
        """Who had a location's rules how, and when; the newest first."""
        try:
            asked = load_whose(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        with self.outside.engine.connect() as connection:
            found = PostgresTerms(connection, asked.location_id).history(asked.rule)
        return {"ok": {"items": [dump_version(one) for one in found]}}

    @rpc
    def save_rule(self, **message: Any) -> dict[str, Any]:
        """Let a location have a rule otherwise from now on, or by default again."""
        try:
            asked = load_terms(message)
        except ValidationError as problem:
            return refusal("invalid_request", problem)
        here = self.outside
        try:
            with here.engine.begin() as connection:
                location = PostgresTerms(connection, asked.location_id)
                version = save_terms(
                    asked.rule,
                    asked.terms,
                    location=location,
                    by=asked.by,
                    now=here.clock.now(),
                    modality=asked.modality,
                )
        except Unworkable as problem:
            return unworkable(problem)
        here.waker.wake()
        log.info("rule saved", location_id=asked.location_id, rule=asked.rule.name, version=version)
        return {"ok": {"version": version}}
