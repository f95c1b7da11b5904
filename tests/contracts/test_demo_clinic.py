"""The demo clinic loads, its events keep their contracts, and there is something to book on every day."""

from pathlib import Path
from typing import Any

import pytest
from booking.adapters import catalog_events
from catalog.adapters.yaml_documents import read_yaml
from catalog.application.published import Kind, Published
from catalog.application.states import states_of
from catalog.documents import parse
from catalog.domain.draft import problems_of
from catalog.load import main

from tests.contracts.contract_files import example, problems

CLINIC = Path(__file__).parents[2] / "deploy" / "demo" / "clinic.yaml"


@pytest.fixture(scope="module")
def entities() -> list[Published]:
    command = parse(read_yaml(CLINIC.read_text(encoding="utf-8")).data)
    assert [*command.unreadable, *problems_of(command.draft)] == []
    return [
        Published(kind=kind, id=id_, version=1, deleted=False, state=state)
        for kind, id_, state in states_of(command.draft)
    ]


def of(entities: list[Published], kind: Kind) -> list[dict[str, Any]]:
    return [entity.data for entity in entities if entity.kind is kind]


def test_an_unknown_zone_in_the_file_is_named_with_its_line_and_the_nearest_one(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    written = CLINIC.read_text(encoding="utf-8").replace("Europe/Paris", "Europe/Pariss", 1)
    file = tmp_path / "clinic.yaml"
    file.write_text(written, encoding="utf-8")
    assert main([str(file), "--database-url", "postgresql://nobody@127.0.0.1:1/nothing"]) == 1
    line = next(at for at, text in enumerate(written.splitlines(), start=1) if "Europe/Pariss" in text)
    assert capsys.readouterr().err.splitlines() == [
        f"{file}:{line}: locations[0].zone: no time zone is called 'Europe/Pariss'; perhaps Europe/Paris is meant"
    ]


def test_every_entity_keeps_its_contract(entities: list[Published]) -> None:
    assert {entity.kind for entity in entities} == set(Kind)
    for entity in entities:
        event = {
            **example(entity.kind.event),
            "aggregate_id": str(entity.id),
            "version": 1,
            "data": entity.data,
        }
        assert problems(entity.kind.event, event) == [], entity.data


def test_the_examples_speak_of_the_demo_clinic(entities: list[Published]) -> None:
    ids = {str(entity.id) for entity in entities}
    for kind in Kind:
        assert example(kind.event)["aggregate_id"] in ids


def test_it_has_the_branches_services_people_and_rooms_of_the_story(entities: list[Published]) -> None:
    paris, montreal = of(entities, Kind.LOCATION)
    assert (paris["zone"], montreal["zone"]) == ("Europe/Paris", "America/Toronto")
    services = {service["name"]: service for service in of(entities, Kind.SERVICE)}
    assert set(services) == {
        "Swedish massage",
        "Deep tissue massage",
        "Pain relief massage",
        "Couples massage",
        "Physical therapy evaluation",
        "Physical therapy session",
    }
    for service in services.values():
        at = {offer["location_id"] for offer in service["offers"]}
        massage = service["modality"] == "massage"
        assert at == ({paris["location_id"], montreal["location_id"]} if massage else {paris["location_id"]})
        assert all(not word.lower().startswith(("massage", "physical")) for word in service["discreet_name"].split())
        assert service["screening"] or not massage
    by_phone = {
        (name, offer["location_id"])
        for name, one in services.items()
        for offer in one["offers"]
        if offer["channel"] == "phone"
    }
    assert by_phone == {("Couples massage", montreal["location_id"])}
    assert len(of(entities, Kind.PRACTITIONER)) >= 6
    assert all(
        (practitioner["licence"] is not None) == ("physical_therapy" in practitioner["skills"])
        for practitioner in of(entities, Kind.PRACTITIONER)
    )


def test_every_massage_can_be_had_online_on_every_day_at_both_branches(entities: list[Published]) -> None:
    skills = {person["practitioner_id"]: person["skills"] for person in of(entities, Kind.PRACTITIONER)}
    working = {
        (shift["location_id"], shift["weekday"], skill)
        for schedule in of(entities, Kind.SCHEDULE)
        for shift in schedule["weekly"]
        for skill in skills[schedule["practitioner_id"]]
    }
    for service in of(entities, Kind.SERVICE):
        for offer in service["offers"] if service["modality"] == "massage" else ():
            needed = {item["skill"] for item in service["requirements"] if item["kind"] == "practitioner"}
            if offer["channel"] == "online":
                missing = {(offer["location_id"], day, skill) for day in range(7) for skill in needed} - working
                assert not missing, service["name"]


def test_hot_stones_can_be_had_online_with_what_they_need_and_ask(entities: list[Published]) -> None:
    heated = {unit["location_id"] for unit in of(entities, Kind.RESOURCE) if unit.get("unit_kind") == "stone_heater"}
    for service in of(entities, Kind.SERVICE):
        for add_on in service["add_ons"]:
            assert (add_on["id"], add_on["channel"], add_on["minutes"]) == ("hot_stones", "online", 15)
            assert [one["id"] for one in add_on["questions"]] == ["neuropathy"]
            assert {offer["location_id"] for offer in service["offers"] if offer["add_ons"]} <= heated


def test_phone_numbers_are_of_the_ranges_kept_for_stories(entities: list[Published]) -> None:
    for location in of(entities, Kind.LOCATION):
        assert location["phone"].startswith(("+33199001", "+1514555011"))


def test_booking_can_read_all_of_it(entities: list[Published]) -> None:
    for entity in entities:
        told = catalog_events.told(entity.kind.event, entity.data)
        assert told is not None
        assert catalog_events.read(told.kind, told.data)


def test_every_text_for_guests_is_there_in_english_french_and_spanish(entities: list[Published]) -> None:
    for entity in entities:
        said: dict[str, set[str]] = {}
        for row in entity.state.get("texts", []):
            said.setdefault(row["path"], set()).add(row["language"])
        assert all(languages == {"en", "fr", "es"} for languages in said.values()), (entity.state, said)
    assert all(
        any(row["path"] == path for row in service["texts"])
        for service in of(entities, Kind.SERVICE)
        for path in ("name", "summary", "best_for.0", "techniques.0", "preparation", "aftercare")
    )


def test_the_techniques_of_both_trades_have_names_for_safety_rules(entities: list[Published]) -> None:
    techniques = {id_ for service in of(entities, Kind.SERVICE) for id_ in service["technique_ids"]}
    assert {"kneading", "hot_stones", "cupping", "infrared", "deep_pressure"} <= techniques
    assert {"strength_training", "stretching", "heat", "cold", "electrical_stimulation"} <= techniques
    assert "rehabilitation_programme" in techniques


def test_every_branch_knows_somebody_else_for_physical_therapy(entities: list[Published]) -> None:
    assert all(location["outside_clinics"] for location in of(entities, Kind.LOCATION))
