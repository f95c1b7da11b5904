"""While releases follow each other, a sender may meet messages of rules that only a newer planner knows."""

from dataclasses import replace

from notifications.domain.values import State

from services.notifications.tests.house import house
from services.notifications.tests.made import key


async def test_a_message_of_a_newer_release_is_left_to_its_senders_and_holds_up_nobody() -> None:
    here = house()
    ours = next(row for which, row in here.ledger.rows.items() if which == key())
    newer = replace(ours.owed, key=replace(key(), rule="of_next_year"))
    here.ledger.owe([newer], correlation_id="4f0c2d1e9b7a4c61", now=here.clock.now())
    await here.works()
    assert here.sent() == ["confirmation"]
    row = here.ledger.rows[newer.key]
    assert (row.state, row.attempts, row.unknown) == (State.DUE, 0, 0)
    assert row.not_before > here.ledger.real
