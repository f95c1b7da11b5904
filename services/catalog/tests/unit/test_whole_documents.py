"""What a clinic may say beyond the plainest document: languages, add-ons, equipment, hours that come and go."""

from typing import Any

import pytest
from catalog.application.published import Kind, State
from catalog.application.states import states_of
from catalog.documents import parse
from catalog.domain.draft import problems_of
from catalog.domain.problem import spell


def problems(document: Any) -> dict[str, str]:
    command = parse(document)
    found = [*command.unreadable, *problems_of(command.draft)]
    return {spell(problem.place): problem.message for problem in found}


def states(document: Any, kind: Kind) -> list[State]:
    assert problems(document) == {}
    return [state for of, _, state in states_of(parse(document).draft) if of is kind]


def test_a_text_may_be_written_in_several_languages_and_each_is_told(document: Any) -> None:
    service = document["services"][0]
    service["name"] = {"en": "Swedish massage", "fr": "Massage suédois"}
    service["techniques"] = [{"id": "kneading", "name": {"en": "Kneading", "es": "Amasamiento"}}, "Long strokes"]
    [state] = states(document, Kind.SERVICE)
    assert (state["name"], state["language"]) == ("Swedish massage", "en")
    assert (state["techniques"], state["technique_ids"]) == (["Kneading", "Long strokes"], ["kneading", None])
    told = {(row["path"], row["language"]): row["text"] for row in state["texts"]}
    assert told["name", "fr"] == "Massage suédois"
    assert told["techniques.0", "es"] == "Amasamiento"
    assert told["techniques.1", "en"] == "Long strokes"


def test_a_document_may_be_in_another_language(document: Any) -> None:
    document["language"] = "fr"
    document["services"][0]["name"] = {"fr": "Massage suédois", "en": "Swedish massage"}
    [state] = states(document, Kind.SERVICE)
    assert (state["name"], state["language"]) == ("Massage suédois", "fr")


@pytest.mark.parametrize(
    ("name", "where", "says"),
    [
        ({"fr": "Massage"}, "services[0].name.en", "the document's own language"),
        ({"en": "Massage", "French": "Massage"}, "services[0].name.French", "not a language like fr"),
        ({"en": "Massage", "fr": " "}, "services[0].name.fr", "is blank"),
        ({}, "services[0].name.en", "is missing"),
        (["Massage"], "services[0].name", "is not text"),
    ],
)
def test_a_text_that_lacks_its_own_language_or_names_none_is_refused(
    document: Any, name: Any, where: str, says: str
) -> None:
    document["services"][0]["name"] = name
    found = problems(document)
    assert list(found) == [where]
    assert says in found[where]


def test_a_language_that_is_none_is_refused(document: Any) -> None:
    document["language"] = "English"
    assert "is not a language like en" in problems(document)["language"]


def with_stones(document: Any, **changes: Any) -> Any:
    document["equipment"] = [{"key": "heater", "location": "paris", "name": "Heater", "equipment_kind": "stones"}]
    add_on = {
        "id": "hot_stones",
        "name": "Hot stones",
        "minutes": 15,
        "requirements": [{"kind": "equipment", "equipment_kind": "stones"}],
        "questions": [{"id": "neuropathy", "text": "Do you feel heat less than usual?"}],
    }
    document["services"][0]["add_ons"] = [{**add_on, **changes}]
    price = {"amount": "20.00", "currency": "EUR"}
    document["services"][0]["offers"][0]["add_ons"] = [{"id": "hot_stones", "price": price}]
    return document


def test_an_add_on_has_minutes_a_price_at_each_branch_and_needs_of_its_own(document: Any) -> None:
    [state] = states(with_stones(document), Kind.SERVICE)
    [add_on] = state["add_ons"]
    assert (add_on["minutes"], add_on["channel"]) == (15, "phone")
    assert add_on["requirements"] == [{"kind": "equipment", "unit_kind": "stones", "count": 1}]
    assert state["offers"][0]["add_ons"] == [
        {"id": "hot_stones", "price": {"amount": "20.00", "currency": "EUR"}},
    ]


