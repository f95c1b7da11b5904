"""What we know of handing a message over, and what its provider says, taken together."""

import pytest
from notifications.domain.receipt import Fate, stands
from notifications.domain.values import Reason, State


@pytest.mark.parametrize(
    ("state", "reason", "fate", "seen"),
    [
        (State.SENT, None, None, (State.SENT, None)),
        (State.SENT, None, Fate.ACCEPTED, (State.SENT, None)),
        (State.SENT, None, Fate.DELIVERED, (State.DELIVERED, None)),
        (State.SENT, Reason.REPEATED, Fate.DELIVERED, (State.DELIVERED, Reason.REPEATED)),
        (State.SENT, None, Fate.UNDELIVERED, (State.FAILED, Reason.UNDELIVERED)),
        (State.SENDING, None, Fate.DELIVERED, (State.DELIVERED, None)),  # it came before our own mark
        (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN, Fate.ACCEPTED, (State.SENT, None)),
        (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN, Fate.DELIVERED, (State.DELIVERED, None)),
        (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN, None, (State.UNCERTAIN, Reason.OUTCOME_UNKNOWN)),
        (State.SKIPPED, Reason.SUPERSEDED, Fate.DELIVERED, (State.SKIPPED, Reason.SUPERSEDED)),
        (State.DUE, None, Fate.DELIVERED, (State.DUE, None)),
        (State.FAILED, Reason.REJECTED, Fate.DELIVERED, (State.FAILED, Reason.REJECTED)),
    ],
)
def test_a_receipt_says_more_of_what_went_out_and_nothing_of_what_did_not(
    state: State, reason: Reason | None, fate: Fate | None, seen: object
) -> None:
    assert stands(state, reason, fate) == seen
