"""A document is read or every one of its problems is named, with its place."""

from typing import Any

import pytest
from catalog.documents import parse
from catalog.domain.draft import problems_of
from catalog.domain.problem import spell


def problems(document: Any) -> dict[str, str]:
    command = parse(document)
    found = [*command.unreadable, *problems_of(command.draft)]
    return {spell(problem.place): problem.message for problem in found}


def put(document: Any, place: str, value: Any) -> None:
    """Set the value at `services.0.name`; `None` for a step that is not there is an error of the test."""
    *way, last = [int(step) if step.isdigit() else step for step in place.split(".")]
    for step in way:
        document = document[step]
    document[last] = value


SHIFT = "practitioners.0.weekly.0"
OFFER = "services.0.offers.0"


@pytest.mark.parametrize(
    ("place", "value", "where", "says"),
    [
        ("locations.0.zone", "Europe/Pariss", "locations[0].zone", "no time zone is called"),
        ("locations.0.opening_hours.0.to", "08:00", "locations[0].opening_hours[0]", "the times the wrong way round?"),
        ("locations.0.zone", "../../etc/passwd", "locations[0].zone", "no time zone is called"),
        ("locations.0.phone", "01 99 00 10 10", "locations[0].phone", "not an international number"),
        ("locations.0.currency", "euro", "locations[0].currency", "not written like EUR"),
        ("locations.0.name", "  ", "locations[0].name", "is blank"),
        ("locations.0.name", "Paris\nBcc: all", "locations[0].name", "line breaks"),
        ("locations.0.name", 7, "locations[0].name", "is not text"),
        ("locations.0.name", None, "locations[0].name", "must not be empty"),
        ("rooms.0.key", "Tilleul!", "rooms[0].key", "not written like"),
        ("locations.0.surprise", 1, "locations[0].surprise", "not a known field"),
        ("locations.0.address.floor", 3, "locations[0].address.floor", "not a known field"),
        (
            "locations.0.opening_hours.0.from",
            "9:00",
            "locations[0].opening_hours[0].from",
            "time of day like 09:00",
        ),
        (
            "locations.0.opening_hours.0.from",
            540,
            "locations[0].opening_hours[0].from",
            "time of day like 09:00",
        ),
        (
            "locations.0.opening_hours.0.to",
            "24:00",
            "locations[0].opening_hours[0].to",
            "time of day like 09:00",
        ),
        (
            "locations.0.opening_hours.0.days",
            ["mon"],
            "locations[0].opening_hours[0].days",
            "list of weekdays",
        ),
        ("locations.0.opening_hours.0.days", [], "locations[0].opening_hours[0].days", "list of weekdays"),
        ("locations.0.opening_hours", [], "locations[0].opening_hours", "empty list"),
        ("services.0.modality", "yoga", "services[0].modality", "not one of: massage, physical_therapy"),
        ("services.0.requirements", [], "services[0].requirements", "empty list"),
        ("services.0.requirements.0.kind", "sauna", "services[0].requirements[0].kind", "not one of"),
        (
            "services.0.requirements.0.skill",
            "swedsh",
            "services[0].requirements[0].skill",
            "no practitioner has",
        ),
        ("services.0.requirements.1.capacity", 2, "services[0].requirements[1]", "no room of the kind"),
        (
            "services.0.requirements.1.capacity",
            True,
            "services[0].requirements[1].capacity",
            "not a whole number",
        ),
        (
            "services.0.cancellation.fee_percent",
            101,
            "services[0].cancellation.fee_percent",
            "between 0 and 100",
        ),
        (f"{OFFER}.location", "lyon", "services[0].offers[0].location", "does not have"),
        (f"{OFFER}.channel", "fax", "services[0].offers[0].channel", "not one of: online, phone, on_request"),
        (f"{OFFER}.start_grid_minutes", 25, "services[0].offers[0].start_grid_minutes", "would drift"),
        (f"{OFFER}.horizon_days", 0, "services[0].offers[0].horizon_days", "between 1 and"),
        (
            f"{OFFER}.durations.0.minutes",
            "60",
            "services[0].offers[0].durations[0].minutes",
            "not a whole number",
        ),
        (
            f"{OFFER}.durations.0.minutes",
            60.5,
            "services[0].offers[0].durations[0].minutes",
            "not a whole number",
        ),
        (
            f"{OFFER}.durations.0.price.amount",
            85.0,
            "services[0].offers[0].durations[0].price.amount",
            "amount",
        ),
        (
            f"{OFFER}.durations.0.price.amount",
            "1e3",
            "services[0].offers[0].durations[0].price.amount",
            "amount",
        ),
        (
            f"{OFFER}.durations.0.price.amount",
            "-5",
            "services[0].offers[0].durations[0].price.amount",
            "amount",
        ),
        (
            f"{OFFER}.durations.0.price.amount",
            "5.001",
            "services[0].offers[0].durations[0].price.amount",
            "amount",
        ),
        (
            f"{OFFER}.durations.0.price.currency",
            "CAD",
            "services[0].offers[0].durations[0].price.currency",
            "EUR",
        ),
        ("practitioners.0.skills", ["swedish", "swedish"], "practitioners[0].skills", "same one twice"),
        (
            "practitioners.0.licence",
            {"number": "7", "region": "FR"},
            "practitioners[0].licence.expires_on",
            "is missing",
        ),
        (
            "practitioners.0.licences",
            [
                {"number": "7", "region": "US-NY", "expires_on": "2029-01-01"},
                {"number": "8", "region": "US-NY", "expires_on": "2030-01-01"},
            ],
            "practitioners[0].licences",
            "same one twice",
        ),
        ("services.0.requirements.0.licensed", "yes", "services[0].requirements[0].licensed", "neither true nor false"),
        ("locations.0.region", "New York", "locations[0].region", "FR or US-NY"),
        (f"{SHIFT}.location", "lyon", "practitioners[0].weekly[0].location", "does not have"),
        (f"{SHIFT}.to", "08:00", "practitioners[0].weekly[0]", "wrong way round"),
        (f"{SHIFT}.to", "09:00", "practitioners[0].weekly[0]", "wrong way round"),
        (f"{SHIFT}.days", ["monday", "monday"], "practitioners[0].weekly[0].days", "same day twice"),
        (f"{SHIFT}.valid_from", "2026-02-30", "practitioners[0].weekly[0].valid_from", "not a day like"),
        (f"{SHIFT}.breaks.0.from", "08:00", "practitioners[0].weekly[0].breaks[0]", "not inside the shift"),
        (f"{SHIFT}.breaks.0.to", "11:00", "practitioners[0].weekly[0].breaks[0]", "not inside the shift"),
        (
            "practitioners.0.time_off.0.from",
            "2026-12-24T00:00:00",
            "practitioners[0].time_off[0].from",
            "offset",
        ),
        (
            "practitioners.0.time_off.0.to",
            "2026-12-01T00:00:00Z",
            "practitioners[0].time_off[0]",
            "before it begins",
        ),
        (
            "practitioners.0.time_off.0.to",
            "9999-12-31T23:00:00-05:00",
            "practitioners[0].time_off[0].to",
            "not a time",
        ),
        ("rooms.0.location", "lyon", "rooms[0].location", "does not have"),
        ("rooms.0.location", "\ud800", "rooms[0].location", "is not a key"),
        ("rooms.0.location", ["paris"], "rooms[0].location", "is not a key"),
        ("rooms.0.name", "Til\x00leul", "rooms[0].name", "control characters"),
        ("rooms.0.name", "\ud800", "rooms[0].name", "control characters"),
        ("rooms.0.key", "\ud800", "rooms[0].key", "control characters"),
        ("rooms.0.capacity", 0, "rooms[0].capacity", "between 1 and"),
        ("rooms", {}, "rooms", "is not a list"),
        ("rooms.0", "Tilleul", "rooms[0]", "is not an object"),
        ("suites", [], "suites", "is not one of: locations"),
    ],
)
def test_a_mistake_is_named_with_its_place(
    document: dict[str, Any], place: str, value: Any, where: str, says: str
) -> None:
    put(document, place, value)
    found = problems(document)
    assert list(found) == [where]
    assert says in found[where]


