"""From the published states back to the document: loading what was exported changes nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from catalog.application.export_service import service_entry
from catalog.application.published import Kind, Published, State
from catalog.application.said import Said

Entry = dict[str, Any]

DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
RESOURCE_SECTIONS = {"room": "rooms", "equipment": "equipment", "place": "places"}
SECTIONS = ("locations", "services", "practitioners", *RESOURCE_SECTIONS.values())
_GROUPS = {DAYS: "every day", DAYS[:5]: "weekdays", DAYS[5:]: "weekend"}


def export(entities: Iterable[Published]) -> dict[str, Any]:
    """The whole document, tombstones left out. An entry goes by its key where it has one, by its id elsewhere."""
    living = [entity for entity in entities if not entity.deleted]
    spoken = next((entity.state["language"] for entity in living if "language" in entity.state), "en")
    document: dict[str, Any] = {"language": spoken, **{section: [] for section in SECTIONS}}
    for section, _, entry in entries(living):
        document[section].append(entry)
    return document


def entries(living: Sequence[Published]) -> Iterator[tuple[str, Published, Entry]]:
    """Each entry of the document with its section and what it was made from, a schedule within its practitioner's."""
    keys = {str(entity.id): entity.state.get("key") or str(entity.id) for entity in living}
    schedules = {entity.id: entity.state for entity in living if entity.kind is Kind.SCHEDULE}
    for entity in living:
        state = entity.state
        match entity.kind:
            case Kind.LOCATION:
                yield "locations", entity, _location(state)
            case Kind.SERVICE:
                yield "services", entity, service_entry(_name(entity), state, keys)
            case Kind.PRACTITIONER:
                hours = schedule_entry(schedules.get(entity.id, {}), keys)
                yield "practitioners", entity, {**_practitioner(state, keys), **hours}
            case Kind.RESOURCE:
                yield RESOURCE_SECTIONS[state["kind"]], entity, _resource(state, keys)
            case Kind.SCHEDULE:
                pass


def _location(state: State) -> Entry:
    said = Said(state)
    return {
        **_own_name(state, "location_id"),
        **{name: state[name] for name in ("name", "zone", "region", "phone", "emergency_number")},
        "address": dict(state["address"]),
        "currency": state["currency"],
        "opening_hours": list(_by_hours(state["opening_hours"])),
        "closures": [
            {**closure, "reason": said.at(f"closures.{index}.reason", closure["reason"])}
            for index, closure in enumerate(state["closures"])
        ],
        "outside_clinics": [
            {**clinic, "note": said.at(f"outside_clinics.{index}.note", clinic["note"])}
            for index, clinic in enumerate(state["outside_clinics"])
        ],
        "booking_rules": dict(state["booking_rules"]),
    }


def _practitioner(state: State, keys: Mapping[str, str]) -> Entry:
    return {
        **_own_name(state, "practitioner_id"),
        "name": state["name"],
        "title": Said(state).at("title", state["title"]),
        "gender": state["gender"],
        "skills": list(state["skills"]),
        "languages": list(state["languages"]),
        "locations": [keys[id_] for id_ in state["location_ids"]],
        **_licences(state),
    }


def _licences(state: State) -> Entry:
    several = state["licences"]
    if len(several) > 1:
        return {"licences": [dict(each) for each in several]}
    return {"licence": state["licence"] and dict(state["licence"])}


def schedule_entry(state: State, keys: Mapping[str, str]) -> Entry:
    """A practitioner's hours as their entry has them."""
    weekly = [*state.get("weekly", []), *state.get("alternating", [])]
    return {
        "weekly": [_at(shift, keys) for shift in _by_hours(weekly)],
        "one_off": [_at(dict(one), keys) for one in state.get("one_off", [])],
        "time_off": [dict(off) for off in state.get("time_off", [])],
        "daily_hands_on_minutes": state.get("daily_hands_on_minutes"),
    }


def _resource(state: State, keys: Mapping[str, str]) -> Entry:
    entry = {**_own_name(state, "resource_id"), "location": keys[state["location_id"]], "name": state["name"]}
    if state["kind"] == "room":
        return {**entry, "room_kind": state["room_kind"], "capacity": state["capacity"]}
    return {**entry, f"{state['kind']}_kind": state["unit_kind"]}


def _at(hours: Entry, keys: Mapping[str, str]) -> Entry:
    return {"location": keys[hours.pop("location_id")], **hours}


def _by_hours(rows: Sequence[State]) -> Iterator[Entry]:
    """Rows of one day each as hours of several days, in their order."""
    grouped: list[tuple[Entry, list[str]]] = []
    for row in rows:
        rest = {name: value for name, value in row.items() if name != "weekday"}
        if grouped and grouped[-1][0] == rest and DAYS[row["weekday"]] not in grouped[-1][1]:
            grouped[-1][1].append(DAYS[row["weekday"]])
        else:
            grouped.append((rest, [DAYS[row["weekday"]]]))
    for rest, days in grouped:
        yield {"days": _GROUPS.get(tuple(days), days), **rest}


def _name(entity: Published) -> Entry:
    return _own_name(entity.state, entity.kind.id_field)


def _own_name(state: State, id_field: str) -> Entry:
    return {"key": state["key"]} if state.get("key") else {"id": state[id_field]}
