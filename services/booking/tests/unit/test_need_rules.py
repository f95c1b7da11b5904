"""Every rule about needs, row by row; and what must hold whatever the rules say."""

import copy
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from importlib.resources import files
from typing import Any

import pytest
import yaml
from booking.adapters.therapy_rules import UnsoundRules, rules_of, therapy_rules
from booking.domain.documents import UNITS, VERIFIED, VISITS, Document, DocumentId, Patient, Terms, best_for
from booking.domain.errors import Refused
from booking.domain.ids import BookingId
from booking.domain.needs import MET, OPEN, WAIVED, Earlier, Judged, Need, NeedId, Session, again, judged_for, needs_for
from hypothesis import given
from hypothesis import strategies as st

RULES = therapy_rules()
NOW = datetime(2026, 11, 23, 8, tzinfo=UTC)
START = datetime(2026, 12, 7, 10, tzinfo=UTC)
DAY = timedelta(days=1)
EVALUATED = Earlier(booking_id=BookingId("e"), evaluation=True, start=START - 10 * DAY, attended=True)


@dataclass(frozen=True)
class Row:
    """A session, and what the rule of this name makes of it: None, or whether it refuses and when it is due."""

    rule: str
    region: str = "FR"
    payer: str = "self_pay"
    evaluation: bool = False
    visits: int = 1
    first: int = 10
    all_clear: bool = True
    needed: bool = True
    refused: bool = False
    due: int = 0


ROWS = [
    Row("evaluation.first", visits=0, refused=True),
    Row("evaluation.is_one", evaluation=True, needed=False),
    Row("referral.fr.public", payer="public_insurance", due=24),
    Row("referral.fr.public", payer="public_insurance", evaluation=True, due=24),
    Row("referral.fr.direct_access", visits=7, needed=False),
    Row("referral.fr.direct_access", visits=8, due=24),
    Row("referral.us.insurance", region="US", payer="private_insurance", due=24),
    Row("referral.us.insurance", region="US", payer="public_insurance", due=24),
    Row("referral.us.direct_access", region="US", visits=9, first=29, needed=False),
    Row("referral.us.direct_access", region="US-NY", visits=10, first=29, refused=True),
    Row("referral.us.direct_access", region="US", visits=2, first=30, refused=True),
    Row("referral.gb.direct_access", region="GB", visits=40, needed=False),
    Row("referral.gb.direct_access", region="GB", payer="public_insurance", needed=False),
    Row("referral.ca.direct_access", region="CA", visits=40, needed=False),
    Row("referral.evaluation", region="CA", payer="private_insurance", evaluation=True, due=24),
    Row("referral.evaluation", region="XX", evaluation=True, due=24),
    Row("referral.any", region="CA", payer="private_insurance", refused=True),
    Row("referral.any", region="XX", refused=True),
    Row("authorization.us.private", region="US", payer="private_insurance", due=48),
    Row("authorization.any", region="US", payer="public_insurance", needed=False),
    Row("authorization.any", region="FR", payer="private_insurance", needed=False),
    Row("clearance.any", region="GB", all_clear=False, refused=True),
    Row("clearance.any", region="GB", needed=False),
]


def session_of(row: Row) -> Session:
    return Session(
        booking_id=BookingId("s"),
        region=row.region,
        payer=row.payer,
        evaluation=row.evaluation,
        start=START,
        day=START.date(),
        minutes=45,
        all_clear=row.all_clear,
    )


def history(row: Row) -> list[Earlier]:
    opened = replace(EVALUATED, start=START - row.first * DAY)
    later = [
        replace(
            opened, booking_id=BookingId(str(n)), evaluation=False, start=opened.start + (n + 1) * timedelta(hours=1)
        )
        for n in range(row.visits - 1)
    ]
    return [opened, *later] if row.visits else []


def about(rule: str, judged: Iterable[Judged]) -> list[Judged]:
    return [each for each in judged if each.rule_id == rule]


@pytest.mark.parametrize("row", ROWS, ids=lambda row: f"{row.rule} {row.region} {row.payer} {row.visits} {row.first}")
def test_what_a_rule_says(row: Row) -> None:
    session = session_of(row)
    kind = row.rule.partition(".")[0]
    decides = RULES.rule(kind, region=row.region, payer=row.payer, evaluation=row.evaluation)
    assert decides.id == row.rule
    found = about(row.rule, judged_for(session, [], history(row), RULES))
    assert bool(found) is row.needed
    if row.needed:
        assert (found[0].state, found[0].due(NOW)) == (OPEN, START - timedelta(hours=row.due))
        assert (found[0].version, decides.reason.keys()) == (RULES.version, {"en", "fr", "es"})
    if row.refused:
        with pytest.raises(Refused) as refused:
            needs_for(session, [], history(row), RULES)
        assert refused.value.extra["rule"] == row.rule
    elif row.rule.startswith(("referral", "authorization")):
        needs_for(session, [], history(row), RULES)


def test_every_rule_has_a_row() -> None:
    assert {row.rule for row in ROWS} == {rule.id for rule in RULES.rules}


def written() -> Any:
    return copy.deepcopy(yaml.safe_load(files("booking.rules").joinpath("therapy.yaml").read_text(encoding="utf-8")))


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"without": "perhaps"}, "without"),
        ({"payers": ["the king"]}, "payers"),
        ({"reason": {"en": "Only English"}}, "reason"),
        ({"source": "nobody"}, "source"),
        ({"free": {}}, "free"),
        ({"frree": {"visits": 8}}, "unknown field frree"),
        ({"due_hours": -1, "without": "accept"}, "due_hours"),
    ],
)
def test_rules_that_mean_nothing_are_all_named(change: dict[str, Any], named: str) -> None:
    rules = written()
    rules["rules"][0].update(change)
    with pytest.raises(UnsoundRules) as unsound:
        rules_of(rules)
    assert named in str(unsound.value)