def test_a_licence_by_itself_and_in_a_list_is_one_too_many(document: dict[str, Any]) -> None:
    licence = {"number": "7", "region": "FR", "expires_on": "2029-01-01"}
    document["practitioners"][0].update(licence=licence, licences=[licence])
    [(where, says)] = problems(document).items()
    assert where == "practitioners[0].licence"
    assert "name all in one of them" in says


def test_a_sound_document_has_no_problems(document: dict[str, Any]) -> None:
    assert problems(document) == {}


@pytest.mark.parametrize("document", [None, [], "clinic", 7])
def test_what_is_not_an_object_is_refused_and_does_not_break(document: Any) -> None:
    assert problems(document) == {"": "is not an object"}


def test_a_section_that_is_missing_is_not_taken_for_an_empty_one(document: dict[str, Any]) -> None:
    del document["practitioners"]
    assert problems(document) == {"practitioners": "is missing; an empty list would withdraw all of them"}


def test_a_required_field_that_is_missing_is_named(document: dict[str, Any]) -> None:
    del document["locations"][0]["address"]["city"]
    assert problems(document) == {"locations[0].address.city": "is missing"}


def test_every_problem_is_reported_at_once(document: dict[str, Any]) -> None:
    put(document, "locations.0.zone", "Mars/Base")
    put(document, "services.0.modality", "yoga")
    put(document, f"{SHIFT}.breaks", [{"from": "10:00", "to": "11:00"}, {"from": "10:30", "to": "11:30"}])
    put(document, "rooms.0.name", 7)
    assert list(problems(document)) == [
        "services[0].modality",
        "rooms[0].name",
        "locations[0].zone",
        "practitioners[0].weekly[0].breaks[1]",
    ]


