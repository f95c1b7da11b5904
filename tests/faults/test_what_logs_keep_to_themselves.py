"""A row that the database refuses says which rule it broke, and nothing about the guest, in any log."""

from datetime import timedelta

from tests.checker.reading import change
from tests.outside.client import a_guest, ok, problem
from tests.outside.stack import StackPlatform
from tests.outside.until import until


def test_a_booking_that_breaks_a_rule_of_the_database_leaves_no_contact_in_any_log(stack: StackPlatform) -> None:
    api = stack.api
    database = stack.databases["booking"]
    guest = a_guest(name="Wilhelmina Unmistakable")
    hold = api.held(after=timedelta(days=3))
    change(database, "ALTER TABLE bookings ADD CONSTRAINT no_wilhelmina CHECK (guest_name !~ 'Wilhelmina') NOT VALID")
    try:
        problem(api.book(hold, guest), 503, "outcome_unknown")
        until(lambda: "no_wilhelmina" in stack.said(), within=10, expecting="the fault in booking's log")
    finally:
        change(database, "ALTER TABLE bookings DROP CONSTRAINT no_wilhelmina")
    digits = "".join(character for character in str(guest["phone"]) if character.isdigit())
    for secret in ("Unmistakable", str(guest["email"]), digits):
        assert secret not in stack.said()
    ok(api.book(hold, guest), 201)
