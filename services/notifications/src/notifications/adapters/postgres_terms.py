"""A location's terms for the rules in PostgreSQL, on the connection and in the transaction of whoever holds it."""

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, func, or_, select, text, true, update
from sqlalchemy.dialects.postgresql import distinct_on, insert

from notifications.adapters.tables import messages, rule_terms
from notifications.application.rule_terms import SavedTerms
from notifications.domain.moments import At
from notifications.domain.terms import Scope, Terms
from notifications.domain.values import Channel, Happening, LocationId, Reason, State

# Planners share it and whoever saves has it alone: no message is planned by terms that have just been replaced.
_SHARED = text("SELECT pg_advisory_xact_lock_shared(hashtext('rule_terms'))")
_AT = "@"
_ALONE = text("SELECT pg_advisory_xact_lock(hashtext('rule_terms'))")
_STANDING = (
    select(rule_terms.c.rule, rule_terms.c.terms)
    .ext(distinct_on(rule_terms.c.rule))
    .where(rule_terms.c.location_id == bindparam("location_id"))
    .order_by(rule_terms.c.rule, rule_terms.c.version.desc())
)


class PostgresTerms:
    """The `LocationTerms` of one transaction."""

    def __init__(self, connection: Connection, location_id: LocationId) -> None:
        self._connection = connection
        self._location_id = location_id

    def save(self, scope: Scope, terms: Terms | None, *, by: str, now: datetime) -> int:
        rule = _written(scope)
        self._connection.execute(_ALONE)
        last = select(func.coalesce(func.max(rule_terms.c.version), 0)).where(
            rule_terms.c.location_id == self._location_id, rule_terms.c.rule == rule
        )
        version = int(self._connection.execute(last).scalar_one()) + 1
        self._connection.execute(
            insert(rule_terms).values(
                location_id=self._location_id,
                rule=rule,
                version=version,
                terms=_dump(terms) if terms else None,
                saved_at=now,
                saved_by=by,
            )
        )
        return version

    def standing(self) -> Mapping[Scope, Terms]:
        self._connection.execute(_SHARED)
        rows = self._connection.execute(_STANDING, {"location_id": self._location_id})
        return {_scope(row.rule): _load(row.terms) for row in rows if row.terms}

    def history(self, rule: str | None = None) -> list[SavedTerms]:
        wanted = select(rule_terms).where(rule_terms.c.location_id == self._location_id)
        if rule is not None:
            wanted = wanted.where(func.split_part(rule_terms.c.rule, _AT, 1) == rule)
        rows = self._connection.execute(wanted.order_by(rule_terms.c.id.desc())).mappings()
        return [_saved(row) for row in rows]

    def stop(
        self, scope: Scope, channels: frozenset[Channel], *, fallbacks: bool, but: frozenset[str] = frozenset()
    ) -> None:
        self._connection.execute(
            update(messages)
            .where(
                *self._of(scope, channels, but),
                messages.c.state == State.DUE,
                messages.c.unknown == 0,  # one that may have arrived is not to be called unsent
                true() if fallbacks else messages.c.instead_after.is_(None),
            )
            .values(state=State.SKIPPED, reason=Reason.RULE_OFF)
        )

    def resume(
        self, scope: Scope, channels: frozenset[Channel], *, now: datetime, but: frozenset[str] = frozenset()
    ) -> None:
        self._connection.execute(
            update(messages)
            .where(
                *self._of(scope, channels, but),
                messages.c.state == State.SKIPPED,
                messages.c.reason == Reason.RULE_OFF,
                messages.c.due_at > now,
            )
            .values(state=State.DUE, reason=None)
        )

    def _of(self, scope: Scope, channels: frozenset[Channel], but: frozenset[str]) -> tuple[Any, ...]:
        ours = messages.c.modality
        return (
            messages.c.location_id == self._location_id,
            messages.c.rule == scope.rule,
            messages.c.channel.in_([channel.value for channel in channels]),
            # What was planned before modalities were known belongs to none of them.
            ours == scope.modality if scope.modality else or_(ours.is_(None), ours.not_in(but)),
        )


def _written(scope: Scope) -> str:
    return f"{scope.rule}{_AT}{scope.modality}" if scope.modality else scope.rule


def _scope(written: str) -> Scope:
    rule, _, modality = written.partition(_AT)
    return Scope(rule, modality or None)


def _dump(terms: Terms) -> dict[str, Any]:
    return {
        "enabled": terms.enabled,
        "channels": sorted(terms.channels),
        "events": sorted(terms.events) if terms.events is not None else None,
        "due": [[moment.anchor, _minutes(moment.offset)] for moment in terms.due] if terms.due is not None else None,
        # Beside `due`, so that code which knows of elapsed time alone still reads that.
        "wall": [_wall(moment) for moment in terms.due] if terms.due is not None else None,
        "fallback": _minutes(terms.fallback_after) if terms.fallback_after is not None else None,
    }


def _load(kept: Mapping[str, Any]) -> Terms:
    return Terms(
        enabled=kept["enabled"],
        channels=frozenset(Channel(name) for name in kept["channels"]),
        events=frozenset(Happening(name) for name in kept["events"]) if kept["events"] is not None else None,
        due=_due(kept["due"], kept.get("wall")) if kept["due"] is not None else None,
        fallback_after=timedelta(minutes=kept["fallback"]) if kept["fallback"] is not None else None,
    )


def _wall(moment: At) -> list[Any]:
    return [moment.days, moment.clock.isoformat("minutes") if moment.clock is not None else None]


def _due(elapsed: list[Any], wall: list[Any] | None) -> tuple[At, ...]:
    return tuple(
        At(anchor, timedelta(minutes=minutes), days=days, clock=time.fromisoformat(clock) if clock else None)
        for (anchor, minutes), (days, clock) in zip(elapsed, wall or [(0, None)] * len(elapsed), strict=True)
    )


def _minutes(span: timedelta) -> int:
    return int(span / timedelta(minutes=1))


def _saved(row: RowMapping) -> SavedTerms:
    return SavedTerms(
        scope=_scope(row["rule"]),
        version=row["version"],
        terms=_load(row["terms"]) if row["terms"] else None,
        saved_at=row["saved_at"],
        saved_by=row["saved_by"],
    )