def test_an_entry_that_cannot_be_read_leaves_no_dangling_references_behind(document: dict[str, Any]) -> None:
    put(document, "locations.0.region", "France")
    assert list(problems(document)) == ["locations[0].region"]


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("Europe/Pariss", "Europe/Paris"),
        ("europe/paris", "Europe/Paris"),
        ("Paris", "Europe/Paris"),
        ("America/Montréal", "America/Montreal"),
        ("New York", "America/New_York"),
        ("Mars/Base", None),
        ("../../etc/passwd", None),
    ],
)
def test_an_unknown_zone_is_refused_with_the_nearest_one(
    document: dict[str, Any], written: str, meant: str | None
) -> None:
    put(document, "locations.0.zone", written)
    said = f"no time zone is called {written!r}" + (f"; perhaps {meant} is meant" if meant else "")
    assert problems(document) == {"locations[0].zone": said}


def test_a_door_that_is_open_round_the_clock_or_past_midnight_is_no_slip(document: dict[str, Any]) -> None:
    put(document, "practitioners", [])
    for opens, closes in (("00:00", "00:00"), ("06:00", "23:30"), ("10:00", "02:00"), ("08:00", "00:00")):
        put(document, "locations.0.opening_hours", [{"days": ["monday"], "from": opens, "to": closes}])
        assert not [place for place in problems(document) if "opening_hours" in place]


def test_opening_hours_that_overlap_are_refused_past_midnight_too(document: dict[str, Any]) -> None:
    put(
        document,
        "locations.0.opening_hours",
        [
            {"days": ["sunday"], "from": "18:00", "to": "02:00"},
            {"days": ["monday"], "from": "01:00", "to": "20:00"},
            {"days": "weekdays", "from": "20:00", "to": "22:00"},
        ],
    )
    assert list(problems(document)) == ["locations[0].opening_hours[1]"]


