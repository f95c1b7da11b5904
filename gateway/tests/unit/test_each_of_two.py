"""What each of two guests has for themselves on the page: a length, what is had with it, and what whoever treats is."""

from collections.abc import Mapping
from typing import Any

from gateway.web.languages import read
from gateway.web.presenters.apart import apart_in, apart_of, possible_apart, price_of_two
from gateway.web.presenters.choice import Choice, read_choice
from gateway.web.presenters.offers import Treatment, treatments_of
from gateway.web.presenters.people import asked_for, each_asks
from gateway.web.presenters.wishes import possible, rows_with_wishes, wish_kept_in

PEOPLE = [
    {"id": "ana", "name": "Ana", "gender": "female", "languages": ["fr", "es"]},
    {"id": "bo", "name": "Bo", "gender": "male", "languages": ["fr"]},
]
SERVICE: Mapping[str, Any] = {
    "id": "couples",
    "modality": "massage",
    "name": "Couples massage",
    "summary": "",
    "best_for": [],
    "techniques": [],
    "guests": 2,
    "offers": [
        {
            "location_id": "paris",
            "channel": "online",
            "horizon_days": 90,
            "durations": [
                {"minutes": 60, "price": {"amount": "170.01", "currency": "EUR"}},
                {"minutes": 90, "price": {"amount": "240.01", "currency": "EUR"}},
            ],
            "add_ons": [{"id": "mud", "price": {"amount": "20.00", "currency": "EUR"}}],
        }
    ],
    "add_ons": [{"id": "mud", "name": "Mud", "summary": None, "minutes": 15, "channel": "online"}],
}
HERE = Choice(location="paris", service="couples", minutes=60)


def treatment(choice: Choice, **changes: Any) -> Treatment:
    location = {"id": "paris", "phone": ""}
    [found] = treatments_of([{**SERVICE, **changes}], location=location, choice=choice, language=read("en"))
    return found


def chosen(address: str) -> Choice:
    query = address.partition("?")[2].partition("#")[0]
    return read_choice(dict(pair.split("=") for pair in query.replace("%2C", ",").split("&")))


def test_the_second_has_the_same_until_they_choose_and_then_their_own() -> None:
    plain = apart_of(treatment(HERE), SERVICE, choice=HERE, language=read("en"))
    assert plain is not None
    assert (plain.chosen, plain.extras, plain.price) == (False, [], "")
    assert each_asks(HERE, guests=2) is None, "the plain question is the cheaper one"
    longer = chosen(plain.lengths[1].address)
    assert (longer.minutes, longer.minutes2, longer.extras2) == (60, 90, ())
    apart = apart_of(treatment(longer), SERVICE, choice=longer, language=read("en"))
    assert apart is not None
    assert [each.chosen for each in apart.lengths] == [False, True]
    muddy = chosen(apart.extras[0].address)
    assert muddy.extras2 == ("mud",)
    assert asked_for(muddy, guests=2)["guests"] == [
        {"duration_minutes": 60, "practitioner_id": None, "add_on_ids": []},
        {"duration_minutes": 90, "practitioner_id": None, "add_on_ids": ["mud"]},
    ]
    assert chosen(apart.same) == HERE


def test_each_bears_half_of_a_lengths_price_and_the_cents_add_up_as_booking_has_them() -> None:
    apart = read_choice(
        {"location": "paris", "service": "couples", "minutes": "60", "minutes2": "90", "extras2": "mud"}
    )
    assert price_of_two(SERVICE, apart) == {"amount": "225.01", "currency": "EUR"}
    assert price_of_two(SERVICE, HERE) == {"amount": "170.01", "currency": "EUR"}
    assert price_of_two(SERVICE, Choice(location="paris", minutes=60, minutes2=7)) is None


def test_what_is_not_to_be_had_counts_as_the_same() -> None:
    wrong = read_choice({"minutes": "60", "minutes2": "7", "extras2": "mud,gold"})
    assert possible_apart(wrong, treatment(HERE)) == {"minutes2": None, "extras2": ()}
    known = read_choice({"minutes": "60", "minutes2": "90", "extras2": "mud,gold"})
    assert possible_apart(known, treatment(HERE)) == {"minutes2": 90, "extras2": ("mud",)}
    assert possible_apart(known, treatment(HERE, guests=1)) == {"minutes2": None, "extras2": ()}
    assert read_choice({"extras2": "mud"}).extras2 == ()


def test_each_of_two_wishes_for_a_gender_and_both_for_a_language() -> None:
    rows = rows_with_wishes(PEOPLE, guests=2, choice=HERE, language=read("en"))
    assert {row.key: [one.id for one in row.people] for row in rows} == {
        "practitioner": [None, "female", "male", "ana", "bo"],
        "second": [None, "female", "male", "ana", "bo"],
        "speaks": [None, "es"],
    }
    by_a_man = chosen(rows[1].people[2].address)
    assert (by_a_man.gender, by_a_man.gender2) == (None, "male")
    wished = read_choice({"minutes": "60", "practitioner": "ana", "gender2": "male", "spoken": "fr"})
    assert asked_for(wished, guests=2)["guests"] == [
        {"duration_minutes": 60, "practitioner_id": "ana", "add_on_ids": []},
        {
            "duration_minutes": 60,
            "practitioner_id": None,
            "add_on_ids": [],
            "preferences": {"gender": "male", "languages": ["fr"]},
        },
    ]
    assert asked_for(Choice(minutes=60, spoken="fr"), guests=2)["preferences"] == {"languages": ["fr"]}


def test_a_name_takes_the_place_of_a_wish_and_what_nobody_meets_is_not_wished() -> None:
    named = read_choice({"practitioner": "ana", "gender": "male", "gender2": "male", "spoken": "es"})
    assert possible(named, PEOPLE, guests=2) == {"gender": None, "gender2": "male", "spoken": "es"}
    both = read_choice({"practitioner": "ana", "second": "bo", "gender2": "male", "spoken": "es"})
    assert possible(both, PEOPLE, guests=2) == {"gender": None, "gender2": None, "spoken": None}
    assert possible(named, PEOPLE, guests=1)["gender2"] is None


def test_what_is_held_tells_what_was_chosen() -> None:
    parts = [
        {"duration_minutes": 60, "add_ons": [], "preferences": {"gender": "female", "languages": ["es"]}},
        {"duration_minutes": 105, "add_ons": [{"id": "mud", "name": "Mud"}], "preferences": {"gender": "male"}},
    ]
    assert apart_in(parts, SERVICE, location_id="paris") == {"minutes2": 90, "extras2": ("mud",)}
    assert apart_in([parts[0], parts[0]], SERVICE, location_id="paris") == {}
    assert wish_kept_in({"guests": parts}) == {"gender": "female", "gender2": "male", "spoken": "es"}
