"""Several who wait as one, or one who wants add-ons: one offer, every guest asked, one booking."""

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from booking.application.accept_offer import Accept, accept
from booking.application.availability import availability
from booking.application.hold import hold
from booking.application.join_waitlist import Join, join
from booking.application.offer_times import Pass, offer_times
from booking.application.waiting import Waiter, decline, see
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.part import GuestSought
from booking.domain.screening import Answers
from booking.domain.waitlist import Wanted
from booking.domain.wish import Sought
from booking.views.waitlist import seen as view

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    COUPLES,
    PARIS,
    ROOM_FOR_TWO,
    SCREENING,
    SWEDISH,
    offer,
    price,
    service,
)
from services.booking.tests.fakes import Office, office
from services.booking.tests.unit.test_parties import HOT_STONES, STONES, a_clinic, couples

TEN = datetime(2026, 11, 24, 10, 0, tzinfo=ZoneInfo("Europe/Paris"))
THAT_START = Wanted(since=TEN, until=TEN + timedelta(minutes=15))
EACH_THEIR_OWN = (
    GuestSought(duration_minutes=60, practitioner_id=ANA, add_on_ids=("hot_stones",)),
    GuestSought(duration_minutes=90, practitioner_id=BEA),
)
CLEAR = Answers(version=SCREENING["version"], all_clear=True)  # type: ignore[arg-type]
LUC = Contact(name="Luc Moreau")


def here_with(*changes: dict[str, Any]) -> Office:
    return office(a_clinic(couples(screening=SCREENING), *changes))


def two(*guests: GuestSought) -> Sought:
    return Sought(location_id=PARIS, service_id=COUPLES, guests=guests or None)


def waits(here: Office, sought: Sought, *companions: Contact, name: str = "Ana Moreau") -> Waiter:
    contact = Contact(name=name, email=f"{name.split(maxsplit=1)[0].lower()}@example.com", zone="Europe/Paris")
    made = join(Join(sought=sought, wanted=THAT_START, contact=contact, companions=companions), desk=here.desk)
    here.clock.advance(seconds=1)
    return Waiter(entry_id=made.entry.id, token=made.token)


def refusal(call: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value


def free_starts(here: Office, sought: Sought) -> int:
    found = availability(sought, since=THAT_START.since, until=THAT_START.until, desk=here.desk)
    return len(found.slots)


def test_a_party_is_offered_both_practitioners_and_the_room_and_accepts_in_one_booking() -> None:
    here = here_with()
    who = waits(here, two(*EACH_THEIR_OWN), LUC)
    assert offer_times(desk=here.desk) == Pass(offered=1)
    lease = see(who, desk=here.desk).offer
    assert lease is not None
    assert {ANA, BEA, ROOM_FOR_TWO, STONES} == set(lease.resource_ids)
    assert [part.practitioner_id for part in lease.parts] == [ANA, BEA]
    assert (lease.minutes, [part.minutes for part in lease.parts]) == (90, [75, 90])
    ends = {each.resource_id: each.during[1] for each in lease.claims}
    assert ends[ANA] < ends[BEA] == ends[ROOM_FOR_TWO], "each is claimed for their own guest's time"
    assert free_starts(here, two()) == 0, "the room is taken"
    assert refusal(hold, two(), start=TEN, desk=here.desk).code == "slot_taken"

    made = accept(Accept(waiter=who, screening=CLEAR, companions=(CLEAR,)), desk=here.desk).booking
    assert [(each.minutes, each.practitioner_id, each.add_on_ids) for each in made.guests] == [
        (75, ANA, ("hot_stones",)),
        (90, BEA, ()),
    ]
    assert [each.guest and each.guest.name for each in made.guests] == [None, "Luc Moreau"]
    assert made.price == lease.price
    assert accept(Accept(waiter=who, companions=(None,)), desk=here.desk).booking == made, "once, however often"


@pytest.mark.parametrize(
    ("screening", "companions", "code", "whose"),
    [
        (None, (CLEAR,), "screening_required", 1),
        (CLEAR, (None,), "screening_required", 2),
        (CLEAR, (replace(CLEAR, version=1),), "screening_required", 2),
        (CLEAR, (replace(CLEAR, all_clear=False),), "clearance_needed", 2),
        (CLEAR, (), "party_size", None),
        (CLEAR, (CLEAR, CLEAR), "party_size", None),
    ],
)
def test_every_guest_is_asked_before_anything_is_booked(
    screening: Answers | None, companions: tuple[Answers | None, ...], code: str, whose: int | None
) -> None:
    here = here_with()
    who = waits(here, two(), LUC)
    offer_times(desk=here.desk)
    refused = refusal(accept, Accept(waiter=who, screening=screening, companions=companions), desk=here.desk)
    assert (refused.code, refused.extra.get("guest")) == (code, whose)
    assert see(who, desk=here.desk).offer is not None, "the offer stands: they may answer again"
    assert not here.bookings.truth.bookings


def test_who_comes_along_is_named_when_joining_and_seen_by_who_has_the_token() -> None:
    here = here_with()
    assert refusal(waits, here, two()).code == "party_size"
    assert refusal(waits, here, two(), LUC, LUC).code == "party_size"
    bad = refusal(waits, here, two(), Contact(name="Luc", email="nowhere"))
    assert [each.field for each in bad.fields] == ["companions.0.email"]
    assert refusal(waits, here, Sought(location_id=PARIS, service_id=SWEDISH), LUC).code == "party_size"
    assert not here.bookings.truth.entries
    who = waits(here, two(*EACH_THEIR_OWN), LUC)
    shown = view(see(who, desk=here.desk), a_clinic(couples(screening=SCREENING)))
    assert [(each["name"], each["duration_minutes"]) for each in shown["guests"]] == [
        ("Ana Moreau", 75),
        ("Luc Moreau", 90),
    ]
    assert [[q["id"] for q in each["screening"]["questions"]] for each in shown["guests"]] == [
        ["clots", "neuropathy"],
        ["clots"],
    ]
    assert shown["screening"] == shown["guests"][0]["screening"]


def test_a_guest_alone_waits_for_add_ons_too() -> None:
    with_stones = service(add_ons=[HOT_STONES], offers=[offer(add_ons=[{"id": "hot_stones", "price": price("20.00")}])])
    here = office(a_clinic(with_stones))
    sought = Sought(location_id=PARIS, service_id=SWEDISH, duration_minutes=60, add_on_ids=("hot_stones",))
    who = waits(here, sought)
    assert offer_times(desk=here.desk) == Pass(offered=1)
    lease = see(who, desk=here.desk).offer
    assert lease is not None
    assert (lease.minutes, STONES in lease.resource_ids) == (75, True)
    assert refusal(accept, Accept(waiter=who), desk=here.desk).code == "screening_required"
    made = accept(Accept(waiter=who, screening=Answers(version=0, all_clear=True)), desk=here.desk).booking
    assert [each.add_on_ids for each in made.guests] == [("hot_stones",)]


def test_one_room_for_two_is_offered_to_the_first_of_two_parties_and_a_declined_one_to_the_next() -> None:
    here = here_with()
    first, second = waits(here, two(), LUC), waits(here, two(), LUC, name="Zoe Moreau")
    assert offer_times(desk=here.desk) == Pass(offered=1)
    assert see(second, desk=here.desk).offer is None
    decline(first, desk=here.desk)
    assert offer_times(desk=here.desk) == Pass(offered=1)
    assert see(first, desk=here.desk).offer is None
    assert see(second, desk=here.desk).offer is not None
