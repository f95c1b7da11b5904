"""The rules about physical therapy, as they lie in this package."""

from collections.abc import Mapping
from datetime import timedelta
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from booking.domain.need_rules import ACCEPT, ANY, EVALUATION, KINDS, NEVER, REFUSE, TREATMENT, Rule, Rules
from booking.domain.running_out import Threshold

LANGUAGES = ("en", "fr", "es")
_FIELDS = {"id", "kind", "region", "payers", "of", "free", "without", "due_hours", "source", "reason"}


class UnsoundRules(Exception):
    """The rules as delivered mean nothing: a mistake of whoever wrote them, with every problem."""


@cache
def therapy_rules() -> Rules:
    """The rules of this release. Raises `UnsoundRules`, which a test sees before anybody else does."""
    return rules_of(yaml.safe_load(files("booking.rules").joinpath("therapy.yaml").read_text(encoding="utf-8")))


def rules_of(written: Mapping[str, Any]) -> Rules:
    """Read rules, or raise `UnsoundRules` with everything that is wrong."""
    problems = [problem for one in written["rules"] for problem in _problems(one, written)]
    problems += [
        f"{kind}: no rule for any region, payer and session"
        for kind in KINDS
        for session in (EVALUATION, TREATMENT)
        if not any(
            (one["kind"], one["region"]) == (kind, ANY) and "payers" not in one and one["of"] in {ANY, session}
            for one in written["rules"]
        )
    ]
    problems += [
        f"running_out: {each} is no number of days or visits"
        for each in (*written["running_out"]["days"], *written["running_out"]["visits"])
        if not (isinstance(each, int) and each > 0)
    ]
    if problems:
        raise UnsoundRules("; ".join(problems))
    return Rules(
        version=written["version"],
        payers=frozenset(written["payers"]),
        episode=timedelta(days=written["episode_days"]),
        warn_before=timedelta(hours=written["warn_hours"]),
        running_out=(
            *(Threshold(days=each) for each in written["running_out"]["days"]),
            *(Threshold(visits=each) for each in written["running_out"]["visits"]),
        ),
        rules=tuple(_rule(one, written["sources"]) for one in written["rules"]),
    )


def _problems(one: Mapping[str, Any], written: Mapping[str, Any]) -> list[str]:
    checks = {
        "unknown field " + ", ".join(sorted(one.keys() - _FIELDS)): one.keys() <= _FIELDS,
        "kind": one.get("kind") in KINDS,
        "region": bool(one.get("region")),
        "payers": set(one.get("payers", ())) <= set(written["payers"]),
        "of": one.get("of") in {EVALUATION, TREATMENT, ANY},
        "free": set(one.get("free", {"visits": 1})) in ({"visits"}, {"days"}, {"visits", "days"}),
        "without": one.get("without") in {NEVER, REFUSE, ACCEPT},
        "due_hours": one.get("without") == NEVER or one.get("due_hours", -1) >= 0,
        "source": one.get("source") in written["sources"],
        "reason": all(one.get("reason", {}).get(language) for language in LANGUAGES),
    }
    return [f"{one.get('id')}: {name}" for name, sound in checks.items() if not sound]


def _rule(one: Mapping[str, Any], sources: Mapping[str, str]) -> Rule:
    free = one.get("free", {})
    return Rule(
        id=one["id"],
        kind=one["kind"],
        region=one["region"],
        payers=frozenset(one["payers"]) if "payers" in one else None,
        of=one["of"],
        without=one["without"],
        due_before=timedelta(hours=one.get("due_hours", 0)),
        free_visits=free.get("visits"),
        free_days=free.get("days"),
        reason=one["reason"],
        source=sources[one["source"]],
    )