def test_an_add_on_can_be_booked_online(document: Any) -> None:
    assert not problems(with_stones(document, channel="online"))


def test_an_add_on_that_nothing_could_serve_or_that_nobody_knows_is_refused(document: Any) -> None:
    with_stones(document)
    document["equipment"] = []
    document["services"][0]["offers"][0]["add_ons"].append(
        {"id": "cupping", "price": {"amount": "20.00", "currency": "USD"}}
    )
    assert problems(document) == {
        "services[0].offers[0].add_ons[1].id": "the service has no add-on 'cupping'",
        "services[0].offers[0].add_ons[1].price.currency": "is USD, but the location takes EUR",
        "services[0].add_ons[0].requirements[0]": "no branch has 1 of the equipment kind 'stones'",
    }


def test_several_that_are_alike_are_several_resources(document: Any) -> None:
    document["equipment"] = [
        {"key": "heater", "location": "paris", "name": "Heater", "equipment_kind": "stones", "count": 2}
    ]
    document["places"] = [{"key": "mats", "location": "paris", "name": "Mat", "place_kind": "mat", "count": 3}]
    document["services"][0]["requirements"] += [
        {"kind": "equipment", "equipment_kind": "stones", "count": 2},
        {"kind": "place", "place_kind": "mat", "count": 3},
    ]
    units = [state for state in states(document, Kind.RESOURCE) if state["kind"] != "room"]
    assert [(unit["kind"], unit["key"], unit["name"]) for unit in units] == [
        ("equipment", "heater", "Heater 1"),
        ("equipment", "heater-2", "Heater 2"),
        ("place", "mats", "Mat 1"),
        ("place", "mats-2", "Mat 2"),
        ("place", "mats-3", "Mat 3"),
    ]
    assert len({unit["resource_id"] for unit in units}) == 5
    document["services"][0]["requirements"][-1]["count"] = 4
    assert "no branch has 4" in problems(document)["services[0].requirements[3]"]
    document["places"].append({"key": "mats-2", "location": "paris", "name": "Own mat", "place_kind": "mat"})
    assert problems(document)["places[1]"] == "has the same key or id as places[0]"


def test_an_offer_follows_its_branch_where_it_has_no_rule_of_its_own(document: Any) -> None:
    document["locations"][0]["booking_rules"] = {"minimum_notice_minutes": 60, "start_grid_minutes": 30}
    document["services"][0]["offers"][0]["horizon_days"] = 14
    [state] = states(document, Kind.SERVICE)
    [offer] = state["offers"]
    assert (offer["minimum_notice_minutes"], offer["horizon_days"], offer["start_grid_minutes"]) == (60, 14, 30)
    assert offer["inherited"] == ["minimum_notice_minutes", "start_grid_minutes"]


def test_rules_are_judged_where_they_are_written(document: Any) -> None:
    document["locations"][0]["booking_rules"] = {"start_grid_minutes": 25, "minimum_notice_minutes": 3 * 24 * 60}
    document["services"][0]["offers"][0]["horizon_days"] = 2
    assert list(problems(document)) == [
        "locations[0].booking_rules.start_grid_minutes",
        "services[0].offers[0].horizon_days",
    ]


SATURDAY = {"location": "paris", "days": ["saturday"], "from": "10:00", "to": "14:00"}


def test_hours_may_come_back_every_second_week(document: Any) -> None:
    weekly = document["practitioners"][0]["weekly"]
    weekly.append({**SATURDAY, "every_weeks": 2, "from_week_of": "2026-11-28"})
    weekly.append({**SATURDAY, "from": "12:00", "to": "18:00", "every_weeks": 2, "from_week_of": "2026-12-05"})
    [state] = states(document, Kind.SCHEDULE)
    assert [(hours["from_week_of"], hours["every_weeks"]) for hours in state["alternating"]] == [
        ("2026-11-23", 2),
        ("2026-11-30", 2),
    ]
    assert len(state["weekly"]) == 2


