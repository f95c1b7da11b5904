"""What staff should hear of without looking for it, and in which words."""

from datetime import timedelta
from typing import Any

import pytest
from notifications.domain.alerts import LANGUAGES, alert
from notifications.domain.allowance import Budget
from notifications.domain.breaker import Breaker
from notifications.domain.incidents import Incident, Kind, Signs, incidents
from notifications.domain.outcome import Accepted, NotNow

from services.notifications.tests.made import MADE_AT


def found(**signs: Any) -> list[Incident]:
    return incidents(Signs(**{"away": {}, **signs}), now=MADE_AT)


def test_where_all_is_well_there_is_nothing_to_tell() -> None:
    well = Budget(provider="twilio", used=99, limit=100)
    assert found(budgets=[well], away={"smtp": timedelta(minutes=4)}, calls=9, oldest_call_at=MADE_AT) == []


@pytest.mark.parametrize(
    ("signs", "incident"),
    [
        ({"parked": 2}, Incident(kind=Kind.PARKED, count=2)),
        (
            {"budgets": [Budget(provider="twilio", used=100, limit=100)]},
            Incident(kind=Kind.BUDGET_SPENT, subject="twilio", count=100),
        ),
        (
            {"away": {"smtp": timedelta(minutes=5)}},
            Incident(kind=Kind.PROVIDER_AWAY, subject="smtp", count=5),
        ),
        ({"calls": 10, "oldest_call_at": MADE_AT}, Incident(kind=Kind.CALLS_PILE_UP, count=10)),
        (
            {"calls": 1, "oldest_call_at": MADE_AT - timedelta(hours=24)},
            Incident(kind=Kind.CALLS_PILE_UP, count=1),
        ),
    ],
)
def test_each_thing_that_goes_wrong_is_an_incident(signs: dict[str, Any], incident: Incident) -> None:
    assert found(**signs) == [incident]


def test_a_text_of_several_parts_that_no_longer_fits_has_spent_the_budget_until_it_is_raised() -> None:
    assert Budget(provider="twilio", used=99, limit=100, refused=True).spent
    assert not Budget(provider="twilio", used=99, limit=200, refused=True).spent


def test_a_provider_is_away_since_the_first_failure_in_the_row() -> None:
    breaker = Breaker()
    breaker.note(NotNow("busy"), 50.0)
    breaker.note(Accepted(None), 60.0)
    for second in range(100, 104):
        breaker.note(NotNow("busy"), float(second))
    assert breaker.away_for(500.0) == 0  # four failures leave nobody alone
    breaker.note(NotNow("busy"), 104.0)
    assert breaker.away_for(500.0) == 400
    breaker.note(Accepted(None), 600.0)
    assert breaker.away_for(700.0) == 0


@pytest.mark.parametrize("language", LANGUAGES)
def test_several_are_told_in_one_message_in_the_language_of_staff(language: str) -> None:
    said = alert(
        [Incident(kind=kind, subject="twilio", count=7) for kind in Kind], site="book.example", language=language
    )
    assert said.title.startswith("book.example")
    assert len(said.body.splitlines()) == len(Kind)
    assert all("7" in line for line in said.body.splitlines())
    assert said.body.count("twilio") == 2
