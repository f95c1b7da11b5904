"""A practitioner's calendar: who may read it, and how little it says."""

import pytest
from booking.application.feed import feed, feed_link, revoke_feed
from booking.domain.errors import Refused
from booking.domain.feed import initials
from booking.domain.ids import PractitionerId
from booking.views.feeds import feed as view

from services.booking.tests.booking_data import NOON, a_booking, adding
from services.booking.tests.clinic_data import ANA, BEA, clinic
from services.booking.tests.fakes import Office, office

NOBODY = PractitionerId("00000000-0000-4000-8000-000000000000")


@pytest.fixture
def desk() -> Office:
    made = office(clinic())
    made.clock.at = NOON
    return made


def test_a_calendar_names_guests_by_initials_and_treatments_discreetly(desk: Office) -> None:
    made = desk.bookings.transact(adding(a_booking()))
    shown = view(feed(ANA, feed_link(ANA, desk=desk.desk), desk=desk.desk))
    (entry,) = shown["entries"]
    assert entry["booking_id"] == made.id
    assert entry["guest"] == "A. M."
    assert entry["service"] == clinic().services[made.service_id].discreet_name
    said = repr(shown["entries"])
    assert not any(secret in said for secret in ("Moreau", "ana@example.com", "99001234"))


@pytest.mark.parametrize("who", [ANA, BEA, NOBODY])
def test_a_wrong_token_and_an_unknown_practitioner_are_refused_alike(desk: Office, who: PractitionerId) -> None:
    with pytest.raises(Refused) as refused:
        feed(who, "wrong", desk=desk.desk)
    assert refused.value.code == "calendar_token_invalid"


def test_a_token_opens_its_own_practitioner_s_calendar_alone(desk: Office) -> None:
    with pytest.raises(Refused):
        feed(BEA, feed_link(ANA, desk=desk.desk), desk=desk.desk)


def test_a_revoked_address_is_dead_and_the_next_one_is_another(desk: Office) -> None:
    before = feed_link(ANA, desk=desk.desk)
    assert feed_link(ANA, desk=desk.desk) == before
    revoke_feed(ANA, desk=desk.desk)
    with pytest.raises(Refused):
        feed(ANA, before, desk=desk.desk)
    feed(ANA, feed_link(ANA, desk=desk.desk), desk=desk.desk)


def test_nobody_has_no_address(desk: Office) -> None:
    for attempt in (feed_link, revoke_feed):
        with pytest.raises(Refused) as refused:
            attempt(NOBODY, desk=desk.desk)
        assert refused.value.code == "unknown_practitioner"


@pytest.mark.parametrize(
    ("name", "letters"),
    [("Ana Moreau", "A. M."), ("ana", "A."), ("Ana Lucía del Río", "A. R."), ("(?) Éve", "É."), ("  ", "")],
)
def test_initials_are_the_first_and_the_last_word_s(name: str, letters: str) -> None:
    assert initials(name) == letters