def test_a_closure_that_ends_before_it_begins_is_refused(document: dict[str, Any]) -> None:
    put(
        document,
        "locations.0.closures",
        [{"from_date": "2027-01-02", "to_date": "2027-01-01", "reason": "New Year"}],
    )
    assert list(problems(document)) == ["locations[0].closures[0]"]


def test_shifts_overlap_only_while_both_hold(document: dict[str, Any]) -> None:
    shift = {"location": "paris", "days": ["monday"], "from": "16:00", "to": "19:00"}
    put(
        document,
        "practitioners.0.weekly",
        [{**shift, "valid_to": "2026-12-31"}, {**shift, "valid_from": "2027-01-01"}],
    )
    assert problems(document) == {}
    document["practitioners"][0]["weekly"].append({**shift, "from": "18:00", "to": "20:00"})
    assert list(problems(document)) == ["practitioners[0].weekly[2]"]


def test_a_shift_when_the_branch_is_never_open_is_refused(document: dict[str, Any]) -> None:
    put(
        document,
        "practitioners.0.weekly",
        [{"location": "paris", "days": ["monday"], "from": "21:00", "to": "23:00"}],
    )
    assert problems(document) == {"practitioners[0].weekly[0]": "Paris is never open at that time"}


def test_a_shift_at_a_branch_where_the_practitioner_does_not_work_is_refused(
    document: dict[str, Any],
) -> None:
    document["locations"].append({**document["locations"][0], "key": "lyon", "name": "Lyon"})
    put(document, f"{SHIFT}.location", "lyon")
    assert problems(document) == {"practitioners[0].weekly[0].location": "is not among the practitioner's locations"}


def test_two_entries_of_a_kind_cannot_share_a_key(document: dict[str, Any]) -> None:
    document["rooms"].append({**document["rooms"][0], "name": "Lavande"})
    document["equipment"] = [{"key": "tilleul", "location": "paris", "name": "Infrared lamp"}]
    assert problems(document) == {
        "rooms[1]": "has the same key or id as rooms[0]",
        "equipment[0]": "has the same key or id as rooms[0]",
    }


def test_an_entry_needs_a_key_or_an_id_and_not_both(document: dict[str, Any]) -> None:
    put(document, "rooms.0.id", "0b0f0e4e-6f3c-4a52-8f2c-1a1f7f3f9a10")
    assert problems(document) == {"rooms[0].key": "needs a key or an id, and only one of them"}
    del document["rooms"][0]["key"]
    assert problems(document) == {}
    del document["rooms"][0]["id"]
    assert problems(document) == {"rooms[0].key": "needs a key or an id, and only one of them"}


def test_the_same_key_gives_the_same_id_in_every_document(document: dict[str, Any]) -> None:
    first, second = parse(document).draft, parse(document).draft
    assert first == second
    assert str(first.locations[0].value.id) == "41b42fef-5bfc-5aa6-90ca-fb27f985a9f2"


def test_a_notice_that_reaches_the_horizon_is_refused(document: dict[str, Any]) -> None:
    put(document, f"{OFFER}.horizon_days", 2)
    put(document, f"{OFFER}.minimum_notice_minutes", 2 * 24 * 60)
    assert list(problems(document)) == ["services[0].offers[0].minimum_notice_minutes"]


def test_questions_durations_and_offers_are_named_once(document: dict[str, Any]) -> None:
    question = {"id": "fever", "text": "Do you have a fever?"}
    put(document, "services.0.screening", {"version": 1, "questions": [question, question]})
    offer = document["services"][0]["offers"][0]
    offer["durations"] *= 2
    document["services"][0]["offers"].append({**offer, "durations": offer["durations"][:1]})
    assert list(problems(document)) == [
        "services[0].screening.questions[1].id",
        "services[0].offers[1].location",
        "services[0].offers[0].durations[1].minutes",
    ]


def test_a_message_does_not_repeat_a_whole_book(document: dict[str, Any]) -> None:
    put(document, "locations.0.opening_hours.0.from", "9" * 10_000)
    [message] = problems(document).values()
    assert len(message) < 100