def test_a_kind_that_no_rule_ends_is_unsound() -> None:
    rules = written()
    rules["rules"] = [one for one in rules["rules"] if one["id"] != "authorization.any"]
    with pytest.raises(UnsoundRules, match="authorization"):
        rules_of(rules)


def test_the_rules_of_an_earlier_evaluation_end_with_its_episode() -> None:
    long_ago = replace(EVALUATED, start=START - RULES.episode - DAY)
    with pytest.raises(Refused):
        needs_for(session_of(Row("evaluation.first")), [], [long_ago], RULES)


def a_document(**changes: Any) -> Document:
    terms = Terms(issuer="Dr. Petit", issued_on=date(2026, 11, 1))
    plain = Document(
        id=DocumentId("d"),
        kind="referral",
        patient=Patient(name="lisa", email="lisa@example.com", phone=None),
        terms=terms,
        state=VERIFIED,
        stated_at=NOW,
        changed_at=NOW,
        changed_by="admin",
    )
    return replace(plain, **changes)


days = st.dates(date(2026, 1, 1), date(2027, 12, 31))
terms_ = st.builds(
    Terms,
    issuer=st.just("Dr. Petit"),
    issued_on=days,
    expires_on=st.none() | days,
    allowance=st.none() | st.integers(0, 20),
    counted_in=st.sampled_from([VISITS, UNITS]),
)
documents_ = st.lists(
    st.builds(
        a_document,
        id=st.uuids().map(lambda each: DocumentId(str(each))),
        kind=st.sampled_from(["referral", "authorization"]),
        terms=terms_,
        state=st.sampled_from(["stated", "received", "verified", "revoked"]),
        reserved=st.integers(0, 10),
        used=st.integers(0, 10),
    ),
    max_size=5,
)
earlier_ = st.lists(
    st.builds(
        Earlier,
        booking_id=st.uuids().map(lambda each: BookingId(str(each))),
        evaluation=st.booleans(),
        start=st.integers(-400, 30).map(lambda ago: START + ago * DAY),
        attended=st.booleans(),
    ),
    max_size=15,
)
sessions_ = st.builds(
    lambda region, payer, evaluation, clear: session_of(
        Row("", region=region, payer=payer, evaluation=evaluation, all_clear=clear)
    ),
    st.sampled_from(["FR", "US", "US-NY", "CA", "GB", "XX"]),
    st.sampled_from(sorted(RULES.payers)),
    st.booleans(),
    st.booleans(),
)


@given(sessions_, documents_, earlier_)
def test_no_document_is_relied_on_that_is_revoked_used_up_or_not_good_that_day(
    session: Session, documents: list[Document], earlier: list[Earlier]
) -> None:
    for each in judged_for(session, documents, earlier, RULES):
        if each.document is None:
            assert each.state == OPEN or each.kind == "evaluation"
            continue
        document = each.document
        assert (document.kind, document.state == VERIFIED) == (each.kind, each.state == MET)
        assert document.covers(session.day)
        assert document.left is None or document.left >= document.costs(session.minutes) > 0


@given(sessions_, documents_, earlier_, st.integers(-40, 40))
def test_a_need_is_due_after_it_was_asked_for_and_not_after_a_start_that_is_to_come(
    session: Session, documents: list[Document], earlier: list[Earlier], ahead: int
) -> None:
    asked = session.start - ahead * DAY
    for each in judged_for(session, documents, earlier, RULES):
        assert asked <= each.due(asked) <= max(session.start, asked)


@given(sessions_, documents_, earlier_)
def test_more_papers_never_make_a_session_need_more(
    session: Session, documents: list[Document], earlier: list[Earlier]
) -> None:
    def lacking(papers: list[Document]) -> set[str]:
        return {each.kind for each in judged_for(session, papers, earlier, RULES) if each.state == OPEN}

    good = [replace(a_document(), id=DocumentId(kind), kind=kind) for kind in ("referral", "authorization")]
    assert lacking([*documents, *good]) <= lacking(documents)


@given(sessions_, documents_, earlier_)
def test_an_evaluation_is_never_refused_for_want_of_one(
    session: Session, documents: list[Document], earlier: list[Earlier]
) -> None:
    judged = judged_for(replace(session, evaluation=True), documents, earlier, RULES)
    assert "evaluation" not in {each.kind for each in judged}


@given(documents_, st.dates(date(2026, 1, 1), date(2027, 12, 31)), st.integers(1, 120))
def test_what_is_taken_never_exceeds_what_is_left(documents: list[Document], day: date, minutes: int) -> None:
    chosen = best_for(documents, kind="referral", day=day, minutes=minutes)
    if chosen is not None and chosen.left is not None:
        assert chosen.left - chosen.costs(minutes) >= 0


def test_what_staff_let_off_stays_let_off_and_an_overdue_need_does_not_slip_to_a_later_time() -> None:
    [judged] = judged_for(session_of(Row("", payer="public_insurance")), [], history(Row("")), RULES)[1:]
    need = Need(
        id=NeedId("n"),
        booking_id=BookingId("s"),
        kind="referral",
        rule_id=judged.rule_id,
        version=1,
        due=judged.due(NOW),
        state=OPEN,
        opened_at=NOW,
    )
    late = need.due + timedelta(hours=1)
    assert need.is_overdue(late)
    assert again(need, judged, now=late) == need
    let_off = replace(need, state=WAIVED, resolved_at=NOW)
    assert again(let_off, judged, now=late) == let_off
