"""Several guests in one booking: all or nothing, each with their own time, practitioner, price and answers."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from booking.application.access import GuestAccess
from booking.application.availability import availability
from booking.application.book import Book, Booked, Companion, book
from booking.application.cancel import cancel, undo_cancel
from booking.application.hold import Held, hold
from booking.application.reschedule import To, reschedule
from booking.application.show import show
from booking.domain.booking import Booking, manage_token
from booking.domain.clinic import Clinic
from booking.domain.errors import Refused
from booking.domain.guest import Contact
from booking.domain.hold import opened, sign
from booking.domain.part import GuestSought
from booking.domain.screening import Answers
from booking.domain.wish import Sought
from booking.domain.zones import instant

from services.booking.tests.clinic_data import (
    ANA,
    BEA,
    CLEO,
    COUPLES,
    PARIS,
    ROOM_FOR_TWO,
    SCREENING,
    SWEDISH,
    clinic,
    key_of,
    offer,
    practitioner,
    price,
    room,
    schedule,
    service,
    shift,
)
from services.booking.tests.fakes import Office, office

START = datetime(2026, 12, 1, 10, 0, tzinfo=UTC)
STONES = "00000000-0000-4000-8000-00000000000a"

HOT_STONES = {
    "id": "hot_stones",
    "name": "Hot stones",
    "summary": None,
    "minutes": 15,
    "channel": "online",
    "requirements": [{"kind": "equipment", "unit_kind": "stone_heater", "count": 1}],
    "questions": [{"id": "neuropathy", "text": "Do you feel heat less than usual?"}],
}


def a_heater() -> dict[str, Any]:
    return room(STONES, name="Heater", kind="equipment", room_kind=None, unit_kind="stone_heater")


def couples(**changes: Any) -> dict[str, Any]:
    with_stones = offer(add_ons=[{"id": "hot_stones", "price": price("20.00")}])
    requirements = [
        {"kind": "practitioner", "count": 2, "skill": "swedish"},
        {"kind": "room", "room_kind": "couples", "capacity": 2, "count": 1},
    ]
    return service(
        COUPLES,
        **{"name": "Couples massage", "requirements": requirements, "offers": [with_stones], "add_ons": [HOT_STONES]}
        | changes,
    )


def a_clinic(*changes: dict[str, Any], **more: Any) -> Clinic:
    return clinic(couples(), a_heater(), *changes, **more)


def here_with(*changes: dict[str, Any], **more: Any) -> Office:
    return office(a_clinic(*changes, **more))


def two(*guests: GuestSought, **more: Any) -> Sought:
    return Sought(location_id=PARIS, service_id=COUPLES, guests=guests or (GuestSought(), GuestSought()), **more)


def held(here: Office, *guests: GuestSought, start: datetime = START) -> Held:
    return hold(two(*guests), start=start, desk=here.desk)


def booked(here: Office, hold_: Held, *, companions: tuple[Companion, ...] | None = None, **more: Any) -> Booked:
    command = Book(
        hold_id=hold_.hold.id,
        hold_token=hold_.token,
        contact=Contact(name="Ana Moreau", email="ana@example.com"),
        companions=(Companion(contact=Contact(name="Luc Moreau")),) if companions is None else companions,
        **more,
    )
    return book(command, desk=here.desk)


def opens(here: Office, made: Booking) -> GuestAccess:
    return GuestAccess(booking_id=made.id, token=manage_token(made.id, made.generation, here.desk.manage_key))


def refusal(call: Any, *args: Any, **more: Any) -> Refused:
    with pytest.raises(Refused) as refused:
        call(*args, **more)
    return refused.value


def search(here: Office, sought: Sought) -> dict[datetime, tuple[tuple[str, ...], ...]]:
    day = START.replace(hour=0)
    found = availability(sought, since=day, until=day + timedelta(days=1), by_guest=True, desk=here.desk)
    return {datetime.fromtimestamp(slot.start, UTC): slot.by_guest for slot in found.slots}


def test_a_couple_holds_and_books_two_practitioners_and_the_room_for_two() -> None:
    here = here_with()
    mine = held(here)
    assert len(mine.hold.practitioner_ids) == 2
    assert ROOM_FOR_TWO in mine.hold.resource_ids
    made = booked(here, mine).booking
    assert {claim.resource_id for claim in here.bookings.claims(made.id)} == {*made.practitioner_ids, ROOM_FOR_TWO}
    assert [(each.guest.name if each.guest else None, each.price.amount) for each in made.guests] == [
        (None, Decimal("40.00")),
        ("Luc Moreau", Decimal("40.00")),
    ]
    assert made.price.amount == Decimal("80.00")
    assert {each.practitioner_id for each in made.guests} == set(made.practitioner_ids)


def test_guests_of_different_lengths_keep_each_practitioner_for_their_own_time_and_the_room_for_the_longest() -> None:
    here = here_with()
    mine = held(
        here,
        GuestSought(duration_minutes=60, practitioner_id=ANA),
        GuestSought(duration_minutes=90, practitioner_id=BEA),
    )
    lengths = {each.resource_id: (each.during[1] - each.during[0]) // 60 for each in mine.hold.claims}
    assert lengths == {ANA: 75, BEA: 105, ROOM_FOR_TWO: 105}
    assert (mine.hold.minutes, mine.hold.price.amount) == (90, Decimal("97.50"))
    assert opened(sign(mine.hold, here.desk.hold_key), here.desk.hold_key) == mine.hold
    made = booked(here, mine).booking
    assert {
        each.resource_id: (each.during[1] - each.during[0]) // 60 for each in here.bookings.claims(made.id)
    } == lengths
    # Ana is free for a guest of her own as soon as her part is over.
    alone = Sought(location_id=PARIS, service_id=SWEDISH, duration_minutes=60, practitioner_id=ANA)
    assert hold(alone, start=START + timedelta(minutes=75), desk=here.desk).hold.practitioner_ids == (ANA,)


def test_a_couple_of_different_lengths_fits_where_one_of_the_two_has_a_guest_right_after_the_shorter_part() -> None:
    here = here_with(without=[key_of(practitioner(CLEO)), key_of(schedule(CLEO))])
    after = Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA)
    hold(after, start=START + timedelta(minutes=75), desk=here.desk)
    guests = (GuestSought(duration_minutes=90), GuestSought(duration_minutes=60))
    assert search(here, two(*guests))[START] == ((BEA,), (ANA,))
    mine = held(here, *guests)
    assert [part.practitioner_id for part in mine.hold.guests] == [BEA, ANA]
    assert refusal(held, here_with(without=[key_of(practitioner(CLEO)), key_of(practitioner(BEA))])).code in {
        "not_a_start",
        "slot_taken",
    }


def test_a_search_tells_who_could_serve_each_guest() -> None:
    here = here_with()
    anyone = search(here, two())
    assert anyone[START] == ((ANA, BEA, CLEO), (ANA, BEA, CLEO))
    with_ana = search(here, two(GuestSought(practitioner_id=ANA), GuestSought()))
    assert with_ana[START] == ((ANA,), (BEA, CLEO))


def test_a_couple_gets_nothing_where_only_one_practitioner_is_left() -> None:
    here = here_with(schedule(CLEO, weekly=[]))
    hold(Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=BEA), start=START, desk=here.desk)
    before = len(here.holds.records)
    refused = refusal(held, here)
    assert refused.code == "slot_taken"
    assert len(here.holds.records) == before
    assert START not in search(here, two())


def test_add_ons_lengthen_cost_claim_and_ask_more() -> None:
    here = here_with(couples(screening=SCREENING))
    mine = held(here, GuestSought(add_on_ids=("hot_stones",)), GuestSought())
    assert (mine.hold.minutes, mine.hold.price.amount) == (75, Decimal("100.00"))
    assert STONES in mine.hold.resource_ids
    # The only heater is taken: nobody else has stones then, and a couple without them has no room.
    assert START not in search(here, two(GuestSought(add_on_ids=("hot_stones",)), GuestSought()))
    cleared = Answers(version=3, all_clear=True)
    made = booked(
        here,
        mine,
        screening=cleared,
        companions=(Companion(contact=Contact(name="Luc"), screening=cleared),),
    ).booking
    assert [each.add_on_ids for each in made.guests] == [("hot_stones",), ()]
    assert made.minutes == 75


def test_one_guest_with_an_add_on_books_it_too() -> None:
    here = office(
        clinic(
            a_heater(),
            service(offers=[offer(add_ons=[{"id": "hot_stones", "price": price("20.00")}])], add_ons=[HOT_STONES]),
        )
    )
    mine = hold(Sought(location_id=PARIS, service_id=SWEDISH, add_on_ids=("hot_stones",)), start=START, desk=here.desk)
    command = Book(hold_id=mine.hold.id, hold_token=mine.token, contact=Contact(name="Ana", email="ana@example.com"))
    assert refusal(book, command, desk=here.desk).code == "screening_required"
    made = book(replace(command, screening=Answers(version=0, all_clear=True)), desk=here.desk).booking
    assert (made.minutes, made.price.amount) == (75, Decimal("100.00"))
    assert STONES in {claim.resource_id for claim in here.bookings.claims(made.id)}
    moved = reschedule(opens(here, made), To(start=START + timedelta(hours=2)), desk=here.desk)
    assert (moved.minutes, moved.guests[0].add_on_ids) == (75, ("hot_stones",))


@pytest.mark.parametrize("count", [0, 1, 3, 50])
def test_a_party_of_another_size_is_refused(count: int) -> None:
    sought = Sought(location_id=PARIS, service_id=COUPLES, guests=(GuestSought(),) * count)
    refused = refusal(hold, sought, start=START, desk=here_with().desk)
    assert (refused.code, refused.extra["guests"]) == ("party_size", 2)


@pytest.mark.parametrize(
    ("guests", "code"),
    [
        ((GuestSought(practitioner_id=ANA), GuestSought(practitioner_id=ANA)), "practitioner_twice"),
        ((GuestSought(add_on_ids=("mud",)), GuestSought()), "add_on_not_offered"),
        ((GuestSought(add_on_ids=("hot_stones", "hot_stones")), GuestSought()), "invalid_request"),
        ((GuestSought(duration_minutes=45), GuestSought()), "duration_not_offered"),
        ((GuestSought(practitioner_id=STONES), GuestSought()), "unknown_practitioner"),
    ],
)
def test_what_cannot_be_had_is_refused_and_holds_nothing(guests: tuple[GuestSought, ...], code: str) -> None:
    here = here_with()
    assert refusal(held, here, *guests).code == code
    assert not here.holds.records


def test_what_is_said_of_all_cannot_be_said_of_each_too() -> None:
    refused = refusal(hold, two(duration_minutes=60), start=START, desk=here_with().desk)
    assert [each.field for each in refused.fields] == ["duration_minutes"]


def test_an_add_on_that_is_sold_by_phone_is_not_held_online() -> None:
    here = here_with(couples(add_ons=[{**HOT_STONES, "channel": "phone"}]))
    assert refusal(held, here, GuestSought(add_on_ids=("hot_stones",)), GuestSought()).code == "by_phone_only"


def test_every_half_is_asked_and_nobody_books_before_both_have_answered() -> None:
    here = here_with(couples(screening=SCREENING))
    mine, clear = held(here), Answers(version=3, all_clear=True)
    luc = Contact(name="Luc")
    missing = refusal(booked, here, mine, screening=clear, companions=(Companion(contact=luc),))
    assert (missing.code, missing.extra["guest"]) == ("screening_required", 2)
    unwell = Companion(contact=luc, screening=Answers(version=3, all_clear=False))
    held_back = refusal(booked, here, mine, screening=clear, companions=(unwell,))
    assert (held_back.code, held_back.extra["guest"]) == ("clearance_needed", 2)
    assert not here.bookings.truth.bookings
    booked(here, mine, screening=clear, companions=(Companion(contact=luc, screening=clear),))


def test_each_guest_is_named_and_one_contact_is_enough() -> None:
    here = here_with()
    mine = held(here)
    assert refusal(booked, here, mine, companions=()).code == "party_size"
    nameless = refusal(booked, here, mine, companions=(Companion(contact=Contact(name=" ")),))
    assert [each.field for each in nameless.fields] == ["guests.0.name"]
    wrong = refusal(booked, here, mine, companions=(Companion(contact=Contact(name="Luc", email="nowhere")),))
    assert [each.field for each in wrong.fields] == ["guests.0.email"]
    assert booked(here, mine).booking.guests[1].guest is not None


def test_a_couple_whose_hold_was_lost_books_if_all_of_it_is_still_free_and_nothing_otherwise() -> None:
    here = here_with(schedule(CLEO, weekly=[]))
    mine = held(here)
    here.holds.flush()
    single = hold(Sought(location_id=PARIS, service_id=SWEDISH, practitioner_id=ANA), start=START, desk=here.desk)
    command = Book(hold_id=single.hold.id, hold_token=single.token, contact=Contact(name="Z", email="z@example.com"))
    book(command, desk=here.desk)
    assert refusal(booked, here, mine).code == "slot_taken"
    assert {each.claim.resource_id for each in here.bookings.truth.allocations} == set(single.hold.resource_ids)


def test_if_one_of_the_two_falls_ill_meanwhile_the_next_who_is_free_serves() -> None:
    here = here_with()
    mine = held(here)
    ill = mine.hold.practitioner_ids[0]
    here.bookings.clinic = a_clinic(schedule(ill, weekly=[]), version=2)
    made = booked(here, mine).booking
    assert ill not in made.practitioner_ids
    assert len({each.practitioner_id for each in made.guests}) == 2


def test_a_party_moves_together_and_keeps_its_practitioners() -> None:
    here = here_with()
    guests = (GuestSought(duration_minutes=60, practitioner_id=CLEO), GuestSought(duration_minutes=90))
    made = booked(here, held(here, *guests)).booking
    moved = reschedule(opens(here, made), To(start=START + timedelta(minutes=15)), desk=here.desk)
    assert [each.practitioner_id for each in moved.guests] == [each.practitioner_id for each in made.guests]
    lengths = {each.resource_id: (each.during[1] - each.during[0]) // 60 for each in here.bookings.claims(made.id)}
    assert sorted(lengths.values()) == [75, 105, 105]
    here.bookings.clinic = a_clinic(schedule(CLEO, weekly=[shift(1, "10:00", "12:00")]), version=2)
    again = reschedule(opens(here, made), To(start=START + timedelta(hours=3)), desk=here.desk)
    assert CLEO not in again.practitioner_ids
    assert again.guests[0].practitioner_id in again.practitioner_ids


def test_a_cancelled_party_is_reinstated_whole_or_not_at_all() -> None:
    here = here_with(schedule(CLEO, weekly=[]))
    made = booked(here, held(here)).booking
    claims = here.bookings.claims(made.id)
    cancel(opens(here, made), accept_fee=False, desk=here.desk)
    back = undo_cancel(opens(here, made), desk=here.desk)
    assert [each.claim for each in here.bookings.truth.allocations if each.active] == claims
    cancel(opens(here, back), accept_fee=False, desk=here.desk)
    single = hold(Sought(location_id=PARIS, service_id=SWEDISH), start=START, desk=here.desk)
    assert refusal(undo_cancel, opens(here, back), desk=here.desk).code == "slot_taken"
    assert single.exclusive
    token = opens(here, made).token
    assert show(made.id, token, desk=here.desk).state == "cancelled"


def test_a_token_of_a_plain_hold_is_as_it_was() -> None:
    here = here_with()
    mine = hold(Sought(location_id=PARIS, service_id=SWEDISH), start=START, desk=here.desk)
    assert (mine.hold.guests, mine.hold.shorter) == ((), ())
    assert opened(mine.token, here.desk.hold_key) == mine.hold
    assert mine.hold.start == instant(START)
