"""What guests know of their bookings, and which messages contradict it."""

from datetime import UTC, datetime, timedelta

import pytest

from tests.checker.account import Account, Act, Visit, messages_of
from tests.checker.told import Entry, _doubled, _owed, _stale

NOW = datetime(2030, 1, 7, 12, tzinfo=UTC)
T = NOW.timestamp()


def a_visit(*acts: Act, start: timedelta = timedelta(days=2)) -> Visit:
    return Visit(
        seed=1,
        email="a@example.com",
        start=NOW + start,
        zone="Europe/Paris",
        asked=True,
        booking_ids={"b"},
        booked_at=T,
        acts=list(acts),
    )


def act(kind: str, at: float, outcome: str = "done", *, doubtful_at: float = 0.0) -> Act:
    return Act(kind=kind, begun=T + at, ended=T + at + 1, outcome=outcome, doubtful_at=doubtful_at)


def arrived(rule: str, at: float, *, revision: int = 1, channel: str = "email") -> tuple[str, str, float, str]:
    key = f"b:{revision}:{rule}:{channel}"
    return (channel, key.replace(":", ".") + "@labelle.example" if channel == "email" else key, T + at, "")


@pytest.mark.parametrize(
    ("acts", "expected"),
    [
        ([], "confirmed"),
        ([act("cancel", 10)], "cancelled"),
        ([act("cancel", 10, "unknown")], None),
        ([act("cancel", 10, "refused")], "confirmed"),
        ([act("cancel", 10), act("undo", 20)], "confirmed"),
        ([act("cancel", 10), act("undo", 20, "refused")], "cancelled"),
        # An attempt of the cancellation that nobody answered may come after the undo.
        ([act("cancel", 10, doubtful_at=T + 10), act("undo", 20)], None),
        ([act("cancel", 10, doubtful_at=T + 10), act("undo", 40)], "confirmed"),
    ],
)
def test_what_a_guest_was_told_last_is_what_must_stand(acts: list[Act], expected: str | None) -> None:
    assert a_visit(*acts).expected() == expected


def test_a_reminder_that_became_due_after_the_cancellation_is_stale_however_soon_it_came() -> None:
    # The clinic's clock jumps a day forward two seconds after the cancellation.
    account = Account(visits=[a_visit(act("cancel", 10))], jumps=[(T + 12, 86_400.0)])
    [finding] = _stale(account, messages_of([arrived("first_reminder", 13)]))
    assert finding.kind == "stale"


def test_a_confirmation_that_was_on_its_way_when_the_guest_cancelled_is_not_stale() -> None:
    account = Account(visits=[a_visit(act("cancel", 10))])
    assert list(_stale(account, messages_of([arrived("confirmation", 15)]))) == []
    assert list(_stale(account, messages_of([arrived("confirmation", 90)]))) != []


def test_a_reminder_before_its_time_is_stale() -> None:
    account = Account(visits=[a_visit(start=timedelta(days=3))])
    assert list(_stale(account, messages_of([arrived("first_reminder", 13)]))) != []


@pytest.mark.parametrize(
    ("copies", "state", "reason", "found"),
    [
        (1, "sent", "", 0),
        (2, "sent", "", 1),
        (2, "sent", "repeated", 0),
        (2, "uncertain", "outcome_unknown", 0),
        (3, "sent", "repeated", 1),
    ],
)
def test_a_second_copy_of_an_email_is_doubled_unless_the_ledger_owns_up_to_it(
    copies: int, state: str, reason: str, found: int
) -> None:
    slot = ("b", 1, "confirmation", "email")
    messages = messages_of([arrived("confirmation", 1)] * copies)
    assert len(list(_doubled({slot: messages}, {slot: Entry(state=state, reason=reason)}))) == found


def test_a_second_text_message_is_doubled_whatever_the_ledger_says() -> None:
    slot = ("b", 1, "confirmation", "sms")
    messages = messages_of([arrived("confirmation", 1, channel="sms")] * 2)
    assert len(list(_doubled({slot: messages}, {slot: Entry(state="uncertain", reason="")}))) == 1


def test_who_booked_long_before_is_owed_a_reminder_when_its_window_is_open() -> None:
    account = Account(jumps=[(T + 10, 30 * 3600.0)])
    visit = a_visit(start=timedelta(hours=48))
    assert set(_owed(account, visit, account.clinic_time(T + 60))) == {
        ("confirmation", "email"),
        ("confirmation", "sms"),
        ("first_reminder", "email"),
        ("first_reminder", "sms"),
    }
    assert ("first_reminder", "email") not in set(_owed(account, visit, account.clinic_time(T + 5)))
