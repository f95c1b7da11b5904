"""Who hears that the clinic cannot keep a booking as it stands: the desk, and the guest where a branch wants it."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta

from notifications.domain.facts import Facts
from notifications.domain.plan import owed_by
from notifications.domain.rules import BY_NAME
from notifications.domain.staff import Contact, Post
from notifications.domain.terms import Scope, Terms, standing
from notifications.domain.values import Channel, Happening, Key, Reason, Recipient, State
from runtime.clock import FixedClock

from services.notifications.tests.fakes import FakeBookings, FakeContacts
from services.notifications.tests.house import House
from services.notifications.tests.made import BOOKING, LOCATION, MADE_AT, change, facts, rescheduled

DISPLACED = change(happening=Happening.DISPLACED, happened_at=MADE_AT + timedelta(days=1))
DESK = Post(Recipient.DESK, LOCATION)
KEY = Key(booking_id=BOOKING, revision=1, rule="displaced", channel=Channel.EMAIL, recipient=Recipient.DESK)


def at_the_desk(known: Facts | None = None) -> House:
    contact = Contact(name="Front desk", email="desk@labelle.example", phone=None, language="fr")
    return on_that_day(known or facts(), {DESK: contact})


def on_that_day(known: Facts, contacts: Mapping[Post, Contact]) -> House:
    clock = FixedClock(DISPLACED.happened_at)
    return House(bookings=FakeBookings({BOOKING: known}), contacts=FakeContacts(contacts), clock=clock)


def test_the_desk_is_owed_one_e_mail_whatever_channels_the_guest_has() -> None:
    for channels in ((Channel.SMS,), tuple(Channel), ()):
        owed = owed_by(replace(DISPLACED, channels=channels))
        due = [one.key for one in owed if one.key.recipient is Recipient.DESK and one.skipped is None]
        assert due == [KEY]


def test_its_key_names_the_desk_and_a_guests_key_is_as_it_ever_was() -> None:
    assert str(KEY) == f"{BOOKING}:1:displaced:email:desk"
    assert str(replace(KEY, rule="confirmation", recipient=Recipient.GUEST)) == f"{BOOKING}:1:confirmation:email"


async def test_the_desk_is_written_to_once_at_its_own_address_and_reads_nothing_of_who_comes() -> None:
    house = at_the_desk()
    for _ in range(2):
        house.hears(DISPLACED)
        await house.works()
    assert house.provider is not None
    (letter,) = house.provider.got
    assert (letter.to, letter.to_name) == ("desk@labelle.example", "Front desk")
    assert "Camille" not in letter.text + letter.to_name


async def test_a_desk_without_an_address_is_skipped_with_the_reason_and_owes_nobody_a_call() -> None:
    house = on_that_day(facts(), {})
    house.hears(DISPLACED)
    await house.works()
    row = house.ledger.rows[KEY]
    assert (row.state, row.reason, house.ledger.calls) == (State.SKIPPED, Reason.NO_ADDRESS, [])


async def test_what_fits_again_or_was_moved_is_not_told() -> None:
    house = at_the_desk(facts(displaced=False))
    house.hears(DISPLACED)
    await house.works()
    assert (house.ledger.rows[KEY].reason, house.sent()) == (Reason.FITS_AGAIN, [])

    house = at_the_desk()
    for heard in (DISPLACED, rescheduled(happened_at=DISPLACED.happened_at)):
        house.hears(heard)
    assert house.ledger.rows[KEY].reason is Reason.SUPERSEDED


def test_the_guest_hears_of_it_only_where_a_branch_wants_it() -> None:
    def told(terms: dict[Scope, Terms]) -> set[Reason | None]:
        owed = owed_by(DISPLACED, standing(terms))
        return {one.skipped for one in owed if one.key.rule == "displaced_guest"}

    assert told({}) == {Reason.RULE_OFF}
    assert told({Scope("displaced_guest"): Terms()}) == {None}
    assert BY_NAME["displaced_guest"].recipient is Recipient.GUEST