@pytest.mark.parametrize(
    ("more", "where", "says"),
    [
        ({"every_weeks": 2}, "from_week_of", "from which week on"),
        ({"every_weeks": 3, "from_week_of": "2026-11-28"}, None, "overlaps 10:00 to 14:00 at [1]"),
        ({}, None, "overlaps 10:00 to 14:00 at [1]"),
        ({"every_weeks": 9, "from_week_of": "2026-11-28"}, "every_weeks", "between 1 and 8"),
    ],
)
def test_rhythms_that_meet_or_say_too_little_are_refused(
    document: Any, more: Any, where: str | None, says: str
) -> None:
    weekly = document["practitioners"][0]["weekly"]
    weekly.append({**SATURDAY, "every_weeks": 2, "from_week_of": "2026-11-28"})
    weekly.append({**SATURDAY, "from": "12:00", "to": "18:00", **more})
    found = problems(document)
    place = "practitioners[0].weekly[2]"
    assert says in found[f"{place}.{where}" if where else place]


def test_one_off_hours_stand_beside_the_weekly_ones_and_must_not_meet_them(document: Any) -> None:
    person = document["practitioners"][0]
    person["one_off"] = [{"location": "paris", "date": "2026-11-29", "from": "10:00", "to": "14:00"}]
    person["daily_hands_on_minutes"] = 300
    [state] = states(document, Kind.SCHEDULE)
    assert [(one["date"], one["from"]) for one in state["one_off"]] == [("2026-11-29", "10:00")]
    assert state["daily_hands_on_minutes"] == 300
    person["one_off"].append({"location": "paris", "date": "2026-11-30", "from": "16:00", "to": "19:00"})
    person["one_off"].append({"location": "lyon", "date": "2026-12-06", "from": "16:00", "to": "19:00"})
    assert problems(document) == {
        "practitioners[0].one_off[1]": "overlaps 09:00 to 17:00 at weekly[0] on the same day",
        "practitioners[0].one_off[2].location": "names a location that the document does not have",
    }


def test_a_treatment_that_is_longer_than_the_door_is_ever_open_is_refused(document: Any) -> None:
    document["services"][0]["offers"][0]["durations"][0]["minutes"] = 700
    assert problems(document) == {
        "services[0].offers[0].durations[0].minutes": "Paris is never open for 700 minutes; 660 is the most"
    }
    document["locations"][0]["opening_hours"] = [
        {"days": "every day", "from": "09:00", "to": "20:00"},
        {"days": "every day", "from": "20:00", "to": "23:00"},
    ]
    assert problems(document) == {}


def test_an_outside_clinic_can_be_reached_somehow(document: Any) -> None:
    document["locations"][0]["outside_clinics"] = [
        {"name": "Cabinet Bastille", "phone": "+33 1 99 00 20 20", "note": {"en": "Knees.", "fr": "Genoux."}},
        {"name": "Nowhere"},
        {"name": "Elsewhere", "website": "javascript:alert(1)"},
        {"name": "Local number", "phone": "01 99 00 20 20"},
    ]
    found = problems(document)
    assert list(found) == ["locations[0].outside_clinics[2].website"]
    del document["locations"][0]["outside_clinics"][2]
    assert list(problems(document)) == ["locations[0].outside_clinics[1]", "locations[0].outside_clinics[2].phone"]


def test_staying_away_costs_no_less_than_cancelling_late(document: Any) -> None:
    document["services"][0]["cancellation"]["no_show_fee_percent"] = 20
    assert "no_show_fee_percent" in next(iter(problems(document)))
    del document["services"][0]["cancellation"]["no_show_fee_percent"]
    [state] = states(document, Kind.SERVICE)
    assert state["cancellation"]["no_show_fee_percent"] == 50


def test_a_list_without_end_is_refused_before_it_is_looked_through(document: Any) -> None:
    document["practitioners"][0]["weekly"] *= 10_000
    assert problems(document) == {"practitioners[0].weekly": "has 10000 entries; 500 is the most"}
